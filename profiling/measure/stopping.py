"""When a measurement ends, of whole runs or of calls, and the words for why. Pure."""

import math
from dataclasses import dataclass

from profiling.comparison import Decision
from profiling.measure.forecast import need
from profiling.measure.stats import Evidence


def decided(evidence: Evidence, decision: Decision) -> str:
    """Return why a measurement of a time was decided by its evidence."""
    count = len(evidence.values)
    if decision is Decision.IMPROVED:
        return f"evidence of {_odds(evidence.gain)} against no gain after {count} pairs"
    sought = f"{evidence.test.design_effect:.0%}"
    return f"evidence of {_odds(evidence.no_gain)} against a gain of {sought} or more after {count} pairs"


def undecided(evidence: Evidence, bound: str, pair_s: float) -> str:
    """Return why an undecided measurement ended, and what more it would take.

    Args:
        evidence: so far.
        bound: that was reached.
        pair_s: wall seconds of one pair.
    """
    more = need(evidence, pair_s)
    if more is None:
        return f"undecided after {bound}; the pairs so far lean neither way: more of them are unlikely to help"
    return f"undecided after {bound}; {more.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a measurement may take: so many pairs, and wall seconds after which no further pair is started.

    Attributes:
        most_pairs: whatever the time.
        time_budget_s: wall seconds.
        fewest_pairs: are run even when they take longer: with fewer, the rule that decides says nothing.
    """

    most_pairs: int
    time_budget_s: float
    fewest_pairs: int = 1

    def reached(self, count: int, elapsed_s: float, pair_s: float) -> str:
        """Return the bound that keeps another pair from being run; nothing while one may be.

        Args:
            count: of pairs so far; elapsed_s: wall seconds so far; pair_s: those that one more takes.
        """
        if count >= self.most_pairs:
            return f"{count} pairs, the most allowed"
        if count >= self.fewest_pairs and elapsed_s + pair_s > self.time_budget_s:
            return f"{count} pairs, when the time budget of {self.time_budget_s:g}s was spent"
        return ""


def _odds(log_evidence: float) -> str:
    return f"{math.exp(log_evidence):.0f}:1" if log_evidence < math.log(1e6) else "more than a million to 1"
