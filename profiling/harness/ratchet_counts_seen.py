"""What a counting of calls comes to: calls, edges, and which files had functions that ran. Beside `ratchet_counts`."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

IS_FUNCTION = 0x1  # CO_OPTIMIZED: set for functions, not for the bodies of modules and classes
SUSPENDS = 0x20 | 0x80 | 0x100 | 0x200  # generators, coroutines of both kinds, asynchronous generators


class Counts:
    """Calls by code object and by pair of caller and callee, keyed by identity: equal code may be in two files."""

    def __init__(self) -> None:
        self.codes: dict[int, CodeType] = {}
        self.calls: dict[int, int] = {}
        self.edges: dict[tuple[int, int], int] = {}

    def add_calls(self, code: CodeType, calls: int) -> None:
        """Add calls of some code."""
        self.codes[id(code)] = code
        self.calls[id(code)] = self.calls.get(id(code), 0) + calls

    def add_edge(self, caller: CodeType, callee: CodeType, calls: int) -> None:
        """Add calls of one by another."""
        self.codes[id(caller)], self.codes[id(callee)] = caller, callee
        pair = id(caller), id(callee)
        self.edges[pair] = self.edges.get(pair, 0) + calls

    def add(self, other: Counts) -> None:
        """Add all of another counting."""
        for number, calls in other.calls.items():
            self.add_calls(other.codes[number], calls)
        for (caller, callee), calls in other.edges.items():
            self.add_edge(other.codes[caller], other.codes[callee], calls)


class Seen:
    """Which files' code ran at all, and of which functions ran when their module was no longer being imported."""

    def __init__(self, relative: Callable[[str], str | None]) -> None:
        self.relative = relative
        self.files: set[str] = set()
        self.used: set[str] = set()

    def is_project(self, code: CodeType) -> bool:
        """Say whether code is the project's."""
        return self.relative(code.co_filename) is not None

    def ran(self, code: CodeType, *, is_loading: bool) -> None:
        """Note that code ran."""
        self.files.add(code.co_filename)
        if code.co_flags & IS_FUNCTION and not is_loading:
            self.used.add(code.co_filename)

    def modules(self) -> list[list[object]]:
        """Return name, file and whether a function ran, of the modules of which that can be told."""
        rows: list[list[object]] = []
        for name, module in list(sys.modules.items()):
            file = file_of(module)
            if file is not None:
                places = {file, f"<frozen {name}>"}
                if places & self.files:
                    rows.append([name, file, bool(places & self.used)])
        return rows


def file_of(module: object) -> str | None:
    """Return a module's file without waking a lazy module up; anything may be in `sys.modules`."""
    try:
        file = object.__getattribute__(module, "__dict__").get("__file__")
    except Exception:
        return None
    return file if isinstance(file, str) else None
