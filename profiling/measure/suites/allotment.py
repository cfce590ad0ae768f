"""How often each benchmark of a suite is called in a timed run, so that every one of them counts, and alike."""

from collections.abc import Mapping
from dataclasses import dataclass

FILL_S = 0.4
"""Seconds of bodies that a run is filled to: below 0.3 CPU-s a side, pairs are noisier than need be."""
LEAST_S = 0.005
_SAMPLE_S = 0.01
"""Between two set-ups of a benchmark that leaves the number of its calls to the runner, as in asv."""
_MOST_CALLS = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCost:
    """One benchmark as it was seen to be: seconds of a call, and calls in a sample as it declares (0: it does not)."""

    call_s: float
    number: int = 0


def allot(units: Mapping[str, UnitCost]) -> dict[str, tuple[int, int]]:
    """Return repeats (each with a set-up of its own) and calls in each, by benchmark; one call at least."""
    share_s = max(LEAST_S, FILL_S / max(1, len(units)))
    return {name: _counts(unit, share_s) for name, unit in units.items()}


def _counts(unit: UnitCost, share_s: float) -> tuple[int, int]:
    call_s = max(unit.call_s, 1e-9)
    calls = min(_MOST_CALLS, max(1, round(share_s / call_s)))
    number = unit.number or min(calls, max(1, round(_SAMPLE_S / call_s)))
    return max(1, round(calls / number)), number
