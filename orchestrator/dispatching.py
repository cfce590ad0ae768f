"""Sends workers out and takes them back: assignments from the policy's teams, reports into the lead's state."""

from collections.abc import Iterator, Sequence

from agents.specialists.setup import Setup
from orchestrator.brief_context import figures
from orchestrator.deciding import chosen, recorded_in
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.effects import count_text
from orchestrator.live.stream import stream_of
from orchestrator.policy.dispatch import Team
from orchestrator.policy.situation import Dispatch, Finish, NextStep
from orchestrator.policy.verdict import Status
from orchestrator.services import Merged, Services
from orchestrator.state import Assignment, Chosen, Finding, Report, SessionState, WorkerState
from orchestrator.survey import Survey
from profiling.model import Domain
from profiling.target import Target

_CALLED = {Domain.CPU: "cpu", Domain.MEMORY: "memory", Domain.ASYNC: "concurrency", Domain.STRUCTURE: "structure"}


def assignments(state: SessionState, step: NextStep) -> list[Assignment]:
    """Return who is sent out with what; nobody where the lead is to take the step itself."""
    return list(_assignments(state, step.teams)) if isinstance(step, Dispatch) else []


def again(state: SessionState, survey: Survey, records: Sequence[ExperimentRecord], step: NextStep) -> SessionState:
    """Return the choice of a fix that is to be applied once more; nothing where none is, or a bound ends the session.

    It comes before the policy's own choice: what was measured to be a gain is worth more than what may be one.
    """
    numbers = state.get("again", [])
    if isinstance(step, Finish) and step.reason.is_bound:
        return {}
    for place, number in enumerate(numbers):
        record = next((one for one in records if one.number == number), None)
        target = target_of(record, survey) if record is not None else None
        if record is not None and target is not None:
            # It stays first in the list until its base is profiled: only then is it tried.
            is_profiled = state.get("profiled_tree") == state["head_tree"]
            left = numbers[place + 1 :] if is_profiled else numbers[place:]
            return {
                "again": left,
                "chosen": {**repeated(record, target), "again": record.number},
                "finish_reason": "",
            }
    return {"again": []} if numbers else {}


def read_ahead(services: Services, setup: Setup, state: SessionState, survey: Survey) -> list[Assignment]:
    """Return the assignments with what the researcher says of each target; it reads, and nothing is run."""
    return [_read(services, setup, state, survey, one) for one in state["assignments"]]


def worker_state(state: SessionState, assignment: Assignment) -> WorkerState:
    """Return what a worker begins with: the lead's state, its own assignment, and the base that all have in common."""
    return {
        "session_id": state["session_id"],
        "continues": state.get("continues", ""),
        "setup": state["setup"],
        "base_commit": state["base_commit"],
        "head_commit": state["head_commit"],
        "head_tree": state["head_tree"],
        "profiled_tree": state["profiled_tree"],
        "output_repeatable": state["output_repeatable"],
        "first_number": state["first_number"],
        "keeps_since_milestone": 0,
        "exhausted": [],
        "dispatches": state["dispatches"],
        "assignments": [assignment],
        "worker": assignment["worker"],
        "taken": 0,
        "base_head": state["head_commit"],
        "base_tree": state["head_tree"],
    }


def report(state: WorkerState, records: Sequence[ExperimentRecord], *, failure: str = "") -> Report:
    """Return what a worker comes back with, from what is on record of it.

    Args:
        state: the worker's, as far as it is known.
        records: of this repository.
        failure: what ended it before its time, empty when nothing did.
    """
    (own,) = state["assignments"]
    digests = {one["place_digest"] for one in own["targets"]}
    of_base = [one for one in records if one.base_commit == state["base_head"] and one.session == state["session_id"]]
    mine = [one for one in of_base if one.dispatched == own["agent"] and one.place_digest in digests]
    exhausted = [one for one in state.get("exhausted", []) if one in digests]
    done = {one.place_digest for one in mine} | set(exhausted)
    return {
        "worker": own["worker"],
        "agent": own["agent"],
        "dispatch": own["dispatch"],
        "kept": [one.number for one in mine if one.verdict.status is Status.KEEP],
        "dropped": [one.number for one in mine if one.verdict.status is not Status.KEEP],
        "exhausted": exhausted,
        "left": [one["place_digest"] for one in own["targets"] if one["place_digest"] not in done],
        "failure": failure,
    }


def taken_back(state: SessionState, merged: Merged, tree: str, records: Sequence[ExperimentRecord]) -> SessionState:
    """Return the lead's state after a merge.

    What a failed worker left, and what did not fit beside the others, is the lead's alone from now on.

    Args:
        state: before it.
        merged: what became of the work.
        tree: of the merged head.
        records: of this repository.
    """
    reports = state["reports"]
    failed = [digest for one in reports if one["failure"] for digest in one["left"]]
    misfits = [one.place_digest for one in records if one.number in merged.again]
    exhausted = [digest for one in reports for digest in one["exhausted"]]
    update: SessionState = {
        "head_commit": merged.head,
        "head_tree": tree,
        "assignments": [],
        "recorded": recorded_in(state, records),
        "exhausted": list(dict.fromkeys([*state.get("exhausted", []), *exhausted])),
        "lead_only": list(dict.fromkeys([*state.get("lead_only", []), *failed, *misfits])),
        "again": [*state.get("again", []), *merged.again],
        "last_was_kept": bool(merged.taken),
        "keeps_since_milestone": state["keeps_since_milestone"] + len(merged.taken),
    }
    return {**update, "recovery_steps": 0} if merged.taken else update


def report_text(told: Report) -> str:
    """Return how a report reads."""
    left = f", {len(told['left'])} not begun" if told["left"] else ""
    return f"{count_text(len(told['kept']) + len(told['dropped']), len(told['kept']))}{left}"


def target_of(record: ExperimentRecord, survey: Survey) -> Target | None:
    """Return the target that an experiment was about, as a survey has it now."""
    wanted = (record.proposal.key.file, record.proposal.key.qualname)
    return next((one for one in survey.targets if (one.key.file, one.key.qualname) == wanted), None)


def repeated(record: ExperimentRecord, target: Target) -> Chosen:
    """Return the choice of an experiment's fix at its target as it is now."""
    proposal = record.proposal
    return {
        "source": proposal.source,
        "domain": proposal.domain.value,
        "dimension": proposal.dimension.value,
        "file": target.key.file,
        "first_line": target.key.first_line,
        "qualname": target.key.qualname,
        "place_digest": proposal.place_digest,
        "expected_share": max(proposal.expected.get(proposal.dimension, 0.0), 0.0),
    }


def _assignments(state: SessionState, found: tuple[Team, ...]) -> Iterator[Assignment]:
    named = [f"{team.domain.value}-{state.get('dispatched', 0) + place + 1}" for place, team in enumerate(found)]
    for place, (team, worker) in enumerate(zip(found, named, strict=True)):
        same = sum(one.domain is team.domain for one in found[:place])
        agent = f"{_CALLED[team.domain]}-specialist{f'-{same + 1}' if same else ''}"
        yield {
            "worker": worker,
            "agent": team.domain.value,
            "dispatch": state.get("dispatches", 0) + 1,
            "stream": stream_of(agent),
            "targets": [chosen(work.target, work.candidate) for work in team.work],
            "avoid": [line for other in found if other is not team for line in _taken_lines(other)],
            "notes": [_beside(other) for other in found if other is not team],
            "findings": {},
            "known": state["first_number"] + state["recorded"] - 1,
        }


def _taken_lines(other: Team) -> Iterator[str]:
    for file in sorted(other.files):
        names = ", ".join(work.target.key.qualname for work in other.work if work.target.key.file == file)
        yield f"{file}: the {other.domain.value} specialist works in it ({names}), and both are merged"


def _beside(other: Team) -> str:
    targets = "; ".join(f"{work.target.key.qualname} ({figures(work.target)})" for work in other.work)
    return f"another worker runs beside you, the {other.domain.value} specialist, on {targets}"


def _read(services: Services, setup: Setup, state: SessionState, survey: Survey, assignment: Assignment) -> Assignment:
    findings: dict[str, Finding] = {}
    for target in assignment["targets"]:
        brief = services.proposer.brief(setup, state, survey, target)
        for insight in brief.insights if brief is not None else ():
            findings[target["place_digest"]] = {
                "antipattern": insight.antipattern,
                "evidence": insight.evidence,
                "callers": insight.callers,
                "interaction": insight.interaction,
            }
    return {**assignment, "findings": findings}
