"""The time pass: CPU by sampling, collections, imports, event loops, queries and resident growth in one process.

Options: `period_s` (default 0.001), `switch_interval_s` (default 0.0005; 0 leaves the target's).
"""

from __future__ import annotations

import gc
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from profiling.harness.ratchet_codes import Codes
    from profiling.harness.ratchet_threads import ThreadNames
    from profiling.harness.ratchet_time_collections import Collections
    from profiling.harness.ratchet_time_drivers import Drivers
    from profiling.harness.ratchet_time_imports import Imports
    from profiling.harness.ratchet_time_loop import Loop
    from profiling.harness.ratchet_time_queries import Queries
    from profiling.harness.ratchet_time_sampler import Sampler
else:
    from ratchet_codes import Codes
    from ratchet_threads import ThreadNames
    from ratchet_time_collections import Collections
    from ratchet_time_drivers import Drivers
    from ratchet_time_imports import Imports
    from ratchet_time_loop import Loop
    from ratchet_time_queries import Queries
    from ratchet_time_sampler import Sampler

_PERIOD_S = 0.001
_SWITCH_INTERVAL_S = 0.0005


class TimePass:
    """The collectors of this process."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        options = context["options"]
        period_s = float(options.get("period_s", _PERIOD_S))
        self.codes = Codes(context["relative"], list(context["packages"]))
        self.names = ThreadNames()
        self.collections = Collections(self.codes, context["failed"], self.names.name)
        self.loop = Loop(self.codes, context["failed"])
        self.queries = Queries(self.codes, context["failed"])
        self.drivers = Drivers(self.queries, context["failed"])
        self.imports = Imports(list(context["packages"]), context["failed"], self._on_import)
        self.sampler = Sampler(self.codes, self.loop.running, self.names, period_s)
        switch_interval_s = float(options.get("switch_interval_s", _SWITCH_INTERVAL_S))
        if switch_interval_s:
            sys.setswitchinterval(switch_interval_s)
        gc.callbacks.append(self.collections.on_collection)
        self.imports.install()
        self.sampler.ticker = context["every"](period_s, self.sampler.sample)

    def after_fork(self) -> None:
        """Begin anew."""
        self.names.reset()
        self.collections.reset()
        self.loop.reset()
        self.queries.reset()
        self.imports.reset()
        self.sampler.running = self.loop.running
        self.sampler.reset()

    def snapshot(self) -> dict[str, object]:
        """Return everything so far."""
        sampler = self.sampler
        return {
            "codes": list(self.codes.rows),
            "stacks": sampler.snapshot(),
            "waits": sampler.waits_snapshot(),
            "rests": sampler.rests.snapshot(self.codes.line),
            "turns": sampler.turns.snapshot(),
            "switch_interval_s": sys.getswitchinterval(),
            "awaits": self.loop.awaits.snapshot(),
            "loops": self.loop.loops_snapshot(),
            "began_s": sampler.began_s,
            "ended_s": time.perf_counter(),
            "samples": sampler.samples,
            "ticks": sampler.ticks,
            "sampler_cpu_s": sampler.own_cpu_s,
            "thread_clocks": sys.platform == "linux",
            "cpu_s": time.process_time(),
            "gc": self.collections.snapshot(),
            "imports": self.imports.snapshot(),
            "project_imports": self.imports.of_project,
            "loop": self.loop.snapshot(),
            "queries": self.queries.snapshot(),
            "free_threaded": not getattr(sys, "_is_gil_enabled", lambda: True)(),
        }

    def _on_import(self, module_name: str) -> None:
        self.loop.install(module_name)
        self.drivers.install(module_name)


_pass: TimePass | None = None


def start(context: Mapping[str, Any]) -> None:
    """Begin to collect."""
    global _pass
    _pass = TimePass(context)


def snapshot() -> dict[str, object]:
    """Return what this process has collected so far."""
    return {} if _pass is None else _pass.snapshot()


def after_fork() -> None:
    """Forget the parent's figures."""
    if _pass is not None:
        _pass.after_fork()
