"""Time each module's own body and find the line that imports it, inside the target."""

from __future__ import annotations

import _thread
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_SHORTEST_S = 0.0003
# CPU, not wall time: a busy machine or a cold disk is not what deferring an import would save.
_clock, _get_ident = time.thread_time, _thread.get_ident


class Imports:
    """CPU seconds per imported module, with what asked for it."""

    def __init__(self, packages: list[str], failed: Callable[[], None], imported: Callable[[str], None]) -> None:
        self.packages = frozenset(packages)
        self.failed = failed
        self.imported = imported
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self.rows: dict[str, list[object]] = {}
        self.inner_s: dict[int, list[float]] = {}
        self.of_project = 0

    def install(self) -> None:
        """Wrap the function behind every import that `sys.modules` does not answer."""
        bootstrap = sys.modules["_frozen_importlib"]
        find_and_load = bootstrap._find_and_load

        def _find_and_load(name: str, import_: Callable[..., object]) -> object:
            inner_s = self.inner_s.setdefault(_get_ident(), [0.0])
            inner_s.append(0.0)
            began = _clock()
            try:
                return find_and_load(name, import_)
            finally:
                self.finish(name, _clock() - began, inner_s)

        # Under this file name the interpreter takes our frame out of the tracebacks of failed imports, as its own.
        _find_and_load.__code__ = _find_and_load.__code__.replace(co_filename=find_and_load.__code__.co_filename)
        bootstrap._find_and_load = _find_and_load  # type: ignore[attr-defined]  # the stubs know no private names

    def finish(self, name: str, total_s: float, inner_s: list[float]) -> None:
        """Note one import; never raises."""
        try:
            own_s = total_s - inner_s.pop()
            inner_s[-1] += total_s
            self.imported(name)
            self.of_project += name.partition(".")[0] in self.packages
            module = sys.modules.get(name)
            if total_s >= _SHORTEST_S and module is not None and name not in self.rows:
                file, line = _importer()
                self.rows[name] = [name, _file(module), own_s, total_s, file, line]
        except Exception:
            self.failed()

    def snapshot(self) -> list[list[object]]:
        """Return module, file, own and total seconds, importing file and line of imports over 0.3 ms."""
        return list(self.rows.values())


def _importer() -> tuple[str | None, int | None]:
    """Return the file and line that an import which has just ended was asked for in."""
    try:
        frame: FrameType | None = sys._getframe(3)
    except ValueError:  # C code asked, without any Python below it
        return None, None
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith("<frozen importlib") and not file.endswith("importlib/__init__.py"):
            return file, frame.f_lineno
        frame = frame.f_back
    return None, None


def _file(module: object) -> str | None:
    """Return a module's file without waking a lazy module up."""
    file = object.__getattribute__(module, "__dict__").get("__file__")
    return file if isinstance(file, str) else None
