"""What changed between two profiles, function by function. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot

from profiling.collect.uncertainty import baseline_spread, cpu_error_s, gc_error_s, waiting_error_s
from profiling.profile import FunctionProfile, ImportProfile, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionDelta:
    """One function in two profiles, matched by file and qualified name: its line may have moved.

    Attributes:
        file, qualname: of the function; absent from a profile counts as zero there.
        cpu_before_s, cpu_after_s: CPU seconds with it the innermost project function.
        memory_before_bytes, memory_after_bytes: its part of the traced peak, or of resident growth where one of the
            profiles has no memory pass.
        gc_before_s, gc_after_s: pauses of collections triggered in it.
        samples: behind the smaller of the two CPU figures that have any; below 30 they are uncertain.
        waiting_before_s, waiting_after_s: seen waiting, with it the innermost project function.
        loop_before_s, loop_after_s: an event loop held by it, with CPU and without.
        calls_before, calls_after: exact; None where they were not counted.
        cpu_error_s, waiting_error_s, gc_error_s, loop_error_s: a change up to so much is within the errors of the two
            figures (two standard errors of what was sampled, and the spread of the plain runs); 0 when not known.
    """

    file: str
    qualname: str
    cpu_before_s: float
    cpu_after_s: float
    memory_before_bytes: int
    memory_after_bytes: int
    gc_before_s: float
    gc_after_s: float
    samples: int
    waiting_before_s: float = 0.0
    waiting_after_s: float = 0.0
    loop_before_s: float = 0.0
    loop_after_s: float = 0.0
    calls_before: int | None = None
    calls_after: int | None = None
    cpu_error_s: float = 0.0
    waiting_error_s: float = 0.0
    gc_error_s: float = 0.0
    loop_error_s: float = 0.0

    @property
    def is_change(self) -> bool:
        """Say whether any figure differs."""
        before = (self.cpu_before_s, self.memory_before_bytes, self.gc_before_s, self.waiting_before_s)
        after = (self.cpu_after_s, self.memory_after_bytes, self.gc_after_s, self.waiting_after_s)
        return before != after or self.loop_before_s != self.loop_after_s or self.calls_changed

    @property
    def calls_changed(self) -> bool:
        """Say whether calls were counted on both sides and differ."""
        return None not in (self.calls_before, self.calls_after) and self.calls_before != self.calls_after


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDelta:
    """One module in two profiles: CPU seconds of its own body, 0 where it is not imported or under 0.3 ms.

    Attributes:
        module: dotted name.
        before_s, after_s: of its own body; those of two modules can be added.
        error_s: as in `FunctionDelta`, from the spread of the plain runs alone.
    """

    module: str
    before_s: float
    after_s: float
    error_s: float


def delta(before: Profile, after: Profile) -> tuple[FunctionDelta, ...]:
    """Return every function of two profiles whose figures differ, largest change of CPU first."""
    traced = before.memory_pass is not None and after.memory_pass is not None
    olds, news = _by_name(before), _by_name(after)
    found = [
        _delta(name, _Side.of(before, olds.get(name, ())), _Side.of(after, news.get(name, ())), traced=traced)
        for name in olds.keys() | news.keys()
    ]
    changed = [each for each in found if each.is_change]
    return tuple(
        sorted(changed, key=lambda each: (-abs(each.cpu_after_s - each.cpu_before_s), each.file, each.qualname))
    )


def import_delta(before: Profile, after: Profile) -> tuple[ImportDelta, ...]:
    """Return every module whose own import cost differs, largest change first."""
    spreads = baseline_spread(before), baseline_spread(after)
    olds, news = _import_seconds(before.imports), _import_seconds(after.imports)
    found = [
        ImportDelta(
            module=module,
            before_s=(old := olds.get(module, 0.0)),
            after_s=(new := news.get(module, 0.0)),
            error_s=hypot(spreads[0] * old, spreads[1] * new),
        )
        for module in olds.keys() | news.keys()
        if olds.get(module) != news.get(module)
    ]
    return tuple(sorted(found, key=lambda each: (-abs(each.after_s - each.before_s), each.module)))


def _import_seconds(imports: Iterable[ImportProfile]) -> dict[str, float]:
    return {each.module: each.self_s for each in imports}


def _by_name(profile: Profile) -> dict[tuple[str, str], tuple[FunctionProfile, ...]]:
    """Group functions; two of one name (a conditional definition) are one here."""
    groups: dict[tuple[str, str], tuple[FunctionProfile, ...]] = {}
    for function in profile.functions:
        name = (function.key.file, function.key.qualname)
        groups[name] = (*groups.get(name, ()), function)
    return groups


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """The figures of one function in one profile, with their errors."""

    functions: tuple[FunctionProfile, ...]
    cpu_s: float
    waiting_s: float
    gc_s: float
    loop_s: float
    samples: int
    calls: int | None
    spread: float
    cpu_error_s: float
    gc_error_s: float
    waiting_error_s: float

    @classmethod
    def of(cls, profile: Profile, functions: tuple[FunctionProfile, ...]) -> "_Side":
        cpu_s = sum(function.cpu_self_s for function in functions)
        waiting_s = sum(function.wall_blocked_s for function in functions)
        gc_s = sum(function.gc_pause_s for function in functions)
        samples = sum(function.samples_self for function in functions)
        counted = [function.calls for function in functions if function.calls is not None]
        spread = baseline_spread(profile)
        return cls(
            functions=functions,
            cpu_s=cpu_s,
            waiting_s=waiting_s,
            gc_s=gc_s,
            gc_error_s=hypot(gc_error_s(gc_s, profile), spread * gc_s),
            loop_s=sum(function.loop_cpu_s + function.loop_blocked_s for function in functions),
            samples=samples,
            calls=sum(counted) if counted else None,
            spread=spread,
            cpu_error_s=hypot(cpu_error_s(cpu_s, samples, profile), spread * cpu_s),
            waiting_error_s=waiting_error_s(waiting_s),
        )

    def memory_bytes(self, *, traced: bool) -> int:
        return sum(_memory(function, traced=traced) for function in self.functions)


def _delta(name: tuple[str, str], old: _Side, new: _Side, *, traced: bool) -> FunctionDelta:
    return FunctionDelta(
        file=name[0],
        qualname=name[1],
        cpu_before_s=old.cpu_s,
        cpu_after_s=new.cpu_s,
        memory_before_bytes=old.memory_bytes(traced=traced),
        memory_after_bytes=new.memory_bytes(traced=traced),
        gc_before_s=old.gc_s,
        gc_after_s=new.gc_s,
        samples=min((side.samples for side in (old, new) if side.samples), default=0),
        waiting_before_s=old.waiting_s,
        waiting_after_s=new.waiting_s,
        loop_before_s=old.loop_s,
        loop_after_s=new.loop_s,
        calls_before=old.calls,
        calls_after=new.calls,
        cpu_error_s=hypot(old.cpu_error_s, new.cpu_error_s),
        waiting_error_s=hypot(old.waiting_error_s, new.waiting_error_s),
        gc_error_s=hypot(old.gc_error_s, new.gc_error_s),
        loop_error_s=hypot(old.spread * old.loop_s, new.spread * new.loop_s),
    )


def _memory(function: FunctionProfile, *, traced: bool) -> int:
    return (function.peak_owned_bytes or 0) if traced else function.rss_growth_bytes
