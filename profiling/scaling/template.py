"""A command with a place for the size, and the sizes. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from profiling.context import commands
from profiling.model import Command

PLACE = "{n}"
_FEWEST, _MOST = 2, 16
_LARGEST = 1e15
_EXAMPLE = "for example --scale 'bench.py {n}' --sizes 1000,2000,4000,8000"


class BadTemplate(ValueError):
    """A template that can't be run; the message says why."""


class BadSizes(ValueError):
    """Sizes that nothing can be fitted to; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A command that takes the size of its input.

    Attributes:
        text: as typed.
        command: with `{n}` in an argument, or in a variable's value.
    """

    text: str
    command: Command

    @classmethod
    def parse(cls, text: str, *, timeout_s: float = 600.0) -> Self:
        """Split a template as typed; one that starts with a Python file is run by the target's Python.

        Raises:
            BadTemplate: it has no place for the size, or is no command.
        """
        try:
            command = commands.parse(text, timeout_s=timeout_s)
        except commands.BadCommand as error:
            raise BadTemplate(str(error)) from error
        if command.argv[0].endswith(".py"):
            command = replace(command, argv=("python", *command.argv))
        values = [*command.argv[1:], *(value for _, value in command.env)]
        if not any(PLACE in value for value in values):
            raise BadTemplate(f"`{text}` has no {PLACE}, where each size is put: {_EXAMPLE}")
        return cls(text=text, command=command)

    def at(self, size: float) -> Command:
        """Return the command with this size."""
        text = size_text(size)
        return replace(
            self.command,
            argv=tuple(word.replace(PLACE, text) for word in self.command.argv),
            env=tuple((name, value.replace(PLACE, text)) for name, value in self.command.env),
        )


def parse_sizes(text: str) -> tuple[float, ...]:
    """Return the numbers of a list such as `1,2,4,8`, smallest first.

    Raises:
        BadSizes: one is no number, or they are not 2 to 16 distinct ones above 0.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    try:
        return checked_sizes([float(word) for word in words])
    except BadSizes:
        raise
    except ValueError as error:
        raise BadSizes(f"the sizes {text!r} are no list of numbers ({error}): {_EXAMPLE}") from error


def checked_sizes(sizes: Sequence[float]) -> tuple[float, ...]:
    """Return sizes, smallest first.

    Raises:
        BadSizes: they are not 2 to 16 distinct numbers above 0.
    """
    for size in sizes:
        if not (math.isfinite(size) and 0 < size <= _LARGEST):
            raise BadSizes(f"{size:g} is no size: give numbers above 0, up to {_LARGEST:g}")
    distinct = tuple(sorted(set(sizes)))
    if len(distinct) != len(sizes):
        raise BadSizes(f"a size is given twice among {', '.join(map(size_text, sizes))}: each one once")
    if not _FEWEST <= len(distinct) <= _MOST:
        raise BadSizes(f"{len(distinct)} sizes were given, {_FEWEST} to {_MOST} can be compared: {_EXAMPLE}")
    return distinct


def size_text(size: float) -> str:
    """Return a size as it is put into the command: a whole number without a point."""
    return str(int(size)) if float(size).is_integer() else repr(float(size))
