"""The result of a comparison: what text, Markdown and JSON are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter

from orchestrator.comparing.judging import Standing, worst
from orchestrator.policy.code_changes import CodeChange
from profiling.model import Dimension

SCHEMA = "ratchet.compare/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SideReport:
    """One side.

    Attributes:
        name: as it was asked for; commit: full hash.
        interpreter: path of the Python that ran it; python: its version.
    """

    name: str
    commit: str
    interpreter: str
    python: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionReport:
    """One dimension of one workload.

    Attributes:
        dimension: with its unit in its name.
        base, head: medians, in that unit.
        ratio, low, high: head / base, median over pairs, with its 95% interval.
        pairs: how many pairs it rests on.
        standing: what is said of it.
        limit: beyond which it counts as regressed.
        decides: the sequential test was run on it.
    """

    dimension: Dimension
    base: float
    head: float
    ratio: float
    low: float
    high: float
    pairs: int
    standing: Standing
    limit: str
    decides: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A function's part of a workload's CPU on one side.

    Attributes:
        self_share: with it the innermost project function, 0 to 1; self_error: two standard errors of that.
        total_share: with it anywhere on the stack, 0 to 1.
        calls: exact; None where they were not counted.
    """

    self_share: float
    self_error: float
    total_share: float
    calls: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionReport:
    """A changed function that a workload runs.

    Attributes:
        change: where it stands and what became of it.
        base, head: its part on each side; None where it did not run.
    """

    change: CodeChange
    base: Share | None
    head: Share | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadReport:
    """One workload.

    Attributes:
        command: as text.
        problem: why it could not be measured; empty when it was, else what follows is empty too.
        standing: of HEAD; `undecided` where it could not be measured.
        reason: what decided, or what is missing.
        more_pairs, more_s: what a decision would still take, at the pace so far; None: there is one, or no telling.
        elapsed_s: wall seconds of measuring.
        dimensions: every dimension that was seen on both sides.
        functions: changed ones that it runs, largest share first; None where nobody looked.
        notes: one sentence each.
    """

    command: str
    problem: str = ""
    standing: Standing = Standing.UNDECIDED
    reason: str = ""
    more_pairs: int | None = None
    more_s: float | None = None
    elapsed_s: float = 0.0
    dimensions: tuple[DimensionReport, ...] = ()
    functions: tuple[FunctionReport, ...] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole comparison.

    Attributes:
        schema: of this format.
        base, head: the sides.
        standing: of all workloads together: regressed when one is.
        workloads: in the order asked for; none where both commits hold the same files.
        changed: code that differs between the commits, also what no workload runs.
        environment: machine and interpreter.
        notes: one sentence each.
    """

    schema: str = SCHEMA
    base: SideReport
    head: SideReport
    standing: Standing
    workloads: tuple[WorkloadReport, ...]
    changed: tuple[CodeChange, ...]
    environment: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """Return the standing in words; where nothing could be measured, that."""
        nothing = bool(self.workloads) and all(one.problem for one in self.workloads)
        return "not measured" if nothing else self.standing.value

    @property
    def has_problem(self) -> bool:
        """Say whether a workload could not be measured."""
        return any(one.problem for one in self.workloads)


def standing_of(workloads: tuple[WorkloadReport, ...]) -> Standing:
    """Return what all workloads come to; those that could not be measured say nothing, and alone leave it open."""
    measured = [one.standing for one in workloads if not one.problem]
    return worst(measured) if measured or not workloads else Standing.UNDECIDED


def to_json(report: Report) -> str:
    """Return a report as JSON."""
    return _adapter().dump_json(report, indent=2).decode("utf-8")


def from_json(text: str) -> Report:
    """Read a report back.

    Raises:
        ValueError: it is no report.
    """
    return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)
