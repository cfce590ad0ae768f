"""The counts pass: exact calls of project functions, who called them, and which modules' functions ran at all.

Nothing is timed here. From 3.12 on a tool of our own asks `sys.monitoring`; before, the interpreter's own profiler runs
in every thread. A profiler of the target's own goes first where there can be only one, which is noted.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType
    from typing import Any

    from profiling.harness.ratchet_counts_imports import ImportSites
    from profiling.harness.ratchet_counts_monitoring import Monitoring
    from profiling.harness.ratchet_counts_profilers import Profilers
    from profiling.harness.ratchet_counts_seen import Seen
else:
    from ratchet_counts_imports import ImportSites
    from ratchet_counts_monitoring import Monitoring
    from ratchet_counts_profilers import Profilers
    from ratchet_counts_seen import Seen


class CountsPass:
    """The calls of this process."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.relative = context["relative"]
        self.failed = context["failed"]
        self.seen = Seen(self.relative)
        self.sites = ImportSites(self.failed)
        self.counter: Monitoring | Profilers = (
            Monitoring(self.seen) if sys.version_info >= (3, 12) else Profilers(self.seen, self.failed)
        )
        self.sites.install()
        if isinstance(self.counter, Profilers):
            self._watch_imports(self.counter)
        self.counter.begin()

    def snapshot(self) -> dict[str, object]:
        """Return calls and edges of project code, what is known of modules and their importers, and notes."""
        counts = self.counter.counts()
        rows = {number: self._row(code) for number, code in counts.codes.items()}
        numbers = {number: index for index, number in enumerate(rows)}
        return {
            "codes": list(rows.values()),
            "calls": [[*rows[number][:3], calls] for number, calls in counts.calls.items()],
            "edges": [[numbers[caller], numbers[callee], calls] for (caller, callee), calls in counts.edges.items()],
            "modules": self.seen.modules(),
            "importers": self.sites.snapshot(),
            "notes": list(self.counter.notes),
        }

    def _row(self, code: CodeType) -> list[object]:
        qualname = getattr(code, "co_qualname", None)
        return [self.relative(code.co_filename), code.co_firstlineno, code.co_name, qualname, code.co_flags]

    def _watch_imports(self, profilers: Profilers) -> None:
        """Tell the profilers of imports that `sys.modules` does not answer."""
        bootstrap = sys.modules["_frozen_importlib"]
        find_and_load = bootstrap._find_and_load

        def _find_and_load(name: str, import_: Callable[..., object]) -> object:
            profilers.begin_import(name)
            try:
                return find_and_load(name, import_)
            finally:
                profilers.end_import(name)

        # Under this file name the interpreter takes our frame out of the tracebacks of failed imports, as its own.
        _find_and_load.__code__ = _find_and_load.__code__.replace(co_filename=find_and_load.__code__.co_filename)
        bootstrap._find_and_load = _find_and_load  # type: ignore[attr-defined]  # the stubs know no private names


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
        _pass.counter.finish()


def after_fork() -> None:
    """Forget the parent's counts."""
    if _pass is not None:
        _pass.counter.after_fork()
