"""`reports/action-plan.json`: what is to be done, and what became of each item; the text for people is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from agents.scan.plan import PlanItem
from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.damaged import load_record
from orchestrator.ledger.front_matter import first_problem
from orchestrator.measures import Measures
from profiling.entry_points.advice import Advice

PLAN_SCHEMA = "ratchet.plan/1"


class ItemState(StrEnum):
    """How an item stands."""

    OPEN = "open"
    TRIED = "tried"
    KEPT = "kept"
    REVERTED = "reverted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an item.

    Attributes:
        state: how it stands.
        experiment: number of the one that decided, 0 for none; commit: of a keep.
        effect: measured, with its interval and pairs; empty where nothing was measured.
        why: what decided, one sentence.
    """

    state: ItemState = ItemState.OPEN
    experiment: int = 0
    commit: str = ""
    effect: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the plan."""

    item: PlanItem
    outcome: Outcome = field(default_factory=Outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The workload as a profile measured it: before anything was done, or now.

    Attributes:
        workload: the command as text; profile: file that the figures are of.
        figures: as they read, by name.
        at: when the profile was looked at, ISO 8601, UTC.
        measures: what is tracked; None in a plan of a version that did not note it.
    """

    workload: str
    profile: str
    figures: Mapping[str, str]
    at: str = ""
    measures: Measures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A figure that tells success: ticked by a measurement alone."""

    text: str
    is_met: bool
    measured: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPlan:
    """The plan.

    Attributes:
        schema: of this format.
        baseline: None where no profile was at hand.
        entries: by phase, in each the most telling first, what was kept or tried without being found today last.
        left_out: findings that are not in it.
        now: the baseline's workload by the newest profile; None where none was made since.
        criteria: of success.
        entry_points: what each did with its time in the profile; empty without one.
    """

    schema: str = PLAN_SCHEMA
    baseline: Baseline | None
    entries: tuple[Entry, ...]
    left_out: int = 0
    now: Baseline | None = None
    criteria: tuple[Criterion, ...] = ()
    entry_points: tuple[Advice, ...] = ()


def parse(text: str) -> ActionPlan:
    """Return the plan of a text.

    Raises:
        ValueError: it is damaged or of another schema; the message says what is wrong.
    """
    try:
        plan = _adapter().validate_json(text)
    except ValidationError as error:
        raise ValueError(first_problem(error)) from error
    if plan.schema != PLAN_SCHEMA:
        raise ValueError(f"is of schema {plan.schema[:40]!r}, this program reads {PLAN_SCHEMA}")
    return plan


def load(path: Path) -> ActionPlan | None:
    """Read a plan, None when there is none.

    Raises:
        RecordsDamaged: it is damaged or of another schema; it is left as it is.
    """
    return load_record(path, parse)


def dump(plan: ActionPlan) -> str:
    """Return the plan as JSON."""
    return _adapter().dump_json(plan, indent=1).decode() + "\n"


def save(plan: ActionPlan, path: Path) -> None:
    """Write the plan.

    Raises:
        NotWritable: the folder refuses.
    """
    write_text(path, dump(plan))


@cache
def _adapter() -> TypeAdapter[ActionPlan]:
    return TypeAdapter(ActionPlan)
