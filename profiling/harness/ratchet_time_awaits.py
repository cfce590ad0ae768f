"""How long the tasks of event loops wait each time, by the coroutine that a task runs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from profiling.harness.ratchet_time_lengths import SHORTEST_S, Lengths
else:
    from ratchet_time_lengths import SHORTEST_S, Lengths

_KINDS = (
    ("cr_code", "cr_frame", "cr_await"),
    ("gi_code", "gi_frame", "gi_yieldfrom"),
    ("ag_code", "ag_frame", "ag_await"),
)
_DEPTH = 100
_FIRST, _EVERY = 64, 16


class Root:
    """The tasks that run one coroutine: how many ever waited, wait now, and waited at once at most."""

    __slots__ = ("most", "now", "number", "place", "seen")

    def __init__(self, number: int) -> None:
        self.number = number
        self.seen = self.now = self.most = 0
        self.place: tuple[int, int] | None = None


class Awaits:
    """Waits of tasks, by the number of the coroutine they run, and the function and line of the project they wait at.

    The way down to that line is dear, so that of many waits each 16th is looked at. Loops may make a hundred thousand
    steps a second: whatever stays the same is looked up once a task.

    Attributes:
        tasks: what they run, by identity; None for a coroutine outside of the project.
        since: time from which a task of the project waits, by its identity.
    """

    def __init__(self, number: Callable[[CodeType], int | None]) -> None:
        self.number = number
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self.lengths = Lengths()
        self.roots: dict[int, Root] = {}
        self.tasks: dict[int, Root | None] = {}
        self.since: dict[int, float] = {}

    def resumed(self, task: object, now: float) -> None:
        """Note that a task goes on."""
        began = self.since.pop(id(task), None)
        root = None if began is None else self.tasks.get(id(task))
        if began is not None and root is not None:
            root.now -= 1
            if root.place is not None and now - began >= SHORTEST_S:
                self.lengths.add((root.number, *root.place), now - began)

    def suspended(self, task: Any, now: float) -> None:
        """Note that a task waits, unless it is done."""
        ident = id(task)
        if task.done():
            self.tasks.pop(ident, None)
            return
        if ident not in self.tasks:
            self.tasks[ident] = self._root(task.get_coro())
        root = self.tasks[ident]
        if root is None:
            return
        root.seen += 1
        root.now += 1
        root.most = max(root.most, root.now)
        if root.seen < _FIRST or root.seen % _EVERY == 0:
            root.place = self._place(task.get_coro()) or root.place
        self.since[ident] = now

    def snapshot(self) -> list[list[object]]:
        """Return coroutine, most at once, function, line, and power, count, seconds and 0 of the waits there."""
        return [
            [number, self.roots[number].most, at, line, self.lengths.of((number, at, line))]
            for number, at, line in list(self.lengths.rows)
        ]

    def _root(self, awaitable: object) -> Root | None:
        """Return the outermost coroutine of the project."""
        number = next((number for number, _ in self._parts(awaitable)), None)
        return None if number is None else self.roots.setdefault(number, Root(number))

    def _place(self, awaitable: object) -> tuple[int, int] | None:
        """Return the innermost coroutine of the project, and the line it stands on."""
        found = None
        for number, frame in self._parts(awaitable):
            found = (number, frame)
        line = None if found is None else getattr(found[1], "f_lineno", None)
        return (found[0], line) if found is not None and isinstance(line, int) else None

    def _parts(self, awaitable: object) -> Any:
        """Yield the project's coroutines from the outermost inwards, with their frames."""
        for _ in range(_DEPTH):
            for code_name, frame_name, next_name in _KINDS:
                code = getattr(awaitable, code_name, None)
                if code is not None:
                    number = self.number(code)
                    if number is not None:
                        yield number, getattr(awaitable, frame_name, None)
                    awaitable = getattr(awaitable, next_name, None)
                    break
            else:
                return
