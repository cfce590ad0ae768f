"""Fills the texts that agents are given: every placeholder has a typed field, and what a repository says stays data."""

import re
from dataclasses import Field, fields
from importlib.resources import files
from typing import Any, ClassVar, Protocol, get_type_hints

_PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_NAME = re.compile(r"[a-z][a-z-]{0,60}")
_TAG = "repository-data"
_CLOSING = re.compile(rf"<(\s*/?\s*{_TAG})", re.IGNORECASE)


class Data(str):
    """Text from the repository, or made by what runs there: shown between marks, never as words of ours."""

    __slots__ = ()


class Inputs(Protocol):
    """The typed inputs of one text: a frozen dataclass that names it."""

    TEMPLATE: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


class PromptMismatch(ValueError):
    """A text and its inputs do not fit."""


def render(inputs: Inputs) -> str:
    """Return a text with its inputs in it, in one pass: what an input says is never taken for a placeholder.

    Raises:
        PromptMismatch: a placeholder has no field, or a field no placeholder.
    """
    text = template(inputs.TEMPLATE)
    hints = get_type_hints(type(inputs))
    names = {field.name for field in fields(inputs)}
    wanted = placeholders(text)
    if wanted != names:
        differ = ", ".join(sorted(wanted ^ names))
        raise PromptMismatch(f"{inputs.TEMPLATE}.md and {type(inputs).__name__} differ in: {differ}")

    def filled(match: re.Match[str]) -> str:
        name = match[1]
        value = str(getattr(inputs, name))
        return delimited(name, value) if hints[name] is Data else value

    return _PLACEHOLDER.sub(filled, text)


def delimited(name: str, text: str) -> str:
    """Return a text between marks that say it is data; a mark inside it can't end it."""
    defused = _CLOSING.sub(r"<!\1", text)
    return f'<{_TAG} name="{name}">\n{defused}\n</{_TAG}>'


def placeholders(text: str) -> set[str]:
    """Return the names that a text asks for."""
    return set(_PLACEHOLDER.findall(text))


def template(name: str) -> str:
    """Return one of our texts by its name.

    Raises:
        PromptMismatch: there is none of this name.
    """
    return _read(name, f"{name}.md")


def guide(name: str) -> str:
    """Return a guide by its name.

    Raises:
        PromptMismatch: there is none; the message names those there are.
    """
    if name not in guide_names():
        raise PromptMismatch(f"there is no guide {name[:40]!r}; there are: {', '.join(guide_names())}")
    return _read(name, "guides", f"{name}.md")


def guide_names() -> tuple[str, ...]:
    """Return the guides there are."""
    folder = files("prompts").joinpath("guides")
    return tuple(sorted(one.name.removesuffix(".md") for one in folder.iterdir() if one.name.endswith(".md")))


def _read(name: str, *parts: str) -> str:
    if not _NAME.fullmatch(name):
        raise PromptMismatch(f"{name[:40]!r} names no text")
    try:
        return files("prompts").joinpath(*parts).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PromptMismatch(f"there is no text {name!r}") from None
