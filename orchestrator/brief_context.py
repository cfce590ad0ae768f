"""What a proposer is told beside its target: figures across domains, what moved them, what to leave alone and why."""

from collections.abc import Iterator, Sequence

from agents.specialists.setup import Setup
from orchestrator.ledger.conventions import Conventions
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.effects import measured_lines
from orchestrator.policy.boundary import may_break
from orchestrator.policy.verdict import Status
from orchestrator.state import Assignment
from orchestrator.survey import Survey
from profiling.target import Target

_MOST_KEEPS = 5
_BREAKING = (
    "you may replace what is on the project's side of that line by its own code, from the standard library alone: one"
    " use a proposal, {library} itself for all input that the narrow form does not cover; results, exceptions and"
    " warnings are compared exactly, on every recorded input and a corpus of odd ones (empty, broken, other encodings)"
)
_MOST_NAMED = 8


def notes(target: Target, survey: Survey, records: Sequence[ExperimentRecord], setup: Setup) -> tuple[str, ...]:
    """Return what else a proposer should know, one sentence each.

    Args:
        target: what it is to work on.
        survey: of the base it works on.
        records: of this session.
        setup: of the repository.
    """
    return tuple(_notes(target, survey, records, setup))


def avoid(conventions: Conventions, assignment: Assignment | None) -> tuple[str, ...]:
    """Return what a proposer must not touch, with the reason."""
    excluded = (f"{pattern}: the maintainers exclude it" for pattern in conventions.exclusions)
    untouchable = (f"{dimension.value} may not get worse, whatever is gained" for dimension in conventions.untouchable)
    return (*excluded, *untouchable, *(assignment["avoid"] if assignment is not None else ()))


def _notes(target: Target, survey: Survey, records: Sequence[ExperimentRecord], setup: Setup) -> Iterator[str]:
    yield f"{target.key.qualname} as profiled: {figures(target)}"
    for one in survey.interactions:
        if one.key == target.key:
            evidence = "; ".join(f"{each.text} [{each.dimension.value}]" for each in one.evidence)
            yield f"cross-domain here: {one.kind.value}: {evidence}; its usual root fix: {one.root_fix}"
    for boundary in survey.boundaries:
        if target.key in boundary.leading and may_break(boundary, survey.candidates, target.key):
            yield boundary.text
            yield from (f"used of {boundary.library}: {one.text}" for one in boundary.names[:_MOST_NAMED])
            yield _BREAKING.format(library=boundary.library)
    kept = [record for record in records if record.verdict.status is Status.KEEP]
    for record in kept[-_MOST_KEEPS:]:
        effect = "; ".join(measured_lines(record.measurement, record.calls))
        what = f"{record.proposal.summary}, {record.proposal.key.qualname}"
        yield f"experiment {record.number} was kept ({what}): {effect}; all figures here are of a profile made after it"
    if setup.speed_dependencies:
        yield f"dependencies that often decide speed: {', '.join(setup.speed_dependencies[:_MOST_NAMED])}"
    if setup.tests is not None:
        yield f"must stay green: {setup.tests.text}"


def figures(target: Target) -> str:
    """Return what a target costs in every domain, in a line."""
    parts = [
        f"{target.cpu_share:.0%} of CPU ({target.cpu_s:.3g} s)",
        f"{target.memory_mib:+.1f} MiB",
        f"{target.gc_s:.3g} s of collections",
    ]
    if target.loop_s:
        parts.append(f"{target.loop_s:.3g} s of the event loop")
    if target.import_s:
        parts.append(f"{target.import_s:.3g} s of imports")
    if target.calls is not None:
        parts.append(f"{target.calls} calls")
    return ", ".join(parts)
