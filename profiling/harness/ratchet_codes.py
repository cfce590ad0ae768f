"""Number the project's code objects and read stacks as project functions with the library below them."""

from __future__ import annotations

import sys
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType, FrameType
    from typing import Any

    from profiling.harness.ratchet_stacks import Row

_COROUTINE_FLAGS = 0x80 | 0x100 | 0x200  # coroutine, generator-based coroutine, asynchronous generator
_UNSEEN = object()
_DEEPEST, _NEAR = 200, 32
_RE_PARTS = ("sre_compile", "sre_parse", "sre_constants")


class Codes:
    """Code objects by identity: equal code in two files compares equal, so they can't be dictionary keys."""

    def __init__(self, relative: Callable[[str], str | None], packages: list[str]) -> None:
        self.relative = relative
        self.packages = frozenset(packages)
        self.rows: list[list[object]] = []
        self.coroutines: list[bool] = []
        self.seen: dict[int, int | str | None] = {}
        self.kept: list[CodeType] = []
        self.kept_by_number: list[CodeType] = []

    def read(self, rows: Iterable[Row]) -> tuple[tuple[int, ...], str | None, int]:
        """Return the numbers of the project functions on a stack, innermost first, the library called by the first.

        A function that recurs appears once, at its innermost place. The third is the instruction the first stands at.
        """
        found: list[int] = []
        library: str | None = None
        at = -1
        seen = self.seen
        for code, names, instruction in rows:
            place = seen.get(id(code), _UNSEEN)
            if place is _UNSEEN:
                place = self._learn(code, names)
            if type(place) is int:
                if place not in found:
                    if not found:
                        at = instruction
                    found.append(place)
            elif type(place) is str and not found and (place != "importlib" or library is None):
                library = place
        return tuple(found), library if found else None, at

    def read_own(self, frame: FrameType | None, depth: int) -> tuple[tuple[int, ...], str | None]:
        """Read so many frames of the calling thread's own stack; of a deeper one without project code, twice as many.

        Only a thread's own frames may be followed one by one.
        """
        rows: list[Row] = []
        while frame is not None and len(rows) < 2 * depth:
            rows.append((frame.f_code, frame.f_globals, 0))
            frame = frame.f_back
        stack, library, _ = self.read(rows[:depth])
        return (stack, library) if stack else self.read(rows)[:2]

    def lines_own(self, frame: FrameType | None, most: int) -> tuple[tuple[tuple[int, int], ...], str | None]:
        """Return function and instruction of the calling thread's innermost project frames, so many at most.

        The second is the library that the innermost one called: the outermost below it. Beyond the innermost one only
        frames near to it are looked at.
        """
        found: list[tuple[int, int]] = []
        library: str | None = None
        left, seen = _DEEPEST, self.seen
        while frame is not None and left and len(found) < most:
            code = frame.f_code
            place = seen.get(id(code), _UNSEEN)
            if place is _UNSEEN:
                place = self._learn(code, frame.f_globals)
            if type(place) is int:
                found.append((place, frame.f_lasti))
                left = min(left, _NEAR)
            elif type(place) is str and not found:
                library = place
            left -= 1
            frame = frame.f_back
        return tuple(found), library

    def line(self, number: int, instruction: int) -> int:
        """Return the line of an instruction of a project function."""
        return _line(self.kept_by_number[number], instruction)

    def column(self, number: int, instruction: int) -> int | None:
        """Return where in its line the expression of an instruction begins, in bytes; None before CPython 3.11."""
        code = self.kept_by_number[number]
        if not hasattr(code, "co_positions"):
            return None
        position = next(islice(code.co_positions(), instruction // 2, None), None)
        return None if position is None or position[0] != _line(code, instruction) else position[2]

    def number(self, code: CodeType) -> int | None:
        """Return the number of a project function, or None for other code."""
        place = self.seen.get(id(code))
        if place is None and id(code) not in self.seen:
            path = self.relative(code.co_filename)
            return None if path is None else self._add(code, path)
        return place if isinstance(place, int) else None

    def coroutine_of(self, stack: tuple[int, ...]) -> int | None:
        """Return the innermost project coroutine of a stack, or its innermost function where there is none."""
        for number in stack:
            if self.coroutines[number]:
                return number
        return stack[0] if stack else None

    def _learn(self, code: CodeType, names: dict[str, Any]) -> int | str | None:
        path = self.relative(code.co_filename)
        if path is not None:
            return self._add(code, path)
        place = _library(code, names, self.packages)
        self.seen[id(code)] = place
        self.kept.append(code)
        return place

    def _add(self, code: CodeType, path: str) -> int:
        number = len(self.rows)
        qualname = getattr(code, "co_qualname", None)
        self.rows.append([path, code.co_firstlineno, code.co_name, qualname, code.co_flags])
        self.coroutines.append(bool(code.co_flags & _COROUTINE_FLAGS))
        self.seen[id(code)] = number
        self.kept_by_number.append(code)
        return number


def _line(code: CodeType, instruction: int) -> int:
    if not hasattr(code, "co_lines"):
        return _line_before_310(code, instruction)
    for begin, end, line in code.co_lines():
        if begin <= instruction < end and line is not None:
            return line
    return code.co_firstlineno


def _line_before_310(code: CodeType, instruction: int) -> int:
    """Read the older table: steps of the instruction, and signed steps of the line, in pairs."""
    line, begin = code.co_firstlineno, 0
    for step, line_step in zip(code.co_lnotab[::2], code.co_lnotab[1::2]):
        begin += step
        if begin > instruction:
            break
        line += line_step - 256 if line_step >= 128 else line_step
    return line


def _library(code: CodeType, names: dict[str, Any], packages: frozenset[str]) -> str | None:
    """Return the top-level import name of the module a frame runs in; None for the project's and our own."""
    name = dict.get(names, "__name__")
    if not isinstance(name, str):
        return None
    top = name.partition(".")[0]
    if code.co_filename.startswith("<frozen importlib"):
        return "importlib"
    if top in packages or top in ("__main__", "__mp_main__", "sitecustomize") or top.startswith("ratchet_"):
        return None
    return sys.intern("re" if top in _RE_PARTS else top)
