"""Number the project's code objects and read stacks as project functions with the library below them."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
    from typing import Any

    from profiling.harness.ratchet_stacks import Row

_COROUTINE_FLAGS = 0x80 | 0x100 | 0x200  # coroutine, generator-based coroutine, asynchronous generator
_UNSEEN = object()
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

    def read(self, rows: list[Row]) -> tuple[tuple[int, ...], str | None]:
        """Return the numbers of the project functions on a stack, innermost first, and the library called by the first.

        A function that recurs appears once, at its innermost place.
        """
        found: list[int] = []
        library: str | None = None
        seen = self.seen
        for code, names, _ in rows:
            place = seen.get(id(code), _UNSEEN)
            if place is _UNSEEN:
                place = self._learn(code, names)
            if type(place) is int:
                if place not in found:
                    found.append(place)
            elif type(place) is str and not found and (place != "importlib" or library is None):
                library = place
        return tuple(found), library if found else None

    def innermost(self, frame: FrameType | None, depth: int) -> int | None:
        """Return the number of the innermost project function of the calling thread's own stack."""
        while frame is not None and depth:
            place = self.seen.get(id(frame.f_code), _UNSEEN)
            if place is _UNSEEN:
                place = self._learn(frame.f_code, frame.f_globals)
            if type(place) is int:
                return place
            frame = frame.f_back
            depth -= 1
        return None

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
        self.kept.append(code)
        return number


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
