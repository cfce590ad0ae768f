"""How long a measurement will take, said before and while it runs."""

import math
from dataclasses import dataclass

from profiling.measure.stats import FEWEST_PAIRS_TO_REJECT, Evidence, Test, pairs_still_needed

MOST_LIKELY = 12
"""Pairs within which nine in ten measurements were decided when really run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a measurement is expected to take.

    Attributes:
        pair_s: wall seconds of one pair.
        fewest: pairs that a decision needs at the least.
        usual, most_likely: pairs within which half of the measurements, and most of them, are decided.
        most: pairs after which it ends undecided, by their number or its time.
    """

    pair_s: float
    fewest: int
    usual: int
    most_likely: int
    most: int

    @property
    def likely_s(self) -> float:
        """Return the seconds of the usual number of pairs."""
        return self.pair_s * self.usual

    @property
    def text(self) -> str:
        """Return `about 12 s (5 to 12 pairs of 1.6 s), at most 48 s`."""
        pairs = f"{self.fewest} to {self.most_likely} pairs" if self.fewest < self.most_likely else _pairs(self.most)
        each = seconds(self.pair_s)
        return f"about {seconds(self.likely_s)} ({pairs} of {each}), at most {seconds(self.pair_s * self.most)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What an undecided measurement would still take: pairs, and seconds at the pace so far."""

    pairs: int
    seconds: float

    @property
    def text(self) -> str:
        """Return `needs about 2.5 more minutes (about 12 more pairs)`; short times in seconds."""
        long = self.seconds >= 60
        time = f"{self.seconds / 60:.1f} more minutes" if long else f"{self.seconds:.1f} more seconds"
        return f"needs about {time} (about {_pairs(self.pairs, 'more ')})"


def foresee(test: Test, pair_s: float, *, most_pairs: int, left_s: float, fewest_pairs: int = 1) -> Forecast:
    """Foresee a measurement before its first pair.

    A pair multiplies an e-value by 2 at most, so that a decision needs as many as the logarithm to base 2 of its bound.

    Args:
        test: that decides.
        pair_s: wall seconds that a pair is expected to take.
        most_pairs: after which it ends.
        left_s: wall seconds left for it.
        fewest_pairs: are run whatever the time.
    """
    in_time = int(left_s / pair_s) if pair_s > 0 else most_pairs
    most = max(1, min(most_pairs, max(fewest_pairs, in_time)))
    to_keep, to_reject = (math.ceil(-math.log2(error)) for error in (test.alpha, test.beta))
    fewest = min(to_keep, max(FEWEST_PAIRS_TO_REJECT, to_reject))
    return Forecast(
        pair_s=pair_s,
        fewest=min(fewest, most),
        usual=min(to_keep, most),
        most_likely=min(max(to_keep, MOST_LIKELY), most),
        most=most,
    )


def need(evidence: Evidence, pair_s: float) -> Need | None:
    """Return what a decision would still take if the evidence goes on growing as so far; None: it leans neither way."""
    pairs = pairs_still_needed(evidence)
    return None if pairs is None else Need(pairs=pairs, seconds=pairs * pair_s)


def eta_s(evidence: Evidence | None, forecast: Forecast, *, pairs: int, pair_s: float) -> float:
    """Return the seconds a running measurement is likely to take still, never more than its bounds leave.

    Args:
        evidence: so far; None where no sequential test is run.
        forecast: made before the first pair.
        pairs: run so far.
        pair_s: wall seconds of a pair, as they went.
    """
    usual = (forecast.usual if pairs < forecast.usual else forecast.most_likely) - pairs
    known = None if evidence is None or pairs < forecast.fewest else pairs_still_needed(evidence)
    left = usual if known is None else known
    return pair_s * max(0, min(left, forecast.most - pairs))


def seconds(value: float) -> str:
    """Return seconds as one says them: `0.4 s`, `12 s`, `3.5 min`."""
    if value >= 120:
        return f"{value / 60:.1f} min"
    return f"{value:.1f} s" if value < 10 else f"{math.floor(value + 0.5)} s"


def _pairs(count: int, word: str = "") -> str:
    return f"{count} {word}pair" if count == 1 else f"{count} {word}pairs"
