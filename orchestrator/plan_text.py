"""The action plan as people read it: Markdown, with boxes that measurements tick."""

from collections.abc import Iterator, Sequence

from agents.scan.plan import Phase
from orchestrator.ledger.action_plan import ActionPlan, Baseline, Criterion, Entry, ItemState
from orchestrator.live.plain_text import neutral, one_line
from profiling.entry_points.advice import Advice, headline

_MEASURE_FIRST = "optimize profile --out .codeflash/profiles/before.json -- COMMAND"
_SHORT_ID, _SHORT_COMMIT = 8, 10
_MOST_SKETCH_LINES = 12


def markdown(plan: ActionPlan) -> str:
    """Return the whole plan."""
    return "\n".join(_document(plan)).rstrip() + "\n"


def lines(plan: ActionPlan) -> Iterator[str]:
    """Yield the plan for a terminal, one line an item."""
    if plan.entry_points:
        yield "entry points:"
    for point in plan.entry_points:
        yield f"  {one_line(headline(point))}"
        yield f"       {one_line(point.action)}"
    number = 0
    for phase in Phase:
        entries = _of(plan, phase)
        if entries:
            yield f"{phase.value}:"
        for entry in entries:
            number += 1
            item = entry.item
            place, who = one_line(f"{item.file}:{item.line}"), f"[{one_line(item.rule)}] ({item.doer.value})"
            yield f"  {number}. {_mark(entry)} {one_line(item.title)} — {place} {who}"
            yield f"       {one_line(entry.outcome.effect or entry.outcome.why or item.gain)}"
    if plan.left_out:
        yield f"and {plan.left_out} more findings: optimize scan, or --top"
    yield "success:"
    yield from (f"  [{'x' if one.is_met else ' '}] {one.text}: {one_line(one.measured)}" for one in plan.criteria)


def _document(plan: ActionPlan) -> Iterator[str]:
    counts = [sum(one.outcome.state is state for one in plan.entries) for state in (ItemState.KEPT, ItemState.TRIED)]
    yield "# Action plan"
    yield ""
    yield (
        f"{len(plan.entries)} items, {counts[0]} kept, {counts[1]} tried and not kept. `optimize plan` makes it anew,"
        " a session fills it in; what stands here is measured, so edit nothing by hand."
    )
    yield from ("", "## Measured first", "", *_baseline(plan))
    yield from ("", "## What the entry points do with their time", "", *_entry_points(plan.entry_points))
    for number, phase in enumerate(Phase, 1):
        entries = _of(plan, phase)
        if entries:
            yield from ("", f"## Phase {number}: {phase.value}")
            for entry in entries:
                yield from ("", *_entry(entry))
    if plan.left_out:
        yield from ("", f"{plan.left_out} more findings are not planned: `optimize scan` lists them.")
    yield from ("", "## Before and after", "", *_table(plan.entries))
    yield from ("", "## Success", "", *map(_box, plan.criteria))


def _baseline(plan: ActionPlan) -> Iterator[str]:
    if plan.baseline is None:
        yield f"Nothing is measured yet, so no gain is known: `{_MEASURE_FIRST}`, then `optimize plan` again."
        return
    yield f"{_coded(plan.baseline.workload)}, by {_inline(plan.baseline.profile)}:"
    yield ""
    yield from ("| | before anything was done |", "|---|---|")
    yield from (f"| {name} | {_cell(figure)} |" for name, figure in plan.baseline.figures.items())
    asked = _repeated(plan.baseline)
    if asked:
        now = "" if plan.now is None else f", {_repeated(plan.now)} by the newest profile"
        yield f"| Repeated queries | {asked}{now} |"


def _repeated(one: Baseline) -> int:
    queries = one.measures.queries if one.measures is not None else None
    return sum(asked.count for asked in queries.values()) if queries else 0


def _entry_points(points: Sequence[Advice]) -> Iterator[str]:
    if not points:
        yield f"Not known: `{_MEASURE_FIRST}` records what computes and what waits, then `optimize plan` again."
    for point in points:
        towards = f" → {point.towards}" if point.towards else ""
        yield f"- {_coded(point.name)} ({_inline(point.file)}:{point.line}): **{point.work.value}{towards}**"
        yield f"    - Evidence: {_inline(point.evidence)}"
        yield f"    - Do: {_inline(point.action)}"
        if point.after:
            yield f"    - Before: {_inline(point.before)}. After: {_inline(point.after)}"


def _entry(entry: Entry) -> Iterator[str]:
    item, outcome = entry.item, entry.outcome
    yield f"### {_mark(entry)} {_inline(item.id[:_SHORT_ID])} {_inline(item.title)}"
    yield ""
    yield f"- Where: {_place(entry)}, {_coded(item.function)} ({_inline(item.rule)})"
    yield f"- Evidence: {_inline(item.evidence)}"
    yield f"- Expected gain: {_inline(item.gain)}"
    yield f"- Do: {_inline(item.action)}"
    yield f"- Who: {item.doer.value}"
    yield f"- Verify: {_inline(item.verify)}"
    yield f"- State: {_state(entry)}"
    if outcome.effect:
        yield f"- Measured: {_inline(outcome.effect)}"
    yield from ("", "Code now:", "", *_code(item.code))
    if item.sketch is not None:
        yield from ("", "Code of this kind, before:", "", *_code(item.sketch.before))
        yield from ("", "and after:", "", *_code(item.sketch.after))


def _state(entry: Entry) -> str:
    outcome = entry.outcome
    if outcome.state is ItemState.OPEN:
        return "open"
    commit = f" in {outcome.commit[:_SHORT_COMMIT]}" if outcome.commit else ""
    return f"{outcome.state.value}{commit} (experiment {outcome.experiment}): {_inline(outcome.why)}"


def _table(entries: Sequence[Entry]) -> Iterator[str]:
    yield from ("| item | where | state | commit | before → after |", "|---|---|---|---|---|")
    for entry in entries:
        outcome = entry.outcome
        yield (
            f"| {_cell(entry.item.id[:_SHORT_ID])} | {_cell(_place(entry))} | {outcome.state.value} |"
            f" {outcome.commit[:_SHORT_COMMIT]} | {_cell(outcome.effect)} |"
        )


def _of(plan: ActionPlan, phase: Phase) -> list[Entry]:
    return [entry for entry in plan.entries if entry.item.phase is phase]


def _mark(entry: Entry) -> str:
    marks = {ItemState.OPEN: " ", ItemState.TRIED: "-", ItemState.KEPT: "x", ItemState.REVERTED: "-"}
    return f"[{marks[entry.outcome.state]}]"


def _box(one: Criterion) -> str:
    return f"- [{'x' if one.is_met else ' '}] {one.text}: {_inline(one.measured)}"


def _place(entry: Entry) -> str:
    return f"{_inline(entry.item.file)}:{entry.item.line}"


def _code(text: str) -> Iterator[str]:
    """Yield code as an indented block, which nothing in it can end."""
    found = neutral(text).rstrip().split("\n")
    yield from (f"    {line}" for line in found[:_MOST_SKETCH_LINES])
    if len(found) > _MOST_SKETCH_LINES:
        yield "    …"


def _inline(text: str) -> str:
    """Return the target's text as one line of Markdown that holds no HTML and opens no code."""
    return one_line(text).replace("`", "'").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _coded(text: str) -> str:
    """Return the target's text as code in a line."""
    return "`" + one_line(text).replace("`", "'") + "`"


def _cell(text: str) -> str:
    return _inline(text).replace("|", "\\|")
