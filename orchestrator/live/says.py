"""What the lead says, as events: pure functions from what happened to how it reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from agents.leading import Choice, Option
from agents.model import Candidate, Insight, Review
from agents.specialists.setup import Setup
from orchestrator.draft import Draft
from orchestrator.ledger.costs import Costs, closing_line, cost_data
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.effects import count_text, effect_lines, measured_lines
from orchestrator.live.events import LEAD_STREAM, Event, EventKind, JsonValue
from orchestrator.messages import findings
from orchestrator.policy.past import Past
from orchestrator.policy.presubmit import Item
from orchestrator.policy.review import Answered
from orchestrator.policy.revision import Trigger
from orchestrator.policy.situation import Dispatch, Experiment, Finish, FinishReason, NextStep, Pivot, Recover
from orchestrator.policy.verdict import Status
from orchestrator.services import Baseline, Merged, Start
from orchestrator.state import Assignment, Report
from orchestrator.survey import Survey
from profiling.collect.delta import delta
from profiling.comparison import Measurement
from profiling.formats.lines import delta_lines, unified_profile_lines
from profiling.formats.table import unified_targets_lines
from profiling.measure.engine import Progress
from profiling.profile import Profile
from profiling.target import InteractionKind

_SHOWN_NOTES = 3
_SHOWN_WAITING = 3
PROGRESS_EVERY = 3
"""Experiments between two summaries (docs/deciding.md)."""


def discovery(setup: Setup, *, reused: bool) -> Event:
    """Say how the repository is run."""
    python, source = ".".join(map(str, setup.interpreter.version)), ", ".join(setup.tree.source_paths)
    workload, tests = (command.text if command else "none" for command in (setup.workload, setup.tests))
    lines = [
        f"Python {python} ({setup.interpreter.executable}), {setup.package_manager}; source: {source}",
        f"workload: {workload}; tests: {tests}",
        *setup.problems,
    ]
    if reused:
        lines.append("from .codeflash/setup.md, which still fits")
    data: dict[str, JsonValue] = {"python": python, "packages": list(setup.tree.packages), "reused": reused}
    return Event(kind=EventKind.DISCOVERY, text="\n".join(lines), data=data)


def preflight(start: Start) -> Event:
    """Say where the session begins."""
    how = "goes on with" if start.resumed_branch else "begins at"
    text = "\n".join([f"{start.branch} {how} {start.base_commit[:10]}", *start.notes])
    return Event(kind=EventKind.PREFLIGHT, text=text, data={"base": start.base_commit, "resumed": start.resumed_branch})


def baseline(seen: Baseline) -> Event:
    """Say how the unchanged tree behaves."""
    data: dict[str, JsonValue] = {"output_repeatable": seen.output_repeatable}
    return Event(kind=EventKind.BASELINE, text="\n".join(seen.lines), data=data)


def unified_profile(profile: Profile) -> Event:
    """Say what the workload costs."""
    lines = unified_profile_lines(profile)
    return Event(kind=EventKind.UNIFIED_PROFILE, text="\n".join(["", *lines]), data={"tree": profile.tree_id})


def unified_targets(survey: Survey) -> Event:
    """Show the target table and how many fixes are licensed."""
    count = len(survey.candidates)
    closing = f"{count} licensed fix{'es' if count != 1 else ''} chosen by the facts" if count else "no licensed fix"
    notes = [f"facts: {note}" for note in survey.facts.notes[:_SHOWN_NOTES]]
    waiting = [f"waits for your agreement (--yes): {fix_line(one)}" for one in survey.waiting[:_SHOWN_WAITING]]
    lines = ["", *unified_targets_lines(survey.targets), *survey.path_lines, closing, *waiting, *notes]
    ceilings: list[JsonValue] = [
        {"file": one.key.file, "qualname": one.key.qualname, "evidence": "; ".join(each.text for each in one.evidence)}
        for one in survey.interactions
        if one.kind is InteractionKind.LIBRARY_CEILING
    ]
    data: dict[str, JsonValue] = {"candidates": count, "ceilings": ceilings}
    return Event(kind=EventKind.UNIFIED_TARGETS, text="\n".join(lines), data=data)


def fix_line(one: Candidate) -> str:
    """Return who would fix what, and the facts that speak for it."""
    return f"{one.source} at {one.key.qualname} ({one.key.place}): {one.evidence}"


def experiment_started(draft: Draft) -> Event:
    """Name the target, its domains and the hypothesis."""
    hypothesis = ", ".join(draft.interactions) or draft.proposal.summary
    text = f"Target: {draft.proposal.key.qualname} ({'+'.join(draft.domains)}, hypothesis: {hypothesis})"
    data: dict[str, JsonValue] = {
        "target": draft.proposal.key.qualname,
        "file": draft.proposal.key.file,
        "summary": draft.proposal.summary,
        "source": draft.proposal.source,
        "key": draft.key,
    }
    return Event(kind=EventKind.EXPERIMENT, text=text, data=data, experiment=draft.number)


def gated(draft: Draft) -> Event:
    """Say what the gates saw."""
    if draft.failed is not None:
        text = f"gate failed: {draft.failed.value}: {draft.failure}"
    else:
        tests = next((gate.detail for gate in draft.gates if gate.name == "tests"), "")
        text = f"gates passed ({', '.join(gate.name for gate in draft.gates)}); tests: {tests}"
    return Event(kind=EventKind.EXPERIMENT, text=text, experiment=draft.number)


def measured(draft: Draft) -> tuple[Event, ...]:
    """Show every dimension that moved, and why the measurement stopped."""
    if draft.measurement is None:
        text = f"not measured: {draft.failure}"
        return (Event(kind=EventKind.EXPERIMENT, text=text, experiment=draft.number),)
    lines = [*measured_lines(draft.measurement, draft.calls), draft.measurement.stopped_because]
    if draft.calls is not None:
        lines.append(f"own calls: {draft.calls.measurement.stopped_because}")
    if draft.load:
        lines.append(f"a busy machine: {draft.load}")
    return tuple(Event(kind=EventKind.EXPERIMENT, text=line, experiment=draft.number) for line in lines)


def experiment_ended(record: ExperimentRecord) -> Event:
    """Say the verdict with the rule that decided it."""
    word = record.verdict.status.value.upper()
    commit = f" {record.commit[:10]}" if record.commit else ""
    text = f"{word}{commit}: {record.verdict.reason.value}: {record.verdict.explanation}"
    data: dict[str, JsonValue] = {
        "status": record.verdict.status.value,
        "reason": record.verdict.reason.value,
        "commit": record.commit,
        "key": record.key,
        "number": record.number,
    }
    return Event(kind=EventKind.EXPERIMENT, text=text, data=data, experiment=record.number)


def step(chosen: NextStep) -> tuple[Event, ...]:
    """Say what the policy chose, where it is more than the next target."""
    match chosen:
        case Experiment() | Dispatch():
            return ()
        case Pivot():
            return (Event(kind=EventKind.STRATEGY, text=f"pivot: {chosen.text}", data={"trigger": "pivot"}),)
        case Recover():
            return (Event(kind=EventKind.STUCK, text=chosen.text, data={"step": chosen.step.value}),)
        case Finish():
            kind = {FinishReason.PLATEAU: EventKind.PLATEAU, FinishReason.STUCK: EventKind.STUCK}.get(chosen.reason)
            text = chosen.text if kind else f"ends: {chosen.text}"
            return (Event(kind=kind or EventKind.STRATEGY, text=text, data={"reason": chosen.reason.value}),)
        case _:
            assert_never(chosen)


def dispatched(assignments: Sequence[Assignment]) -> Iterator[Event]:
    """Say who goes out to work on what, and what was read ahead for them."""
    lines = []
    for one in assignments:
        targets = ", ".join(
            f"{target['qualname']} ({target['file']}:{target['first_line']})" for target in one["targets"]
        )
        lines.append(f"{one['worker']}: {targets}")
    workers: list[JsonValue] = [one["worker"] for one in assignments]
    text = "\n".join([f"{len(lines)} specialists, each in worktrees of its own", *lines])
    yield Event(kind=EventKind.DISPATCH, text=text, data={"workers": workers})
    for one in assignments:
        yield from (message.event(LEAD_STREAM) for message in findings(one))


def merged(what: Merged, reports: Sequence[Report]) -> Iterator[Event]:
    """Say what became of the workers' changes, and of what they could not do."""
    taken: list[JsonValue] = list(what.taken)
    data: dict[str, JsonValue] = {"head": what.head, "taken": taken, "again": list(what.again)}
    yield Event(kind=EventKind.MERGE, text="\n".join(what.lines), data=data)
    for one in reports:
        if one["failure"]:
            given_back = f"{len(one['left'])} of its targets are the lead's now"
            yield warning(f"{one['worker']} came back early ({one['failure']}): {given_back}")


def led(choice: Choice, shown: tuple[Option, ...]) -> Event:
    """Say what the lead chose, and why."""
    names = [one.target.key.qualname for one in shown if one.id in choice.options]
    what = " ".join([choice.action.value, *([f"at {', '.join(names)}"] if names else [])])
    data: dict[str, JsonValue] = {"trigger": "lead", "action": choice.action.value, "targets": list(names)}
    return Event(kind=EventKind.STRATEGY, text=f"the lead chooses {what}: {choice.reason}", data=data)


def read_ahead(one: Insight) -> Event:
    """Say what the researcher found."""
    text = f"the researcher on {one.key.qualname}: {one.antipattern} [{one.evidence}]"
    return Event(kind=EventKind.STRATEGY, text=text, data={"trigger": "research", "target": one.key.qualname})


def strategy(triggers: tuple[Trigger, ...], before: Survey | None, after: Survey) -> tuple[Event, ...]:
    """Say what changes the plan; after a new base, what moved in its profile."""
    events = [Event(kind=EventKind.STRATEGY, text=one.text, data={"trigger": one.kind.value}) for one in triggers]
    if before is not None and before.profile.tree_id != after.profile.tree_id:
        moved = delta_lines(delta(before.profile, after.profile))
        text = "\n".join(["profiled again on the new base", *moved])
        events.append(Event(kind=EventKind.STRATEGY, text=text, data={"trigger": "profile"}))
        events.append(unified_targets(after))
    return tuple(events)


def progress(history: tuple[Past, ...], summed_up: int) -> tuple[Event, ...]:
    """Sum up every three experiments; a merge brings several at once, and may pass a third one by.

    Args:
        history: of this session.
        summed_up: experiments there were when this was asked before.
    """
    if len(history) // PROGRESS_EVERY <= summed_up // PROGRESS_EVERY:
        return ()
    kept = [past for past in history if past.is_kept]
    best = max(kept, key=lambda past: past.gain, default=None)
    text = count_text(len(history), len(kept))
    if best is not None:
        text += f"; best: {best.name}, {best.gain:.0%} less {best.dimension.value}"
    data: dict[str, JsonValue] = {"experiments": len(history), "kept": len(kept)}
    return (Event(kind=EventKind.PROGRESS, text=text, data=data),)


def milestone(tag: str, measurement: Measurement | None, failure: str = "") -> Event:
    """Say what all keeps give together, or why that could not be measured."""
    together = "; ".join(effect_lines(measurement)) if measurement else failure or "not measured"
    return Event(kind=EventKind.MILESTONE, text=f"{tag}: {together}", data={"tag": tag})


def review(found: Review) -> Event:
    """Say what the reviewer found."""
    lines = [found.verdict]
    lines += [
        f"{finding.severity} ({finding.confidence:.0%}) {finding.file}:{finding.lines[0]}: {finding.claim}"
        for finding in found.findings
    ]
    return Event(kind=EventKind.REVIEW, text="\n".join(lines), data={"verdict": found.verdict})


def answers(answered: Sequence[Answered]) -> Iterator[Event]:
    """Say what became of a review's findings."""
    for one in answered:
        found = one.finding
        about = f"experiment {one.experiment}, " if one.experiment else ""
        text = f"{about}{found.file}:{found.lines[0]}: {one.fate.value}: {one.why} ({found.claim})"
        data: dict[str, JsonValue] = {
            "experiment": one.experiment,
            "fate": one.fate.value,
            "check": found.check,
            "confidence": found.confidence,
        }
        yield Event(kind=EventKind.REVIEW, text=text, data=data)


def checklist(items: Sequence[Item], where: str) -> Event:
    """Say how the checklist came out, and where it stands whole."""
    failed = [one for one in items if not one.passed]
    lines = [f"checklist: {len(items) - len(failed)} of {len(items)} hold: {where}"]
    for one in failed:
        about = f"experiment {one.experiment}, " if one.experiment else ""
        lines.append(f"{about}{one.name.value}: {one.detail}")
    data: dict[str, JsonValue] = {"items": len(items), "failed": len(failed), "where": where}
    return Event(kind=EventKind.REVIEW, text="\n".join(lines), data=data)


def session(session_id: str, *, goes_on: bool, continues: str = "") -> Event:
    """Say that a session begins or goes on; or begins where another one, whose checkpoint is gone, was cut off."""
    text = f"session {session_id} goes on where it was" if goes_on else f"session {session_id}"
    if continues and not goes_on:
        text += f" goes on with what HANDOFF.md tells of {continues}; its checkpoint is not here"
    data: dict[str, JsonValue] = {"session": session_id, "goes_on": goes_on, "continues": continues}
    return Event(kind=EventKind.SESSION, text=text, data=data)


def node(task: Mapping[str, object]) -> Event | None:
    """Turn one part of the graph's `tasks` stream into the start or the end of a node."""
    name = str(task.get("name", ""))
    ended = "result" in task or "error" in task
    if ended and task.get("error"):
        return None
    kind = EventKind.NODE_FINISHED if ended else EventKind.NODE_STARTED
    return Event(kind=kind, text=name, data={"node": name})


def working(text: str) -> Event:
    """Say what takes a while."""
    return Event(kind=EventKind.MEASURING, text=text, data={"what": text})


def measuring(progress: Progress) -> Event:
    """Say how a measurement stands."""
    data: dict[str, JsonValue] = {
        "dimension": progress.target.value,
        "pairs": progress.pairs,
        "max_pairs": progress.most_pairs,
        "ratio": progress.ratio,
        "low": progress.low,
        "high": progress.high,
        "eta_s": progress.eta_s,
    }
    text = f"{progress.target.value}: {progress.ratio:.3f}x after {progress.pairs} pairs"
    return Event(kind=EventKind.MEASURING, text=text, data=data)


def warning(text: str) -> Event:
    """Say what the person should know."""
    return Event(kind=EventKind.WARNING, text=text)


def complete(headline: str, records: tuple[ExperimentRecord, ...], earlier: int, where: str, *, costs: Costs) -> Event:
    """Say what came of it all: of this session's records, how many experiments earlier ones made, what models cost."""
    kept = sum(record.verdict.status is Status.KEEP for record in records)
    before = f", after {earlier} of earlier sessions" if earlier else ""
    spent = closing_line(costs, kept)
    lines = [f"{count_text(len(records), kept)}{before}", headline, *([spent] if spent else []), f"records: {where}"]
    data: dict[str, JsonValue] = {
        "experiments": len(records),
        "earlier": earlier,
        "kept": kept,
        "headline": headline,
        "costs": dict(cost_data(costs)),
    }
    return Event(kind=EventKind.COMPLETE, text="\n".join(lines), data=data)
