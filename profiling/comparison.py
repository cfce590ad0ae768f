"""The result of measuring one tree against another."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from profiling.model import Dimension


class Decision(StrEnum):
    """What the sequential test said of the target dimension; the policy makes the verdict of it."""

    IMPROVED = "improved"
    NOT_IMPROVED = "not_improved"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSample:
    """One run of one side of a pair: the value of each dimension that was seen, and what proves it ran the right code.

    Attributes:
        values: in the unit of the dimension's name.
        exit_code: of the command.
        output_sha256: of its standard output.
        origins: project modules that were imported, with the file relative to the tree's root (absolute when it is not
            inside the tree: a wrong origin).
    """

    values: Mapping[Dimension, float]
    exit_code: int
    output_sha256: str
    origins: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Base and change, run together under one hash seed on one core."""

    index: int
    seed: int
    core: int | None
    base_first: bool
    base: RunSample
    change: RunSample


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One dimension, change against base.

    Attributes:
        ratio: change / base, median over pairs (below 1 is less).
        low, high: 95% interval of the ratio.
        base_median, change_median: in the dimension's unit.
        pairs: how many pairs it rests on.
        improved: better, by the rule of this dimension in the decision table.
        regressed: worse than this dimension's limit.
        limit: the ratio beyond which it counts as regressed (with the absolute floor in words), for the record.
    """

    dimension: Dimension
    ratio: float
    low: float
    high: float
    base_median: float
    change_median: float
    pairs: int
    improved: bool
    regressed: bool
    limit: str

    @property
    def gain(self) -> float:
        """Return the share saved: 1 - ratio (ratio - 1 for throughput)."""
        return 1 - self.ratio if self.dimension.lower_is_better else self.ratio - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A finished paired measurement.

    Attributes:
        target: the dimension that was asked about.
        decision: of the sequential test.
        stopped_because: one sentence: why it stopped when it did.
        evidence_gain, evidence_no_gain: natural logarithms of the e-values against "no gain" and "the gain sought".
        comparisons: every dimension seen on both sides.
        pairs: raw samples, in the order run.
        elapsed_s: wall seconds it took.
        metric: the dimension that the test was run on where it is not the target: for CPU time of a workload that
            mostly waits it is `wall_s`. Limits of other dimensions are then those of this one. None: the target.
    """

    target: Dimension
    decision: Decision
    stopped_because: str
    evidence_gain: float
    evidence_no_gain: float
    comparisons: Mapping[Dimension, Comparison]
    pairs: tuple[Pair, ...]
    elapsed_s: float
    metric: Dimension | None = None

    @property
    def decided_on(self) -> Dimension:
        """Return the dimension that the sequential test was run on."""
        return self.target if self.metric is None else self.metric
