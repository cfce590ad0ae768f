"""What got worse between two measures of a repository, beyond what their runs differ by themselves. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.measures import Measures, Spread

MOST_MEMORY = 1.2
"""SCAN.md: memory +20% is a red flag."""
GOOD_HIT_RATE = 0.8
GOOD_COVERAGE = 85.0
_COVERAGE_NOISE = 0.5
"""Percentage points that coverage may wander by, where tests take turns that depend on time or order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """One figure that got worse: its name, and a sentence with both values."""

    metric: str
    text: str


def red_flags(before: Measures, after: Measures) -> tuple[RedFlag, ...]:
    """Return what got worse.

    Args:
        before, after: of the same workload, interpreter and machine: others can't be compared.
    """
    return tuple(
        RedFlag(metric=metric, text=text)
        for metric, found in (
            ("total time", _slower(before, after)),
            ("peak memory", _larger(before, after)),
            ("tests", _failing(before, after)),
            ("cache hit rate", _cold_caches(before, after)),
            ("coverage", _less_covered(before, after)),
            ("complexity", _more_complex(before, after)),
        )
        for text in found
    )


def ratio(before: Spread, after: Spread) -> tuple[float, float, float] | None:
    """Return after over before, and the smallest and largest that their runs allow; None where that can't be said."""
    if min(before.low, before.middle) <= 0:
        return None
    return after.middle / before.middle, after.low / before.high, after.high / before.low


def change_text(before: Spread, after: Spread) -> str:
    """Return a change as a person reads it: `0.71x [0.69, 0.74], 3 and 3 runs`; `?` where there is none to tell."""
    found = ratio(before, after)
    if found is None:
        return "?"
    return f"{found[0]:.2f}x [{found[1]:.2f}, {found[2]:.2f}], {before.runs} and {after.runs} runs"


def _slower(before: Measures, after: Measures) -> Iterator[str]:
    """CPU time decides: wall time is also what else the machine did."""
    found = ratio(before.cpu_s, after.cpu_s)
    if found is not None and found[1] > 1:
        old, new = before.cpu_s.middle, after.cpu_s.middle
        told = f"CPU {old:.3g} s → {new:.3g} s: {change_text(before.cpu_s, after.cpu_s)}"
        yield f"{told}; optimize compare decides"


def _larger(before: Measures, after: Measures) -> Iterator[str]:
    found = ratio(before.peak_rss_mib, after.peak_rss_mib)
    if found is not None and found[1] > 1 and found[0] >= MOST_MEMORY:
        old, new = before.peak_rss_mib.middle, after.peak_rss_mib.middle
        yield f"{old:.0f} MiB → {new:.0f} MiB: {change_text(before.peak_rss_mib, after.peak_rss_mib)}"


def _failing(before: Measures, after: Measures) -> Iterator[str]:
    if after.tests_failed > before.tests_failed:
        yield f"{before.tests_failed} failed → {after.tests_failed} failed"
    elif after.tests_passed < before.tests_passed:
        yield f"{before.tests_passed} passed → {after.tests_passed} passed"


def _cold_caches(before: Measures, after: Measures) -> Iterator[str]:
    """A cache that was added must pay; one that was there must not do worse."""
    for name, lookups in after.caches.items():
        old = before.caches.get(name)
        rate, told = lookups.hit_rate, f"{name}: {lookups.hits:,} hits, {lookups.misses:,} misses"
        if old is None and rate <= GOOD_HIT_RATE:
            yield f"new cache {told} ({rate:.0%}, wanted is more than {GOOD_HIT_RATE:.0%})"
        elif old is not None and rate < min(old.hit_rate, GOOD_HIT_RATE):
            yield f"{told} ({old.hit_rate:.0%} → {rate:.0%})"


def _less_covered(before: Measures, after: Measures) -> Iterator[str]:
    """Kept above 85%, or where it was."""
    old, new = before.coverage.percent, after.coverage.percent
    if old is not None and new is not None and not is_covered(old, new):
        yield f"{old:.1f}% → {new:.1f}% of the lines"


def is_covered(before: float | None, now: float) -> bool:
    """Say whether coverage, in percent, is above 85 or where it was, as far as that is known."""
    return now >= (GOOD_COVERAGE if before is None else min(before - _COVERAGE_NOISE, GOOD_COVERAGE))


def _more_complex(before: Measures, after: Measures) -> Iterator[str]:
    shared = before.complexity.keys() & after.complexity.keys()
    old, new = (sum(one.complexity[file].total for file in shared) for one in (before, after))
    if new > old:
        files = "1 changed file" if len(shared) == 1 else f"{len(shared)} changed files"
        yield f"cyclomatic complexity {old} → {new} in {files}"
