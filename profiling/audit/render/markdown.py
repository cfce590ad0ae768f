"""One action as a page of Markdown."""

from collections import Counter
from collections.abc import Iterator, Sequence

from profiling.audit.cost_model import EXPENSIVE_THRESHOLD
from profiling.audit.findings.model import Finding
from profiling.audit.harness_run import MeasuredCost
from profiling.audit.model import ActionProfile
from profiling.audit.render.mermaid import render_action
from profiling.audit.render.tables import bullets, section, table
from profiling.audit.render.text import amount, code, counted, escaped

MOST_ROWS = 40
_FEWEST_SAMPLES = 30
ESTIMATE = (
    "Weights are estimates from the source alone, in units of about a nanosecond: what is called and what repeats is"
    " read, never run. Sizes that the source does not tell count as 1."
)


def render_markdown(
    profile: ActionProfile, findings: Sequence[Finding] = (), measured: Sequence[MeasuredCost] = ()
) -> Iterator[str]:
    """Give the lines of an action's page.

    Args:
        profile: of the action.
        findings: in what it reaches.
        measured: its functions as a profile saw them.
    """
    action = profile.action
    rest = f"see actions/{action.name}.dsl"
    yield f"# {escaped(action.name)}"
    yield ""
    if action.description:
        yield f"{escaped(action.description)}."
        yield ""
    yield f"Entry points: {', '.join(map(code, action.entry_points))}"
    yield ""
    yield f"{_sums(profile)} {ESTIMATE}"
    yield ""
    yield from section("Where the load is", _loads(profile, rest))
    yield from section("Measured beside estimated", _measured(measured, rest))
    yield from section("Expensive operations", _operations(profile, rest))
    yield from section("Findings", _findings(findings))
    yield from section("Done more than once", _redundancy(profile, rest))
    yield from section("Independent, yet one after the other", _pipelines(profile, rest))
    yield from section("State it changes", _mutations(profile, rest))
    yield from section("Calls whose targets are unknown", _unresolved(profile, rest))
    if profile.functions:
        yield from section("Calls", iter(["```mermaid", *render_action(profile).splitlines(), "```", ""]))


def _sums(profile: ActionProfile) -> str:
    expensive = sum(op.weight > EXPENSIVE_THRESHOLD for ops in profile.expensive_ops.values() for op in ops)
    deepest = max(profile.depth.values(), default=0)
    unknown = len(profile.unresolved)
    return (
        f"It reaches {counted(len(profile.functions), 'function')}, {counted(deepest, 'call')} deep, with an estimated"
        f" load of {amount(profile.total_load)} and {counted(expensive, 'operation')} over the threshold of"
        f" {amount(EXPENSIVE_THRESHOLD)}. {counted(unknown, 'call')} could not be resolved: what they cost is not in"
        " these figures."
    )


def _loads(profile: ActionProfile, rest: str) -> Iterator[str]:
    nodes = {node.name: node for node in profile.functions}
    loads = sorted(((load, name) for name, load in profile.load.items() if load and name in nodes), key=_costly)
    total = profile.total_load or 1.0
    rows = [
        (code(name), code(f"{nodes[name].file}:{nodes[name].line}"), amount(load), f"{load / total:.0%}")
        for load, name in loads
    ]
    return table(("function", "place", "load", "share"), rows, MOST_ROWS, rest)


def _measured(measured: Sequence[MeasuredCost], rest: str) -> Iterator[str]:
    rows = [
        (
            code(one.function),
            amount(one.estimated),
            f"{'~' if one.samples < _FEWEST_SAMPLES else ''}{one.cpu_self_s * 1e3:.3g} ms, {one.samples} samples",
            "not counted" if one.calls is None else str(one.calls),
        )
        for one in measured
    ]
    return table(("function", "estimated load", "own CPU measured", "calls"), rows, MOST_ROWS, rest)


def _costly(loaded: tuple[float, str]) -> tuple[float, str]:
    return (-loaded[0], loaded[1])


def _operations(profile: ActionProfile, rest: str) -> Iterator[str]:
    found = [(op, name) for name, ops in profile.expensive_ops.items() for op in ops if op.weight]
    found.sort(key=lambda each: (-each[0].weight, each[1], each[0].line))
    rows = [
        (
            code(op.callee),
            op.cost_class.value,
            "?" if op.size is None else str(op.size),
            f"{amount(op.weight)}{' !' if op.weight > EXPENSIVE_THRESHOLD else ''}",
            code(f"{name}:{op.line}"),
        )
        for op, name in found
    ]
    return table(("operation", "class", "size", "weight", "at"), rows, MOST_ROWS, rest)


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    lines = [
        f"**{one.kind.value.replace('_', ' ')}** at {code(f'{one.file}:{one.line}')} ({code(one.function)}):"
        f" {escaped(one.what)}. {escaped(one.why)}. {escaped(one.action)}."
        for one in findings
    ]
    return bullets(lines, MOST_ROWS, "see optimization_candidates.md")


def _redundancy(profile: ActionProfile, rest: str) -> Iterator[str]:
    lines = [
        f"{code(one.callee)} of {code(one.source)}, {one.count} times: {', '.join(map(code, one.places[:8]))}"
        for one in profile.redundancy
    ]
    return bullets(lines, MOST_ROWS, rest)


def _pipelines(profile: ActionProfile, rest: str) -> Iterator[str]:
    return bullets([", ".join(map(code, group[:8])) for group in profile.pipelining], MOST_ROWS, rest)


def _mutations(profile: ActionProfile, rest: str) -> Iterator[str]:
    rows = [
        (code(change.target), change.kind.value, code(f"{name}:{change.line}"))
        for name, changes in profile.state_mutations.items()
        for change in changes
    ]
    return table(("target", "kind", "at"), rows, MOST_ROWS, rest)


def _unresolved(profile: ActionProfile, rest: str) -> Iterator[str]:
    reasons = Counter(each.reason for each in profile.unresolved)
    if reasons:
        yield "; ".join(f"{escaped(reason)}: {count}" for reason, count in reasons.most_common())
        yield ""
    rows = [(code(each.text), code(f"{each.caller}:{each.line}"), escaped(each.reason)) for each in profile.unresolved]
    yield from table(("call", "at", "why"), rows, MOST_ROWS, rest)
