"""The action plan: made from a scan, filled in from the records of experiments, never by hand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from agents.scan.plan import UNKNOWN_GAIN, Doer, PlanItem, phase_of, sketch_of
from orchestrator.ledger.action_plan import ActionPlan, Baseline, Entry, ItemState, Outcome
from orchestrator.ledger.metrics import Point
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.effects import measured_lines
from orchestrator.measures import of_profile
from orchestrator.plan_figures import Known, trend_of
from orchestrator.plan_success import boxes
from orchestrator.policy.verdict import Status
from profiling.entry_points.advice import Advice
from profiling.profile import Profile
from profiling.targets import MODULE_BODY

_RECIPE = "recipe:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What is known of the work on a plan.

    Attributes:
        records: of all experiments, in order.
        undone: kept commits that were reverted since.
        headline: of the last session, empty before it was measured.
        points: figures of the sessions' bases and heads, in the order noted.
    """

    records: Sequence[ExperimentRecord] = ()
    undone: Collection[str] = frozenset()
    headline: str = ""
    points: Sequence[Point] = ()


def planned(
    items: Sequence[PlanItem],
    before: ActionPlan | None,
    baseline: Baseline | None,
    done: Done,
    *,
    left_out: int = 0,
    entry_points: Sequence[Advice] = (),
) -> ActionPlan:
    """Return the plan of what was found now, with what an earlier plan holds of work that was done.

    Args:
        items: of a scan, in their order.
        before: the earlier plan, None where there is none.
        baseline: as measured now; the earlier plan's stays.
        done: of the work on it.
        left_out: findings that are not among the items.
        entry_points: of the profile at hand; those of the earlier plan stay where there is none.
    """
    found = {item.id for item in items}
    kept = before.entries if before is not None else ()
    gone = [entry.item for entry in kept if entry.item.id not in found and entry.outcome.state is not ItemState.OPEN]
    first = before.baseline if before is not None and before.baseline is not None else baseline
    return filled(
        ActionPlan(
            baseline=first,
            entries=tuple(Entry(item=item) for item in (*items, *gone)),
            left_out=left_out,
            now=_since(baseline, first, before.now if before is not None else None),
            entry_points=tuple(entry_points) or (before.entry_points if before is not None else ()),
        ),
        done,
    )


def filled(plan: ActionPlan, done: Done) -> ActionPlan:
    """Return a plan with what became of its items; a keep that no item speaks of gets one of its own.

    Args:
        plan: with its items.
        done: of the work on it.
    """
    items = [entry.item for entry in plan.entries]
    taken = {item.id: _records_of(item, items, done.records) for item in items}
    planned_for = {record.number for records in taken.values() for record in records}
    own = [
        record for record in done.records if record.verdict.status is Status.KEEP and record.number not in planned_for
    ]
    entries = [Entry(item=item, outcome=_outcome(taken[item.id], done)) for item in items]
    entries += [Entry(item=_item_of(record), outcome=_outcome([record], done)) for record in own]
    known = Known(
        entries=tuple(entries),
        standing=tuple(one for one in done.records if _stands(one, done)),
        trend=trend_of(done.points, plan.baseline),
        baseline=plan.baseline,
        now=plan.now,
        headline=done.headline,
    )
    return replace(plan, entries=tuple(entries), criteria=tuple(boxes(known)))


def baseline_of(profile: Profile, name: str, at: str) -> Baseline:
    """Return what a profile measured of its workload, plainly run.

    Args:
        profile: of the workload.
        name: what the profile is called.
        at: when it was looked at, ISO 8601, UTC.
    """
    runs = profile.baseline or (profile.time_pass,)
    figures = {
        "Wall": _spread([run.wall_s for run in runs], "s"),
        "CPU": _spread([run.cpu_s for run in runs], "s"),
        "Memory": _spread([run.max_rss_mib for run in runs], " MiB"),
    }
    measures = of_profile(replace(profile, baseline=tuple(runs)))
    return Baseline(workload=profile.command.text, profile=name, figures=figures, at=at, measures=measures)


def _since(now: Baseline | None, first: Baseline | None, before: Baseline | None) -> Baseline | None:
    """Return the baseline's workload as it is now: what was known before stays until a profile says something new."""
    if first is None or now is None or now.workload != first.workload or now.measures == first.measures:
        return before
    return before if before is not None and before.measures == now.measures else now


def _spread(values: Sequence[float], unit: str) -> str:
    middle = sorted(values)[len(values) // 2]
    return f"{middle:.3g}{unit} [{min(values):.3g}, {max(values):.3g}], {len(values)} plain runs"


def _records_of(
    item: PlanItem, items: Sequence[PlanItem], records: Sequence[ExperimentRecord]
) -> list[ExperimentRecord]:
    """Return the experiments that were about an item."""
    alike = [one for one in items if _place(one) == _place(item)]
    return [record for record in records if _is_about(record, item, is_only=len(alike) == 1)]


def _is_about(record: ExperimentRecord, item: PlanItem, *, is_only: bool) -> bool:
    """Say whether an experiment replaced the item's line, or is of its rule and function where it is the only one."""
    key, source = record.proposal.key, record.proposal.source
    if source.startswith(_RECIPE) and source != f"{_RECIPE}{item.rule}":
        return False
    if item.id == record.key:
        return True
    if (key.file, key.qualname) != (item.file, item.function):
        return False
    return item.code in _removed(record.diff) or (is_only and source.startswith(_RECIPE))


def _place(item: PlanItem) -> tuple[str, str, str]:
    return item.rule, item.file, item.function


def _removed(diff: str) -> frozenset[str]:
    lines = diff.splitlines()
    return frozenset(line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---"))


def _outcome(records: Sequence[ExperimentRecord], done: Done) -> Outcome:
    """Return what the last experiment says, unless an earlier one was kept and stands."""
    if not records:
        return Outcome()
    keeps = [record for record in records if record.verdict.status is Status.KEEP]
    standing = [record for record in keeps if _stands(record, done)]
    last = (standing or keeps or records)[-1]
    state = ItemState.KEPT if standing else ItemState.REVERTED if keeps else ItemState.TRIED
    why = "undone since: it did not hold" if state is ItemState.REVERTED else last.verdict.explanation
    return Outcome(
        state=state,
        experiment=last.number,
        commit=last.commit,
        effect="; ".join(measured_lines(last.measurement, last.calls)),
        why=f"{last.verdict.reason.value}: {why}",
    )


def _stands(record: ExperimentRecord, done: Done) -> bool:
    return record.verdict.status is Status.KEEP and bool(record.commit) and record.commit not in done.undone


def _item_of(record: ExperimentRecord) -> PlanItem:
    """Return the item of a keep that nobody had planned."""
    proposal = record.proposal
    rule = proposal.source.removeprefix(_RECIPE)
    removed = sorted(_removed(record.diff))
    return PlanItem(
        id=record.key,
        phase=phase_of(rule),
        rule=rule,
        title=proposal.summary,
        file=proposal.key.file,
        line=proposal.key.first_line,
        function=proposal.key.qualname or MODULE_BODY,
        code=removed[0][:160] if removed else "",
        action=proposal.mechanism.rstrip("."),
        doer=Doer.RECIPE if proposal.source.startswith(_RECIPE) else Doer.MODEL,
        evidence="found while the workload ran",
        gain=UNKNOWN_GAIN,
        verify=f"optimize verify {record.number} measures it again",
        sketch=sketch_of(rule),
    )
