"""Runs our own command line in a process of its own, for callers whose output is not a terminal."""

import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream, Process
from pydantic import JsonValue, TypeAdapter, ValidationError

from orchestrator.errors import OptimizeError, TargetError

_MOST_BYTES = 64 * 2**20
_MOST_ERROR_BYTES = 256 * 2**10
_BEAT_S = 5.0
_GRACE_S = 10.0
_ERROR = "optimize: error: "
_HINT = "hint: "
# The folder we stand in is the person's: `-P` keeps its modules from being taken for ours.
_START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    " from orchestrator.cli.main import main; sys.argv[0] = 'optimize'; main()"
)
_HOME = str(Path(__file__).resolve().parents[1])

_OBJECT: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])

Told = Callable[[str], Awaitable[None]]


class CommandFailed(TargetError):
    """A command of ours ended without a result; the message is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended.

    Attributes:
        exit_code: negative for a signal.
        result: the JSON object it printed.
    """

    exit_code: int
    result: dict[str, JsonValue]


async def run(arguments: Sequence[str], *, told: Told) -> Ended:
    """Run a command that prints a JSON object; when this is cancelled, the command and what it runs is stopped.

    Args:
        arguments: the command's name first.
        told: given each line of its standard error as it comes, and every five seconds how long it has run.

    Raises:
        CommandFailed: it printed no JSON object; the message is what it said.
    """
    process = await _started(arguments)
    out, said = bytearray(), bytearray()
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(_beat, told)
            group.start_soon(_listen, process.stderr, said, told)
            await _gather(process.stdout, out)
            await process.wait()
            group.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            await _stop(process)
    return Ended(exit_code=process.returncode or 0, result=_object(bytes(out), said.decode(errors="replace")))


async def _started(arguments: Sequence[str]) -> Process:
    argv = [sys.executable, "-P", "-c", _START, _HOME, *arguments]
    try:
        return await anyio.open_process(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
    except (ValueError, OSError) as error:
        # A word with a NUL, or with half a character, can't be handed to any program.
        raise CommandFailed(f"the command can't be started: {error}") from error


async def _gather(stream: ByteReceiveStream, into: bytearray) -> None:
    async for chunk in stream:
        if len(into) < _MOST_BYTES:
            into += chunk


async def _listen(stream: ByteReceiveStream, into: bytearray, told: Told) -> None:
    rest = b""
    async for chunk in stream:
        into += chunk
        del into[:-_MOST_ERROR_BYTES]
        *lines, rest = (rest[-_MOST_ERROR_BYTES:] + chunk).split(b"\n")
        for line in lines:
            if line.strip():
                await told(line.decode(errors="replace").strip())


async def _beat(told: Told) -> None:
    elapsed_s = 0.0
    while True:
        await anyio.sleep(_BEAT_S)
        elapsed_s += _BEAT_S
        await told(f"running for {elapsed_s:.0f} s")


async def _stop(process: Process) -> None:
    """End what still runs: asked first, so that it stops what it started itself."""
    if process.returncode is None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)
            with anyio.move_on_after(_GRACE_S):
                await process.wait()
                break
    await process.aclose()


def _object(out: bytes, said: str) -> dict[str, JsonValue]:
    try:
        return _OBJECT.validate_json(out)
    except ValidationError:
        raise _failure(said) from None


def _failure(said: str) -> OptimizeError:
    """Return the error that the command told in words of its own."""
    lines = said.splitlines()
    begin = next((place for place, line in enumerate(lines) if line.startswith(_ERROR)), None)
    if begin is None:
        return CommandFailed(said.strip()[-2000:] or "the command ended without a result and said nothing")
    hints = [line.removeprefix(_HINT) for line in lines[begin:] if line.startswith(_HINT)]
    message = "\n".join(line for line in lines[begin:] if not line.startswith(_HINT))
    return CommandFailed(message.removeprefix(_ERROR), hint=" ".join(hints))
