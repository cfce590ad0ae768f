"""The verdict of one experiment, and the closed vocabulary of reasons."""

from dataclasses import dataclass
from enum import StrEnum

from profiling.model import Dimension


class Status(StrEnum):
    """What became of an experiment; the words of results.tsv."""

    KEEP = "keep"
    DISCARD = "discard"
    CRASH = "crash"


class Reason(StrEnum):
    """Why; shown everywhere the same."""

    IMPROVED = "improved"
    COMPOUND = "compound"
    TRADEOFF = "tradeoff"
    UNEXPECTED_GAIN = "unexpected_gain"
    NO_IMPROVEMENT = "no_improvement"
    BELOW_THRESHOLD = "below_threshold"
    IMMATERIAL = "immaterial"
    UNDECIDED = "undecided"
    REGRESSION = "regression"
    TESTS_FAILED = "tests_failed"
    BEHAVIOUR_CHANGED = "behaviour_changed"
    SCOPE_VIOLATION = "scope_violation"
    SYNTAX_ERROR = "syntax_error"
    IMPORT_FAILED = "import_failed"
    WRONG_IMPORT_ORIGIN = "wrong_import_origin"
    GUARD_FAILED = "guard_failed"
    GAMING_SUSPECTED = "gaming_suspected"
    REJECTED = "rejected"
    MERGE_CONFLICT = "merge_conflict"
    MERGE_LOSS = "merge_loss"
    REVIEW_FAILED = "review_failed"
    NOT_CONFIRMED = "not_confirmed"
    TIMEOUT = "timeout"
    CRASH = "crash"


class Level(StrEnum):
    """Where the gain is proved: on the whole workload, or on the function's own calls."""

    WORKLOAD = "workload"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was decided, by which rule, and what it rests on.

    Attributes:
        status, reason: closed vocabularies.
        level: of the evidence that decided.
        net_effect: sum of weight x ln(base/change) over dimensions that changed; positive is better.
        improved, regressed: dimensions beyond their thresholds.
        explanation: one sentence with the figures.
    """

    status: Status
    reason: Reason
    level: Level
    net_effect: float
    improved: tuple[Dimension, ...]
    regressed: tuple[Dimension, ...]
    explanation: str
