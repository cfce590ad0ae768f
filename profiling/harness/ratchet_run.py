"""Record what a timed run cost beside its `rusage`: start-up, collections, imports, waiting, and whose code it was.

Nothing samples: the only costs are two short calls per collection and one per import that is not cached. Options:
`trace` (bool): trace the heap too, for its peak; such a run's times mean nothing.
"""

from __future__ import annotations

import _thread
import gc
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_STUBBORN_READS = 20
_YOUNG_PER_TIMED = 8
"""Of the youngest generation's collections one in 8 is timed: reading a thread's clock can cost as much as they do."""


class _Recorder:
    """The figures of one process."""

    def __init__(self, context: Mapping[str, object]) -> None:
        packages, options = context["packages"], context["options"]
        self.packages = frozenset(packages if isinstance(packages, list) else ())
        self.trace = isinstance(options, dict) and bool(options.get("trace"))
        self.folder = _folder()
        self.script = self._script()
        if self.trace:
            import _tracemalloc  # `tracemalloc` would bring modules that the target may not have imported

            _tracemalloc.start(1)
        self.begin(time.process_time())

    def begin(self, cpu_s: float) -> None:
        """Take the present as the start of the body.

        Args:
            cpu_s: CPU seconds spent before it.
        """
        self.start_cpu_s = cpu_s
        self.old_gc_s = 0.0
        self.young_gc_s = 0.0
        self.young_collections = 0
        self.import_s = 0.0
        self.collection_started: float | None = None
        self.importing: set[int] = set()
        self.collections = _collections()
        self.heap_at_start = self._heap_at_start()
        self.delay_s, self.started = _delay_and_clock()

    def on_collection(self, phase: str, info: Mapping[str, int]) -> None:
        """Add a collection's CPU seconds (`gc.callbacks`)."""
        young = info["generation"] == 0
        if phase == "start":
            self.young_collections += young
            if not young or self.young_collections % _YOUNG_PER_TIMED == 1:
                self.collection_started = time.thread_time()
        elif self.collection_started is not None:
            spent_s = time.thread_time() - self.collection_started
            self.collection_started = None
            if young:
                self.young_gc_s += spent_s
            else:
                self.old_gc_s += spent_s

    def gc_s(self) -> float:
        """Return the CPU seconds of all collections, those of the youngest generation extrapolated."""
        timed = -(-self.young_collections // _YOUNG_PER_TIMED)
        return self.old_gc_s + (self.young_gc_s * self.young_collections / timed if timed else 0.0)

    def snapshot(self) -> dict[str, object]:
        """Return the figures so far."""
        delay_s, now = _delay_and_clock()
        known = delay_s is not None and self.delay_s is not None
        return {
            "start_cpu_s": self.start_cpu_s,
            "wall_s": now - self.started,
            "delay_s": (delay_s or 0.0) - (self.delay_s or 0.0) if known else None,
            "gc_collections": _collections() - self.collections,
            "gc_s": self.gc_s(),
            "import_s": self.import_s,
            "peak_bytes": self._peak_bytes(),
            "origins": self._origins(),
            "script": self.script,
        }

    def _heap_at_start(self) -> int:
        if not self.trace:
            return 0
        import _tracemalloc

        _tracemalloc.reset_peak()
        return _tracemalloc.get_traced_memory()[0]

    def _peak_bytes(self) -> int | None:
        if not self.trace:
            return None
        import _tracemalloc

        return max(0, _tracemalloc.get_traced_memory()[1] - self.heap_at_start)

    def _origins(self) -> dict[str, str]:
        """Return the file of every imported module whose top-level name is the project's."""
        found = {}
        for key, module in list(sys.modules.items()):
            name = getattr(getattr(module, "__spec__", None), "name", "") if key == "__main__" else key
            if isinstance(name, str) and name.partition(".")[0] in self.packages:
                file = self._file(module)
                if file is not None:
                    found[name] = file
        return found

    def _script(self) -> str | None:
        """Return the absolute file of the script that is started; at the exit `__main__` no longer tells it."""
        name = (getattr(sys, "argv", None) or [""])[0]
        return None if name in {"", "-c", "-m"} else os.path.join(self.folder, name)

    def _file(self, module: object) -> str | None:
        """Return a module's absolute file, without waking a lazy module up."""
        try:
            file = object.__getattribute__(module, "__dict__").get("__file__")
        except Exception:
            return None
        return os.path.join(self.folder, file) if isinstance(file, str) and file else None


_recorder: _Recorder | None = None


def start(context: Mapping[str, object]) -> None:
    """Begin: everything before this was the interpreter's own start."""
    global _recorder
    recorder = _recorder = _Recorder(context)
    _wrap_imports(recorder)
    gc.callbacks.append(recorder.on_collection)


def snapshot() -> dict[str, object]:
    """Return the figures of this process so far."""
    return {} if _recorder is None else _recorder.snapshot()


def after_fork() -> None:
    """Begin anew: the child's CPU clock starts at zero, its other counts go on from the parent's."""
    if _recorder is not None:
        _recorder.begin(0.0)


def _wrap_imports(recorder: _Recorder) -> None:
    """Time outermost imports; `_find_and_load` is only called for what `sys.modules` does not hold yet."""
    bootstrap = sys.modules["_frozen_importlib"]
    find_and_load = bootstrap._find_and_load
    thread_time, get_ident = time.thread_time, _thread.get_ident

    def _find_and_load(name: str, import_: Callable[..., object]) -> object:
        me = get_ident()
        if me in recorder.importing:
            return find_and_load(name, import_)
        recorder.importing.add(me)
        started = thread_time()
        try:
            return find_and_load(name, import_)
        finally:
            recorder.importing.discard(me)
            recorder.import_s += thread_time() - started

    # Under this file name the interpreter takes our frame out of the tracebacks of failed imports, as its own.
    _find_and_load.__code__ = _find_and_load.__code__.replace(co_filename=find_and_load.__code__.co_filename)
    bootstrap._find_and_load = _find_and_load  # type: ignore[attr-defined]  # the stubs know no private names


def _collections() -> int:
    return sum(generation["collections"] for generation in gc.get_stats())


def _delay_and_clock() -> tuple[float | None, float]:
    """Read the main thread's seconds in the run queue and the clock together.

    The clock is read between two equal readings, or the two are apart by a time slice.
    """
    delay_s, now = _delay(), time.perf_counter()
    for _ in range(_STUBBORN_READS):
        again = _delay()
        if again == delay_s:
            break
        delay_s, now = again, time.perf_counter()
    return delay_s, now


def _delay() -> float | None:
    try:
        with open("/proc/self/schedstat", "rb", buffering=0) as file:
            return int((file.read() or b"").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return None


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""
