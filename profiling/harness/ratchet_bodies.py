"""Sum what the bodies of pytest's tests cost, so that its start and collection dilute nothing.

Options: `calls` (object or null): how often each `benchmark(...)` of pytest-benchmark calls its function, by node id,
so that both sides of a pair do the same work; null: find out what a call costs. `claim` (str): file that the outermost
pytest makes: what tests themselves run is part of their bodies. `cache` (str): folder for pytest's cache.
Nothing is registered with pytest, so that no option of it can take us away.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from profiling.harness import ratchet_run
    from profiling.harness.ratchet_run_meter import CollectionClock, Span, seconds_of
else:
    import ratchet_run
    from ratchet_run_meter import CollectionClock, Span, seconds_of

_PHASES = ("setup", "call", "teardown")
_LONG_ENOUGH_S = 0.02
"""So long must calls take together for the cost of one to be told."""
_MOST_CALLS = 1 << 20


class _Bodies:
    """The bodies of this process's tests.

    Attributes:
        count: call phases.
        figures: their sums, in the order of `Span.end`.
        phases: CPU seconds of each kind of phase, whatever it was.
        units: of each `benchmark(...)`: seconds of one call, by node id.
    """

    def __init__(self, context: Mapping[str, object]) -> None:
        options = context["options"]
        found = options if isinstance(options, dict) else {}
        self.calls: dict[str, int] | None = found.get("calls")
        self.claim, self.cache = str(found.get("claim", "")), str(found.get("cache", ""))
        self.failed: Callable[[], None] = context["failed"]  # type: ignore[assignment]  # the bootstrap's contract
        self.owner = 0
        self.forget()

    def forget(self) -> None:
        """Begin with nothing."""
        self.count = 0
        self.figures = [0.0] * 5
        self.phases = dict.fromkeys(_PHASES, 0.0)
        self.units: dict[str, float] = {}
        self.inside = False
        self.measured: list[float] | None = None

    def heard(self, when: object) -> bool:
        """Say whether a phase counts: it is of the outermost pytest, and in no other phase."""
        return when in _PHASES and not self.inside and self.owner == os.getpid()

    def take(self, when: str, figures: list[float]) -> None:
        """Add one phase; of a test that uses the `benchmark` fixture only what that measured is its body."""
        self.phases[when] += figures[0]
        if when == "call":
            self.count += 1
            self.add(figures if self.measured is None else self.measured)
            self.measured = None

    def add(self, figures: list[float]) -> None:
        """Add the figures of one body."""
        self.figures = [sum(pair) for pair in zip(self.figures, figures)]

    def snapshot(self) -> dict[str, object]:
        """Return what is known so far."""
        return {"bodies": self.count, "figures": self.figures, "phases": self.phases, "units": self.units}


_bodies: _Bodies | None = None


def start(context: Mapping[str, object]) -> None:
    """Wait for pytest's modules."""
    global _bodies
    bodies = _bodies = _Bodies(context)
    ratchet_run.after_import("_pytest.runner", lambda module: _measure_phases(module, bodies))
    ratchet_run.after_import("_pytest.cacheprovider", lambda module: _turn_cache_away(module, bodies))
    ratchet_run.after_import("pytest_benchmark.fixture", lambda module: _fix_calls(module, bodies))


def snapshot() -> dict[str, object]:
    """Return what is known so far."""
    return {} if _bodies is None else _bodies.snapshot()


def after_fork() -> None:
    """Forget the parent's tests: what this process does is waited for, and counted, there."""
    if _bodies is not None:
        _bodies.forget()


def _measure_phases(module: ModuleType, bodies: _Bodies) -> None:
    """Put a span around each phase of each test; every runner of tests makes a `CallInfo` for it."""
    if _claims(bodies.claim):
        bodies.owner = os.getpid()
    owner = module.CallInfo
    original = owner.from_call.__func__

    def from_call(cls: type, func: Callable[[], object], when: str, *rest: object, **named: object) -> object:
        span = ratchet_run.span() if bodies.heard(when) else None
        if span is None:
            return original(cls, func, when, *rest, **named)
        bodies.inside = True
        try:
            return original(cls, func, when, *rest, **named)
        finally:
            bodies.inside = False
            bodies.take(when, span.end())

    from_call.__doc__, from_call.__qualname__ = original.__doc__, original.__qualname__
    owner.from_call = classmethod(from_call)  # type: ignore[arg-type]  # called as pytest calls it


def _claims(claim: str) -> bool:
    """Say whether this is the first process to ask."""
    try:
        os.close(os.open(claim, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        return False
    return True


def _turn_cache_away(module: ModuleType, bodies: _Bodies) -> None:
    """Keep pytest's cache out of the tree: what failed or was new in one run must not choose the tests of the next."""

    def cache_dir_from_config(_config: object, **_named: object) -> object:
        return sys.modules["pathlib"].Path(bodies.cache)

    if bodies.cache and hasattr(module.Cache, "cache_dir_from_config"):
        module.Cache.cache_dir_from_config = staticmethod(cache_dir_from_config)


def _fix_calls(module: ModuleType, bodies: _Bodies) -> None:
    """Have `benchmark(function, ...)` call a set number of times, where the fixture would fill a set time.

    `benchmark.pedantic` has its number of rounds from its author: there the whole call phase is the body.
    """

    def _raw(fixture: object, function: Callable[..., object], *args: object, **named: object) -> object:
        unit = str(getattr(fixture, "fullname", ""))
        if bodies.calls is None:
            bodies.units[unit] = _cost(function, args, named)
        calls = 1 if bodies.calls is None else max(1, int(bodies.calls.get(unit, 1)))
        span = ratchet_run.span()
        for _ in range(calls - 1):
            function(*args, **named)
        result = function(*args, **named)
        _note(fixture, bodies, span, calls)
        return result

    module.BenchmarkFixture._raw = _raw


def _cost(function: Callable[..., object], args: tuple[object, ...], named: dict[str, object]) -> float:
    """Return the seconds of one call."""
    calls = 1
    while True:
        span = Span(CollectionClock())
        for _ in range(calls):
            function(*args, **named)
        spent_s = seconds_of(span.end())
        if spent_s >= _LONG_ENOUGH_S or calls >= _MOST_CALLS:
            return spent_s / calls
        calls *= 2


def _note(fixture: object, bodies: _Bodies, span: Span | None, calls: int) -> None:
    """Take what was measured for the test's body, and give the fixture its statistics; never raises."""
    try:
        if span is None or not bodies.inside:
            return
        bodies.measured = span.end()
        if getattr(fixture, "enabled", False):
            fixture._make_stats(calls).update(max(bodies.measured[1], 1e-9))  # type: ignore[attr-defined]  # of any version
    except Exception:
        bodies.failed()
