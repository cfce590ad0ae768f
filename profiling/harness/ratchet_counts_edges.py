"""Leave library code out of what the interpreter's profiler counted. Beside `ratchet_counts`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

    from profiling.harness.ratchet_counts_seen import SUSPENDS, Counts
else:
    from ratchet_counts_seen import SUSPENDS, Counts

_OUTSIDE = 0


def without_libraries(whole: Counts, is_project: Callable[[CodeType], bool]) -> Counts:
    """Return calls of project code and the edges between it.

    An edge from library code becomes one from the project function behind it, where there is only one that all calls
    of that library code come from; otherwise it is left out. Generators and coroutines have neither calls nor edges
    into them: their resumes look like calls.
    """
    ours = {number for number, code in whole.codes.items() if is_project(code)}
    callers = _callers(whole)
    counts = Counts()
    for number, calls in whole.calls.items():
        if number in ours and not whole.codes[number].co_flags & SUSPENDS:
            counts.add_calls(whole.codes[number], calls)
    for (caller, callee), calls in whole.edges.items():
        if callee in ours and not whole.codes[callee].co_flags & SUSPENDS:
            behind = {caller} if caller in ours else _behind(caller, callers, ours)
            if len(behind) == 1 and _OUTSIDE not in behind:
                counts.add_edge(whole.codes[behind.pop()], whole.codes[callee], calls)
    return counts


def _callers(whole: Counts) -> dict[int, set[int]]:
    """Return who calls each code, `_OUTSIDE` where no counted code called it at least once."""
    callers: dict[int, set[int]] = {}
    seen: dict[int, int] = {}
    for (caller, callee), calls in whole.edges.items():
        callers.setdefault(callee, set()).add(caller)
        seen[callee] = seen.get(callee, 0) + calls
    for number, calls in whole.calls.items():
        if calls > seen.get(number, 0):
            callers.setdefault(number, set()).add(_OUTSIDE)
    return callers


def _behind(library: int, callers: dict[int, set[int]], ours: set[int]) -> set[int]:
    """Return the project code from which ways lead to library code through library code alone."""
    behind: set[int] = set()
    pending, passed = [library], {library}
    while pending:
        for caller in callers.get(pending.pop(), ()):
            if caller == _OUTSIDE or caller in ours:
                behind.add(caller)
            elif caller not in passed:
                passed.add(caller)
                pending.append(caller)
    return behind
