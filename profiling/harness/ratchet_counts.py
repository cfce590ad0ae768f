"""The counts pass: exact calls of project functions by the interpreter's own profiler; its times are not looked at."""

from __future__ import annotations

import _lsprof

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class CountsPass:
    """Calls in the thread that starts this process, by code object."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.relative = context["relative"]
        self.reset()

    def reset(self) -> None:
        """Count from here."""
        self.profiler = _lsprof.Profiler(subcalls=False, builtins=False)
        self.profiler.enable()

    def finish(self) -> None:
        """Count no more."""
        self.profiler.disable()

    def snapshot(self) -> dict[str, object]:
        """Return file, first line, name and calls of project functions."""
        rows = []
        for entry in self.profiler.getstats():
            code = entry.code
            path = None if isinstance(code, str) else self.relative(code.co_filename)
            if path is not None and not isinstance(code, str):
                rows.append([path, code.co_firstlineno, code.co_name, entry.callcount])
        return {"calls": rows}


_pass: CountsPass | None = None


def start(context: Mapping[str, Any]) -> None:
    """Begin to count."""
    global _pass
    _pass = CountsPass(context)


def snapshot() -> dict[str, object]:
    """Return what was counted so far."""
    return {} if _pass is None else _pass.snapshot()


def finish() -> None:
    """Prepare the last report."""
    if _pass is not None:
        _pass.finish()


def after_fork() -> None:
    """Forget the parent's counts."""
    if _pass is not None:
        _pass.reset()
