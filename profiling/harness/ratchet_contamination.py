"""Write down every exception that ends a thread or an asyncio task, or that Python had to swallow, in the target.

Such a run did less, or something else, than it was to do: its figures must not be taken for those of a good one.
Option `folder` (absolute): each exception is written there at once, as `<pid>.<n>.json`, so that no ending loses it
and no pass that clears its reports takes it away.
"""

from __future__ import annotations

import _thread
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Any

    from profiling.harness.ratchet_bootstrap_json import encode
    from profiling.harness.ratchet_threads import known_thread
else:
    from ratchet_bootstrap_json import encode
    from ratchet_threads import known_thread

_MOST_EXCEPTIONS = 50
_MOST_FRAMES = 40
_MOST_CHARACTERS = 500
_HARMLESS = (SystemExit, GeneratorExit)
# kept, because the target may replace them
_open, _write, _close, _replace, _getpid = os.open, os.write, os.close, os.replace, os.getpid


class Watch:
    """What this process has seen."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.folder = str(context["options"].get("folder", ""))
        self.failed: Callable[[], None] = context["failed"]
        self.main = _thread.get_ident()
        self.count = 0

    def install(self) -> None:
        """Put ourselves before the hooks of Python, and of the modules that are there or come."""
        hook = sys.unraisablehook

        def unraisablehook(unraisable: Any, /) -> object:
            self.note("unraisable", unraisable.exc_value, self.thread_name())
            return hook(unraisable)

        sys.unraisablehook = unraisablehook
        for name in ("threading", "asyncio.base_events"):
            if name in sys.modules:
                self.imported(name)
        self._watch_imports()

    def imported(self, name: str) -> None:
        """Watch the threads of `threading`, the tasks of `asyncio.base_events`."""
        try:
            if name == "threading":
                self._watch_threads(sys.modules[name])
            elif name == "asyncio.base_events":
                self._watch_tasks(sys.modules[name])
        except Exception:
            self.failed()

    def _watch_imports(self) -> None:
        """`_find_and_load` is only called for what `sys.modules` does not hold yet."""
        bootstrap = sys.modules["_frozen_importlib"]
        find_and_load = bootstrap._find_and_load

        def _find_and_load(name: str, import_: Callable[..., object]) -> object:
            module = find_and_load(name, import_)
            if name in ("threading", "asyncio.base_events"):
                self.imported(name)
            return module

        # Under this file name the interpreter takes our frame out of the tracebacks of failed imports, as its own.
        _find_and_load.__code__ = _find_and_load.__code__.replace(co_filename=find_and_load.__code__.co_filename)
        bootstrap._find_and_load = _find_and_load  # type: ignore[attr-defined]  # the stubs know no private names

    def _watch_threads(self, threading: Any) -> None:
        """Each thread asks for its hook when it is made: so one that the target sets is called, and watched, too."""
        make = threading._make_invoke_excepthook

        def _make_invoke_excepthook() -> Callable[[object], object]:
            invoke = make()

            def invoke_excepthook(thread: object) -> object:
                self.note("thread", sys.exc_info()[1], str(getattr(thread, "_name", "?")))
                return invoke(thread)

            return invoke_excepthook

        threading._make_invoke_excepthook = _make_invoke_excepthook

    def _watch_tasks(self, base_events: Any) -> None:
        loop = base_events.BaseEventLoop
        handler = loop.call_exception_handler

        def call_exception_handler(self_: object, context: dict[str, Any]) -> object:
            about = context.get("task") or context.get("future") or context.get("handle")
            name = getattr(about, "get_name", lambda: None)()
            where = self.thread_name() if name is None else f"{self.thread_name()}, {name}"
            self.note("task", context.get("exception"), where)
            return handler(self_, context)

        loop.call_exception_handler = call_exception_handler

    def thread_name(self) -> str:
        """Return the name of the thread this runs in."""
        ident = _thread.get_ident()
        return "MainThread" if ident == self.main else str(getattr(known_thread(ident), "_name", "other"))

    def note(self, kind: str, error: object, thread: str) -> None:
        """Write one exception down, the first 50 of a process; never raises."""
        try:
            if not isinstance(error, BaseException) or isinstance(error, _HARMLESS):
                return
            self.count += 1
            if self.count > _MOST_EXCEPTIONS:
                return
            row = {
                "kind": kind,
                "thread": thread[:_MOST_CHARACTERS],
                "type": type(error).__name__[:_MOST_CHARACTERS],
                "message": _message(error),
                "frames": _frames(error.__traceback__),
                "pid": _getpid(),
            }
            path = f"{self.folder}/{_getpid()}.{self.count}.json"
            descriptor = _open(path + ".part", os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            try:
                _write(descriptor, encode(row).encode("ascii"))
            finally:
                _close(descriptor)
            _replace(path + ".part", path)
        except Exception:
            self.failed()


def _message(error: BaseException) -> str:
    """Return an exception's text; to make it runs code of the target, which may raise in turn."""
    try:
        return str(error)[:_MOST_CHARACTERS]
    except Exception:
        return "(its message could not be made)"


def _frames(traceback: TracebackType | None) -> list[list[object]]:
    """Return file, line and function of the innermost frames, outermost first."""
    found: list[list[object]] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        found.append([code.co_filename, traceback.tb_lineno or 0, code.co_name])
        traceback = traceback.tb_next
    return found[-_MOST_FRAMES:]


_watch: Watch | None = None


def start(context: Mapping[str, Any]) -> None:
    """Begin to watch."""
    global _watch
    _watch = Watch(context)
    _watch.install()


def snapshot() -> dict[str, object]:
    """Return how many were seen."""
    return {} if _watch is None else {"exceptions": _watch.count}


def after_fork() -> None:
    """Begin anew in a forked child."""
    if _watch is not None:
        _watch.count = 0
        _watch.main = _thread.get_ident()
