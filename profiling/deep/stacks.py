"""Read the stacks that external samplers write: frames with semicolons between, outermost first, then a count."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LONGEST_BYTES = 64 * 2**20
_DEEPEST = 1000
_LONGEST_LINE_NUMBER = 10


class StacksUnreadable(ValueError):
    """A sampler's file is missing, too large, or holds no stack; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame as py-spy writes it, `name (file:line)`: line 0 where there is none, file empty likewise."""

    name: str
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledStack:
    """One stack, outermost frame first, and how often it was seen."""

    frames: tuple[str, ...]
    count: int


def read_stacks(path: Path) -> tuple[SampledStack, ...]:
    """Return the stacks of a file; lines that are none are left out.

    Raises:
        StacksUnreadable: see there.
    """
    try:
        size = path.stat().st_size
        if size > _LONGEST_BYTES:
            raise StacksUnreadable(f"its output is too large ({size / 2**20:.0f} MiB): name a shorter workload")
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise StacksUnreadable(f"it wrote no output ({error.strerror or error})") from error
    found = tuple(_stacks(text))
    if not found:
        raise StacksUnreadable("its output holds no stack: the program may have been too short")
    return found


def frame(text: str) -> Frame:
    """Return one frame of py-spy's."""
    at = text.find(" (/")  # a folder's name may hold " (", and so may a C++ function's
    at = at if at >= 0 else text.rfind(" (")
    if at < 0 or not text.endswith(")"):
        return Frame(name=text, file="", line=0)
    place = text[at + 2 : -1]
    file, _, line = place.rpartition(":")
    if file and line.isascii() and line.isdigit() and len(line) < _LONGEST_LINE_NUMBER:
        return Frame(name=text[:at], file=file, line=int(line))
    return Frame(name=text[:at], file=place, line=0)


def _stacks(text: str) -> Iterator[SampledStack]:
    for line in text.splitlines():
        stack, _, count = line.rpartition(" ")
        if stack and count.isascii() and count.isdigit() and len(count) < 16:
            yield SampledStack(frames=tuple(stack.split(";")[:_DEEPEST]), count=int(count))
