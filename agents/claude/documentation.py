"""A documentation source: an MCP server that the person names, asked what a library's makers advise on performance."""

import asyncio
import os
import re
import tempfile
import threading
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from profiling.model import Command

if TYPE_CHECKING:
    from mcp import Client

LIMIT_S = 60.0
"""Wall seconds of one question, the server's start included: `npx` may fetch it first."""

_BEAT_S = 0.1
_ID = re.compile(r"/[\w.-]+/[\w./-]+")
_LIBRARY = ("libraryname", "library", "package", "packagename", "name")
_QUESTION = ("query", "question", "topic", "search", "text", "q")


class NoAnswer(Exception):
    """The source gave none; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A tool of the server: its name, the properties of its input, and those it must be given."""

    name: str
    properties: tuple[str, ...]
    required: frozenset[str]

    def filled(self, library: str, question: str, library_id: str = "") -> dict[str, str] | None:
        """Return its input for a question; None when it asks for something that is not known."""
        given: dict[str, str] = {}
        for name in self.properties:
            value = _value(name, library, question, library_id)
            if value:
                given[name] = value
        return given if self.required <= set(given) else None

    @property
    def takes_id(self) -> bool:
        """Say whether it must be given an id of the library."""
        return any(_plain(name).endswith("id") for name in self.required)

    @property
    def takes_question(self) -> bool:
        """Say whether it can be given a question."""
        return any(_plain(name) in _QUESTION for name in self.properties)


@dataclass(frozen=True, slots=True, kw_only=True)
class Documentation:
    """One source. Started anew for each question, with nothing of our environment but what starting programs takes.

    Attributes:
        server: a command that speaks MCP over its standard input and output, or the URL of one that does over HTTP.
    """

    server: Command | str
    limit_s: float = LIMIT_S
    _stopped: threading.Event = field(default_factory=threading.Event)

    def ask(self, library: str, question: str) -> str:
        """Return what the source says of a library.

        Raises:
            NoAnswer: it does not.
        """
        try:
            return asyncio.run(self._watched(library, question))
        except TimeoutError:
            raise NoAnswer(f"the documentation source did not answer within {self.limit_s:.0f} s") from None
        except asyncio.CancelledError:
            raise NoAnswer("the session was stopped") from None
        except Exception as error:  # noqa: BLE001  a stranger's program: whatever goes wrong there is no answer here
            raise _no_answer(error) from None

    def stop(self) -> None:
        """End a question under way, from any thread."""
        self._stopped.set()

    async def _watched(self, library: str, question: str) -> str:
        asked = asyncio.ensure_future(asyncio.wait_for(self._asked(library, question), self.limit_s))
        while not asked.done() and not self._stopped.is_set():
            await asyncio.wait({asked}, timeout=_BEAT_S)
        # Once: a second time would interrupt what ends the server.
        asked.cancel()
        return await asked

    async def _asked(self, library: str, question: str) -> str:
        async with _connected(self.server) as client:
            offered = [_offered(one.name, one.input_schema) for one in (await client.list_tools()).tools]
            tool = chosen(offered)
            if tool is None:
                names = ", ".join(one.name for one in offered)[:300]
                raise NoAnswer(f"the documentation source offers no tool that takes a question (it has: {names})")
            library_id = await _library_id(client, offered, library, question) if tool.takes_id else ""
            arguments = tool.filled(library, question, library_id)
            if arguments is None:
                raise NoAnswer(f"the documentation source knows no {library}")
            return await _called(client, tool, arguments)


def chosen(offered: Iterable[Offered]) -> Offered | None:
    """Return the tool that answers questions: it takes one, and asks for nothing else but a library."""
    fitting = [one for one in offered if one.takes_question and not _resolves(one)]
    able = [one for one in fitting if one.filled("x", "x", "x") is not None]
    return min(able, key=lambda one: ("doc" not in one.name.casefold(), one.name), default=None)


def _resolves(one: Offered) -> bool:
    return "resolve" in one.name.casefold()


async def _library_id(client: "Client", offered: Iterable[Offered], library: str, question: str) -> str:
    """Return the server's own name of a library, as its resolver tells it."""
    for one in offered:
        arguments = one.filled(library, question) if _resolves(one) else None
        if arguments is not None:
            found = _ID.search(await _called(client, one, arguments))
            return found[0] if found else ""
    return library


async def _called(client: "Client", tool: Offered, arguments: Mapping[str, str]) -> str:
    result = await client.call_tool(tool.name, dict(arguments))
    text = "\n".join(one.text for one in result.content if one.type == "text")
    if result.is_error:
        raise NoAnswer(f"the documentation source refuses: {' '.join(text.split())[:300]}")
    return text


@asynccontextmanager
async def _connected(server: Command | str) -> "AsyncIterator[Client]":
    from mcp import Client, StdioServerParameters  # noqa: PLC0415  costs most of a second: only when it is asked
    from mcp.client.stdio import get_default_environment, stdio_client  # noqa: PLC0415

    if isinstance(server, str):
        async with Client(server) as client:
            yield client
        return
    program, *arguments = server.argv
    environment = {**get_default_environment(), **dict(server.env)}
    # Not where the person stands: that is the repository, and its `.npmrc` would have a say in what is started.
    with tempfile.TemporaryDirectory() as folder, _quiet() as errors:
        parameters = StdioServerParameters(command=program, args=arguments, env=environment, cwd=folder)
        async with Client(stdio_client(parameters, errlog=errors)) as client:
            yield client


def _quiet() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _offered(name: str, schema: Mapping[str, Any]) -> Offered:
    """Return a tool as far as it is understood; what its schema says beyond that is left out."""
    properties, required = schema.get("properties"), schema.get("required")
    return Offered(
        name=name,
        properties=tuple(map(str, properties)) if isinstance(properties, dict) else (),
        required=frozenset(map(str, required)) if isinstance(required, list) else frozenset(),
    )


def _value(name: str, library: str, question: str, library_id: str) -> str:
    plain = _plain(name)
    if plain in _QUESTION:
        return question
    if plain in _LIBRARY:
        return library
    return library_id if plain.endswith("id") else ""


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


def _no_answer(error: BaseException) -> NoAnswer:
    """Return the first cause in a group of errors, in words."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, NoAnswer):
        return error
    said = " ".join(str(error).split())[:200]
    return NoAnswer(f"the documentation source failed: {type(error).__name__}{f': {said}' if said else ''}")
