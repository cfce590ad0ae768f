"""Record what a timed run cost beside its `rusage`: start-up, collections, imports, waiting, and whose code it was.

Nothing samples: the only costs are two short calls per collection, one per import that is not cached, and two readings
of a clock per turn of an event loop. Options: `trace` (bool): trace the heap too, for its peak; such a run's times mean
nothing.
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
    from types import ModuleType

    from profiling.harness.ratchet_run_loop import Loops
    from profiling.harness.ratchet_run_meter import CollectionClock, Span, collections, delay_and_clock
else:
    from ratchet_run_loop import Loops
    from ratchet_run_meter import CollectionClock, Span, collections, delay_and_clock


class _Recorder:
    """The figures of one process."""

    def __init__(self, context: Mapping[str, object]) -> None:
        packages, options = context["packages"], context["options"]
        self.packages = frozenset(packages if isinstance(packages, list) else ())
        self.trace = isinstance(options, dict) and bool(options.get("trace"))
        self.folder = _folder()
        self.script = self._script()
        self.clock = CollectionClock()
        self.failed: Callable[[], None] = context["failed"]  # type: ignore[assignment]  # the bootstrap's contract
        self.loops = Loops(self.failed)
        self.actions: dict[str, Callable[[ModuleType], None]] = {"asyncio.base_events": self.loops.install}
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
        self.clock.reset()
        self.loops.reset()
        self.import_s = 0.0
        self.importing: set[int] = set()
        self.main_clock = _main_clock()
        self.main_cpu_s = _read(self.main_clock)
        self.process_cpu_s = time.process_time()
        self.collections = collections()
        self.heap_at_start = self._heap_at_start()
        self.delay_s, self.started = delay_and_clock()

    def snapshot(self) -> dict[str, object]:
        """Return the figures so far."""
        delay_s, now = delay_and_clock()
        known = delay_s is not None and self.delay_s is not None
        times = os.times()
        return {
            "start_cpu_s": self.start_cpu_s,
            "end_cpu_s": time.process_time(),
            "children_cpu_s": times.children_user + times.children_system,
            "wall_s": now - self.started,
            "delay_s": (delay_s or 0.0) - (self.delay_s or 0.0) if known else None,
            "gc_collections": collections() - self.collections,
            "gc_s": self.clock.seconds(),
            "import_s": self.import_s,
            "loop_held_s": self.loops.held_s if self.loops.turning else None,
            "threads_cpu_s": self._threads_cpu_s(),
            "peak_bytes": self._peak_bytes(),
            "origins": self._origins(),
            "script": self.script,
        }

    def _threads_cpu_s(self) -> float:
        """Return the CPU seconds of all threads but the main one; 0 where the system does not tell them apart."""
        if self.main_clock is None:
            return 0.0
        main_s = _read(self.main_clock) - self.main_cpu_s
        return max(0.0, time.process_time() - self.process_cpu_s - main_s)

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
    gc.callbacks.append(recorder.clock.on_collection)


def after_import(name: str, action: Callable[[ModuleType], None]) -> None:
    """Have an action called with a module, once, when it is loaded; for harnesses that are started after this one."""
    if _recorder is not None:
        _recorder.actions[name] = action


def span() -> Span | None:
    """Begin a span; None before the start."""
    return None if _recorder is None else Span(_recorder.clock)


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
    thread_time, get_ident, actions = time.thread_time, _thread.get_ident, recorder.actions

    def _find_and_load(name: str, import_: Callable[..., object]) -> object:
        me = get_ident()
        if me in recorder.importing:
            module = find_and_load(name, import_)
        else:
            recorder.importing.add(me)
            started = thread_time()
            try:
                module = find_and_load(name, import_)
            finally:
                recorder.importing.discard(me)
                recorder.import_s += thread_time() - started
        if name in actions:
            _act(recorder, name)
        return module

    # Under this file name the interpreter takes our frame out of the tracebacks of failed imports, as its own.
    _find_and_load.__code__ = _find_and_load.__code__.replace(co_filename=find_and_load.__code__.co_filename)
    bootstrap._find_and_load = _find_and_load  # type: ignore[attr-defined]  # the stubs know no private names


def _act(recorder: _Recorder, name: str) -> None:
    """Do what waits for a module; never raises."""
    try:
        recorder.actions.pop(name)(sys.modules[name])
    except Exception:
        recorder.failed()


def _main_clock() -> int | None:
    """Return the identifier of this thread's CPU clock, readable from others; None where there is none (macOS)."""
    try:
        return time.pthread_getcpuclockid(_thread.get_ident())
    except (AttributeError, OSError):
        return None


def _read(clock: int | None) -> float:
    try:
        return 0.0 if clock is None else time.clock_gettime(clock)
    except OSError:
        return 0.0


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""
