"""What a lead is asked and what it answers: a board with options → one choice of the next step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from agents.model import Attempt, Candidate, Insight
from profiling.audit.target_facts import AuditFacts
from profiling.facts import Facts
from profiling.model import FunctionKey
from profiling.profile import Profile
from profiling.target import Interaction, Target

MOST_READ = 3
"""Targets that the researcher reads about at once."""

MOST_OPTIONS = 12
"""Targets that a lead is shown."""


class Action(StrEnum):
    """What a lead may do next."""

    EXPERIMENT = "experiment"
    DISPATCH = "dispatch"
    PIVOT = "pivot"
    RESEARCH = "research"
    STOP = "stop"
    EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One target with the fix that would be tried there.

    Attributes:
        id: what the lead calls it by.
        target: the row of the table; candidate: who would fix it, and how.
        expected_gain: share of the workload (0 to 1) x how likely it is kept.
    """

    id: str
    target: Target
    candidate: Candidate
    expected_gain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All that the lead decides on.

    Attributes:
        goal: the person's words.
        profile, facts, interactions, table, paths: of the present base.
        options: targets that may be tried, the policy's order.
        attempts: what was tried, and what became of it.
        standing: how the session stands, one line each: streaks, bounds, money.
        embedded: what the policy would do.
        insights: what was found by reading ahead.
    """

    goal: str
    profile: Profile
    facts: Facts
    interactions: tuple[Interaction, ...]
    table: tuple[Target, ...]
    options: tuple[Option, ...]
    attempts: tuple[Attempt, ...]
    standing: tuple[str, ...]
    embedded: str
    paths: Mapping[FunctionKey, AuditFacts] = field(default_factory=dict)
    insights: tuple[Insight, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The lead's answer.

    Attributes:
        action: what is done next.
        options: ids: the one to be tried, those to be sent out with or to be read about; none for the other actions.
        strategy: what the specialist is told; empty where there is nothing to say.
        reason: why, for the person and the record.
    """

    action: Action
    options: tuple[str, ...] = ()
    strategy: str = ""
    reason: str
