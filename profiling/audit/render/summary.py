"""The pages over a whole audit: summary, candidates, micro-benchmarks, errors."""

from collections import Counter
from collections.abc import Iterable, Iterator

from profiling.audit.contamination import CONTAMINATED
from profiling.audit.cost_model import EXPENSIVE_THRESHOLD
from profiling.audit.findings.model import Finding
from profiling.audit.microbench import MicroResult
from profiling.audit.model import FunctionNode
from profiling.audit.render.markdown import ESTIMATE
from profiling.audit.render.tables import bullets, section, table
from profiling.audit.render.text import amount, code, counted, escaped, visible
from profiling.audit.report import Audit

MOST_ROWS = 50
_FENCE = "~~~~~~"
_UNITS = (("s", 1.0), ("ms", 1e3), ("µs", 1e6))


def render_summary(audit: Audit) -> Iterator[str]:
    """Give the lines of summary.md."""
    files = {node.file for node in audit.nodes.values()}
    yield f"# Audit of {audit.day.isoformat()}"
    yield ""
    yield (
        f"{code(audit.tree)}: {counted(len(files), 'file')}, {counted(len(audit.nodes), 'function')}"
        f" (module and class bodies and lambdas included). Cost model: {escaped(audit.calibration)}."
    )
    yield ""
    yield from section("Actions", _actions(audit))
    yield from section("Calls", _calls(audit))
    yield from section("Most expensive operations", _operations(audit))
    yield from section("Where types say nothing", _sites(audit))
    yield from section("Not looked at", _problems(audit))
    yield from section("Notes", bullets([escaped(note) for note in audit.notes], MOST_ROWS, "in the same run's output"))


def render_candidates(audit: Audit) -> Iterator[str]:
    """Give the lines of optimization_candidates.md."""
    yield "# Optimization candidates"
    yield ""
    yield f"Nothing here is proved: a candidate is a place to measure. {ESTIMATE}"
    yield ""
    if not audit.findings:
        yield "No candidate was found in the traced actions."
        yield ""
    rows = [_candidate(one) for one in audit.findings]
    header = ("candidate", "cost now", "proposed reduction", "effort", "priority")
    yield from table(header, rows, 4 * MOST_ROWS, "in the pages of the actions")
    yield from section("Caveats", _caveats(audit))


def render_micro_benchmarks(audit: Audit) -> Iterator[str]:
    """Give the lines of micro_benchmarks.md."""
    yield "# Micro-benchmarks"
    yield ""
    if not audit.micro_benchmarks:
        yield (
            "None was run. They are declared in pyproject.toml, [tool.optimize.audit.microbenchmarks], as"
            ' name = "statement", and run with optimize audit --calibrate.'
        )
    rows = [
        (code(one.benchmark.name), code(one.benchmark.setup), code(one.benchmark.statement), _figure(one))
        for one in audit.micro_benchmarks
    ]
    yield from table(("name", "setup", "statement", "one execution"), rows, 4 * MOST_ROWS, "not shown")


def render_errors(audit: Audit) -> Iterator[str]:
    """Give the lines of errors.md."""
    yield "# Errors"
    yield ""
    if not audit.stray and not audit.problems:
        yield "None."
    if audit.stray:
        yield f"## {CONTAMINATED}"
        yield ""
        yield (
            f"{counted(len(audit.stray), 'exception')} ended threads or tasks while an action was measured. What was"
            " measured then is of a run that did less, and is not used. Correct what raised, then calibrate again."
        )
        yield ""
    for one in audit.stray:
        yield f"### {escaped(one.kind)} {escaped(one.thread)}"
        yield ""
        yield _FENCE
        yield from (visible(line).replace(_FENCE, "~ ~ ~") for line in one.text.splitlines())
        yield _FENCE
        yield ""
    yield from section("Files", _problems(audit))


def _actions(audit: Audit) -> Iterator[str]:
    rows = [
        (
            f"[{escaped(profile.action.name)}](actions/{profile.action.name}.md)",
            amount(profile.total_load),
            str(len(profile.functions)),
            str(sum(op.weight > EXPENSIVE_THRESHOLD for ops in profile.expensive_ops.values() for op in ops)),
            str(sum(map(len, profile.state_mutations.values()))),
            str(len(profile.unresolved)),
            escaped(profile.action.description),
        )
        for profile in audit.actions
    ]
    header = ("action", "load", "functions", "expensive", "state changes", "unknown calls", "what it is")
    return table(header, rows, 4 * MOST_ROWS, "in actions/")


def _calls(audit: Audit) -> Iterator[str]:
    sites, tiers = _tiers(audit.nodes.values())
    reasons = Counter(each.reason for each in audit.unresolved)
    yield f"{counted(sites, 'call site')}. By how the target was found: {_counts(tiers)}."
    yield ""
    if reasons:
        yield f"{counted(len(audit.unresolved), 'call')} not resolved, by reason: {_counts(reasons)}."
        yield ""


def _tiers(nodes: Iterable[FunctionNode]) -> tuple[int, Counter[str]]:
    tiers: Counter[str] = Counter()
    sites = 0
    for node in nodes:
        sites += len(node.calls)
        tiers.update(callee.tier.value for site in node.calls for callee in site.callees)
    return sites, tiers


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{escaped(word)} {count}" for word, count in counts.most_common()) or "none"


def _operations(audit: Audit) -> Iterator[str]:
    found = [(op, name) for name, ops in audit.expensive_ops.items() for op in ops if op.weight]
    found.sort(key=lambda each: (-each[0].weight, each[1], each[0].line))
    rows = [
        (code(op.callee), op.cost_class.value, amount(op.weight), code(f"{name}:{op.line}"))
        for op, name in found[:MOST_ROWS]
    ]
    return table(("operation", "class", "weight", "at"), rows, MOST_ROWS, "in expensive_ops.dsl")


def _sites(audit: Audit) -> Iterator[str]:
    rows = [
        (one.heat.value, one.kind.value.replace("_", " "), code(one.what), code(f"{one.file}:{one.line}"))
        for one in audit.sites
    ]
    return table(("runs", "what", "as written", "at"), rows, MOST_ROWS, "those that run less often come last")


def _problems(audit: Audit) -> Iterator[str]:
    lines = [f"{code(one.file)}: {escaped(one.problem)}" for one in audit.problems]
    return bullets(lines, MOST_ROWS, "in call_graph.dsl")


def _candidate(one: Finding) -> tuple[str, ...]:
    reduction = "not told by the source" if one.reduction is None else f"at most {one.reduction:.0%}"
    what = f"{one.kind.value.replace('_', ' ')} at {code(f'{one.file}:{one.line}')}: {escaped(one.what)}"
    return (
        f"{what}. {escaped(one.action)} ({one.heat.value})",
        amount(one.cost_now) if one.cost_now else "no estimate",
        reduction,
        one.effort.value,
        one.priority.value,
    )


def _caveats(audit: Audit) -> Iterator[str]:
    lines = [
        f"{escaped(profile.action.name)}: {counted(len(profile.unresolved), 'call')} of unknown target"
        f" among {counted(len(profile.functions), 'function')}; what they do is not in its figures"
        for profile in audit.actions
        if profile.unresolved
    ]
    lines += [f"{code(one.file)} could not be read: {escaped(one.problem)}" for one in audit.problems]
    return bullets(lines, MOST_ROWS, "in actions/ and call_graph.dsl")


def _figure(one: MicroResult) -> str:
    if one.seconds is None:
        return f"no figure: {escaped(one.problem)}"
    unit, scale = next(((u, n) for u, n in _UNITS if one.seconds.median * n >= 1), ("ns", 1e9))
    low, middle, high = (value * scale for value in (one.seconds.low, one.seconds.median, one.seconds.high))
    return f"{middle:.3g} {unit} [{low:.3g}, {high:.3g}], {one.seconds.count} processes"
