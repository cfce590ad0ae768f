"""What the next step of a session depends on, and what it can be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from agents.model import Attempt, Candidate
from orchestrator.policy.dispatch import Team
from orchestrator.policy.past import Past
from orchestrator.policy.ranking import Tally
from orchestrator.policy.recovery import Recovery
from profiling.model import Dimension, Domain
from profiling.target import Target


class FinishReason(StrEnum):
    """Why a session ends."""

    NOTHING_LICENSED = "nothing_licensed"
    PLATEAU = "plateau"
    STUCK = "stuck"
    EXPERIMENTS = "experiments"
    TIME = "time"
    BUDGET = "budget"
    PERSON = "person"

    @property
    def is_bound(self) -> bool:
        """Say whether a bound, or a person, ended it, with work left."""
        return self in {FinishReason.EXPERIMENTS, FinishReason.TIME, FinishReason.BUDGET, FinishReason.PERSON}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a session may use.

    Attributes:
        experiments, most_experiments: recorded in this session, and allowed.
        spent_s, most_s: wall seconds, and allowed.
        spent_budget: which budget of a model is used up, with its figures; empty while none is.
    """

    experiments: int
    most_experiments: int
    spent_s: float
    most_s: float
    spent_budget: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the next step depends on.

    Attributes:
        targets: the unified target table of the present base.
        candidates: fixes that are licensed and chosen by the facts there.
        attempts: earlier experiments, as proposers know them, in order.
        history: the experiments that count for streaks (this session's), as policies know them, in order.
        bounds: of the session.
        exhausted: digests of places where a proposer had nothing to offer.
        domain: the only one to work in, None for all.
        recovery_steps: positions in the list of recovery steps passed since the session became stuck.
        look_first: file and qualified name of functions that come before all others.
        earlier: what became of each kind of fix in sessions that left no attempts here, by `recipe:<id>`.
        workers: that may be out at the same time; 1: the lead works alone.
        lead_only: digests of places that no worker is sent to.
    """

    targets: tuple[Target, ...]
    candidates: tuple[Candidate, ...]
    attempts: tuple[Attempt, ...]
    history: tuple[Past, ...]
    bounds: Bounds
    exhausted: frozenset[str] = frozenset()
    domain: Domain | None = None
    recovery_steps: int = 0
    earlier: Mapping[str, Tally] = field(default_factory=dict)
    look_first: frozenset[tuple[str, str]] = frozenset()
    workers: int = 1
    lead_only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """Try the best fix of the best target."""

    target: Target
    candidate: Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Send specialists out, side by side.

    Attributes:
        target, candidate: the first of what they take with them.
        teams: who works on what, two at least.
    """

    target: Target
    candidate: Candidate
    teams: tuple[Team, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pivot:
    """Leave a flat dimension for one that has room.

    Attributes:
        target, candidate: to be tried there.
        flat: dimensions left alone.
        text: why, as it reads.
    """

    target: Target
    candidate: Candidate
    flat: frozenset[Dimension]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recover:
    """Choose in another way, because nothing was kept for long.

    Attributes:
        target, candidate: that this way chooses.
        step: the way.
        recovery_steps: how many of the steps are passed with this one; the next situation carries it.
        text: why, as it reads.
    """

    target: Target
    candidate: Candidate
    step: Recovery
    recovery_steps: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """End the session.

    Attributes:
        reason: closed vocabulary.
        text: the same with its figures.
    """

    reason: FinishReason
    text: str


NextStep = Experiment | Dispatch | Pivot | Recover | Finish
