"""Count calls by the interpreter's own profiler (CPython 3.9 to 3.11), one for each thread. Beside `ratchet_counts`."""

from __future__ import annotations

import _lsprof
import _thread
import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from profiling.harness.ratchet_counts_edges import without_libraries
    from profiling.harness.ratchet_counts_seen import Counts, Seen, file_of
else:
    from ratchet_counts_edges import without_libraries
    from ratchet_counts_seen import Counts, file_of

_MANY_THREADS = 32
_OWN_PROFILER = "the program set a profile function of its own: its later calls in that thread were not counted"
_get_ident = _thread.get_ident


class Profilers:
    """Calls of all threads.

    A generator's resumes look like calls here, so that generators and coroutines have no counts. Edges are direct
    calls; one through library code is told where all ways into that code come from the same project function. A call
    counts when it returns, or when counting ends.

    Modules are imported under a profiler of their own: what it saw ran while the modules on the list were loading.

    Attributes:
        active: profilers of each thread by its identifier, those of imports under way above the thread's own.
        ended: what profilers counted that are done.
        loading: names of the modules being imported.
    """

    def __init__(self, seen: Seen, failed: Callable[[], None]) -> None:
        self.seen = seen
        self.failed = failed
        self.notes: list[str] = []
        self.active: dict[int, list[_lsprof.Profiler | None]] = {}
        self.loading: list[str] = []
        self.ended = Counts()

    def begin(self) -> None:
        """Count in this thread and in all that start later."""
        self._begin_thread()
        start_new_thread = _thread.start_new_thread

        def start(function: Any, *arguments: Any) -> int:
            return start_new_thread(Started(function, self) if callable(function) else function, *arguments)

        for module, name in ((_thread, "start_new_thread"), (_thread, "start_new")):
            setattr(module, name, start)
        if "threading" in sys.modules:
            setattr(sys.modules["threading"], "_start_new_thread", start)  # noqa: B010

    def begin_import(self, name: str) -> None:
        """Count apart what an import runs; never raises.

        The profiler's frames stay in balance: the outer one sees this function begin and `end_import` end.
        """
        try:
            profilers = self.active.get(_get_ident())
            if profilers:
                self.loading.append(name)
                own = _lsprof.Profiler(subcalls=True, builtins=False) if self._is_ours() else None
                profilers.append(own)
                if own is not None:
                    own.enable()
        except Exception:
            self.failed()

    def end_import(self, name: str) -> None:
        """Go on as before the import; never raises."""
        try:
            profilers = self.active.get(_get_ident(), [])
            own = profilers.pop() if len(profilers) > 1 else None
            if own is not None:
                outer = profilers[-1]
                if _in_force() is own and outer is not None:
                    own.disable()
                    outer.enable()
                self.ended.add(self._read(own))
            if name in self.loading:
                self.loading.remove(name)
        except Exception:
            self.failed()

    def after_fork(self) -> None:
        """Count from zero in the child's only thread, on whose stack calls may be under way."""
        was_ours, ident = self._is_ours(), _get_ident()
        for other in self.active.keys() - {ident}:
            self._end_thread(other)
        self.ended = Counts()
        own = self.active.get(ident, [])
        for profiler in own:
            if profiler is not None:
                profiler.clear()
        if was_ours and own[-1] is not None:
            own[-1].enable()

    def finish(self) -> None:
        """End all counting, so that calls under way are counted too."""
        if _get_ident() in self.active and not self._is_ours() and _OWN_PROFILER not in self.notes:
            self.notes.append(_OWN_PROFILER)
        for profilers in list(self.active.values()):
            for profiler in profilers:
                if profiler is not None:
                    profiler.disable()

    def counts(self) -> Counts:
        """Return what was counted so far: calls and edges, library code left out."""
        whole = Counts()
        whole.add(self.ended)
        for profilers in list(self.active.values()):
            for profiler in list(profilers):
                if profiler is not None:
                    whole.add(self._read(profiler))
        return without_libraries(whole, self.seen.is_project)

    def _is_ours(self) -> bool:
        profilers = self.active.get(_get_ident(), [])
        return bool(profilers) and profilers[-1] is not None and _in_force() is profilers[-1]

    def _begin_thread(self) -> None:
        self._end_thread(_get_ident())
        if len(self.active) >= _MANY_THREADS:
            for ident in self.active.keys() - sys._current_frames().keys():
                self._end_thread(ident)
        profiler = _lsprof.Profiler(subcalls=True, builtins=False)
        self.active[_get_ident()] = [profiler]
        profiler.enable()

    def _end_thread(self, ident: int) -> None:
        """Take over what a thread that is gone has counted; ends the calling thread's profile function too."""
        for profiler in self.active.pop(ident, ()):
            if profiler is not None:
                profiler.disable()  # else it would do so when it is freed
                self.ended.add(self._read(profiler))

    def _read(self, profiler: _lsprof.Profiler) -> Counts:
        counts = Counts()
        loading = {file_of(sys.modules.get(name)) for name in self.loading}
        for entry in _stats(profiler):
            if not isinstance(entry.code, str):
                self.seen.ran(entry.code, is_loading=entry.code.co_filename in loading)
                counts.add_calls(entry.code, entry.callcount)
                for callee in entry.calls or ():
                    if not isinstance(callee.code, str):
                        counts.add_edge(entry.code, callee.code, callee.callcount)
        return counts


class Started:
    """A thread's function that begins to count before it runs.

    Looking `__call__` up begins; what is then called is the function itself, so that none of our frames is below it.
    """

    def __init__(self, function: Callable[..., object], profilers: Profilers) -> None:
        self.function = function
        self.profilers = profilers

    def __repr__(self) -> str:
        return repr(self.function)

    @property
    def __call__(self) -> Callable[..., object]:
        """Begin to count, and give the function."""
        try:
            self.profilers._begin_thread()
        except Exception:
            pass
        return self.function


def _in_force() -> object:
    """Return the profile function of this thread: of one that is ours, its profiler."""
    return sys.getprofile()


def _stats(profiler: _lsprof.Profiler) -> list[_lsprof.profiler_entry]:
    """Read a profiler that another thread may be using.

    The read is one call in C, which gives way to nobody unless it starts a garbage collection.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return profiler.getstats()
    finally:
        if was_enabled:
            gc.enable()
