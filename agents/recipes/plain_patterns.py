"""Patterns that say no more than a method of str: some text, or one of a few characters."""

from collections.abc import Iterator
from dataclasses import dataclass

MAX_CHARACTERS = 4
"""A chain of more replacements goes through a long text too often: six were measured at 0.84x on CPython 3.9."""

_SPECIAL = frozenset(".^$*+?{}[]\\|()")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_SPECIAL_IN_CLASS = frozenset("[]-^&~|\\")
_STARTS = ("^", "\\A")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainPattern:
    """What a pattern without flags matches.

    Attributes:
        texts: the pattern matches one of these wherever it stands; one text, or several single characters.
        at_start: only at the start of the text.
    """

    texts: tuple[str, ...]
    at_start: bool


def plain_pattern(pattern: str) -> PlainPattern | None:
    """Return what a pattern matches, None when it is no plain text, nor a class of a few characters."""
    start = next((start for start in _STARTS if pattern.startswith(start)), "")
    rest = pattern.removeprefix(start)
    is_class = rest.startswith("[") and rest.endswith("]")
    letters = _letters(_class(rest[1:-1]), _SPECIAL_IN_CLASS) if is_class else _letters(rest, _SPECIAL)
    if not letters:
        return None
    texts = tuple(dict.fromkeys(letters)) if is_class else ("".join(letters),)
    return PlainPattern(texts=texts, at_start=bool(start)) if len(texts) <= MAX_CHARACTERS else None


def _class(text: str) -> str:
    """Return the inside of a class with a hyphen at its start or end, which stands for itself, escaped."""
    inner = f"\\{text}" if text.startswith("-") else text
    return f"{inner[:-1]}\\-" if inner.endswith("-") and not inner.endswith("\\-") else inner


def _letters(text: str, special: frozenset[str]) -> list[str] | None:
    """Return the characters a piece of a pattern stands for, None when it has any meaning beyond these."""
    found = list(_read(iter(text), special))
    return None if "" in found else found


def _read(text: Iterator[str], special: frozenset[str]) -> Iterator[str]:
    """Yield characters; an empty one where a meaning is not known."""
    for letter in text:
        if letter != "\\":
            yield "" if letter in special else letter
            continue
        escaped = next(text, "")
        is_literal = escaped.isascii() and not escaped.isalnum()
        yield _CONTROLS.get(escaped, escaped if is_literal else "")


def replacements(texts: tuple[str, ...], new: str) -> tuple[str, ...] | None:
    """Return what to replace, one text after the other, to do what one pass over the text does.

    None: a later replacement would change what an earlier one put in.
    """
    changed = tuple(text for text in texts if text != new)
    return None if len(texts) > 1 and any(text in new for text in changed) else changed
