"""The action plan: made from a scan, filled in from the records of experiments, never by hand."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agents.scan.plan import UNKNOWN_GAIN, Doer, PlanItem, phase_of, sketch_of
from orchestrator.ledger.action_plan import ActionPlan, Baseline, Criterion, Entry, ItemState, Outcome
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.effects import measured_lines
from orchestrator.policy.verdict import Status
from profiling.entry_points.advice import Advice
from profiling.model import Dimension
from profiling.profile import Profile
from profiling.targets import MODULE_BODY

_RECIPE = "recipe:"
_CHANGE = re.compile(r"CPU: .*? (?P<ratio>[\d.]+)x \[(?P<low>[\d.]+), (?P<high>[\d.]+)\]")
_LESS_TIME, _FEWER_QUERIES = 0.80, 0.50
"""Of the time and of the repeated queries before (docs/plan.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What is known of the work on a plan.

    Attributes:
        records: of all experiments, in order.
        undone: kept commits that were reverted since.
        headline: of the last session, empty before it was measured.
    """

    records: Sequence[ExperimentRecord] = ()
    undone: Collection[str] = frozenset()
    headline: str = ""


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
            queries_now=_queries_since(baseline, first),
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
    known = {record.number for records in taken.values() for record in records}
    own = [record for record in done.records if record.verdict.status is Status.KEEP and record.number not in known]
    entries = [Entry(item=item, outcome=_outcome(taken[item.id], done)) for item in items]
    entries += [Entry(item=_item_of(record), outcome=_outcome([record], done)) for record in own]
    return replace(plan, entries=tuple(entries), criteria=tuple(_criteria(plan, done)))


def baseline_of(profile: Profile, name: str) -> Baseline:
    """Return what a profile measured of its workload, plainly run.

    Args:
        profile: of the workload.
        name: what the profile is called.
    """
    runs = profile.baseline or (profile.time_pass,)
    figures = {
        "Wall": _spread([run.wall_s for run in runs], "s"),
        "CPU": _spread([run.cpu_s for run in runs], "s"),
        "Memory": _spread([run.max_rss_mib for run in runs], " MiB"),
    }
    queries: dict[str, int] = {}
    for query in profile.queries:
        place = f"{query.key.file}:{query.key.qualname}"
        queries[place] = queries.get(place, 0) + query.count
    return Baseline(workload=profile.command.text, profile=name, figures=figures, queries=queries)


def _queries_since(now: Baseline | None, first: Baseline | None) -> Mapping[str, int] | None:
    """Return the repeated queries of the same workload, profiled again; None where it was not."""
    if now is None or first is None or now == first or now.workload != first.workload:
        return None
    return now.queries


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
    standing = [record for record in keeps if record.commit not in done.undone]
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


def _criteria(plan: ActionPlan, done: Done) -> Iterator[Criterion]:
    standing = [
        record
        for record in done.records
        if record.verdict.status is Status.KEEP and record.commit and record.commit not in done.undone
    ]
    yield _time(done.headline)
    yield _kept(
        "no kept change costs memory beyond its limit",
        standing,
        [one for one in standing if Dimension.PEAK_MIB in one.verdict.regressed],
    )
    yield _kept(
        "no test fails that did not fail before",
        standing,
        [one for one in standing if one.tests.failed > one.tests.failed_before],
    )
    if plan.baseline is not None and plan.baseline.queries:
        yield _queries(plan.baseline.queries, plan.queries_now)


def _time(headline: str) -> Criterion:
    found = _CHANGE.search(headline)
    is_met = found is not None and float(found["high"]) <= _LESS_TIME
    return Criterion(
        text="CPU time of the whole workload 20% less, base against head",
        is_met=is_met,
        measured=headline or "not measured yet: a session measures it at its end",
    )


def _kept(text: str, standing: Sequence[ExperimentRecord], failing: Sequence[ExperimentRecord]) -> Criterion:
    if not standing:
        return Criterion(text=text, is_met=False, measured="nothing is kept yet")
    numbers = ", ".join(str(one.number) for one in failing)
    said = f"experiment {numbers}" if failing else f"{len(standing)} kept, none does"
    return Criterion(text=text, is_met=not failing, measured=said)


def _queries(before: Mapping[str, int], now: Mapping[str, int] | None) -> Criterion:
    text = "repeated queries 50% fewer"
    asked = sum(before.values())
    if now is None:
        return Criterion(text=text, is_met=False, measured=f"{asked} before; profile again and call optimize plan")
    left = sum(now.values())
    return Criterion(text=text, is_met=left <= _FEWER_QUERIES * asked, measured=f"{asked} before, {left} now")
