"""An audit in a few lines, for a terminal."""

from collections.abc import Iterator, Sequence

from profiling.audit.cost_model import EXPENSIVE_THRESHOLD
from profiling.audit.model import ActionProfile
from profiling.audit.render.text import amount, counted, sentence, visible
from profiling.audit.report import Audit

_MOST_ACTIONS = 15
_MOST_CANDIDATES = 8


def overview(audit: Audit) -> Iterator[str]:
    """Give the lines: sums, actions by load, the first candidates, what could not be seen."""
    files = len({node.file for node in audit.nodes.values()})
    yield (
        f"[audit] {counted(files, 'file')}, {counted(len(audit.nodes), 'function')},"
        f" {counted(len(audit.unresolved), 'call')} not resolved; {sentence(audit.calibration)}"
    )
    yield from _actions(sorted(audit.actions, key=lambda each: -each.total_load))
    yield from _candidates(audit)
    yield from (f"  {visible(one.file)}: {visible(one.problem)}" for one in audit.problems[:_MOST_ACTIONS])
    yield from _more(len(audit.problems) - _MOST_ACTIONS, "files could not be read")
    yield from (f"  {sentence(note)}" for note in audit.notes[:_MOST_ACTIONS])
    yield from _more(len(audit.notes) - _MOST_ACTIONS, "notes")


def _actions(profiles: Sequence[ActionProfile]) -> Iterator[str]:
    if not profiles:
        yield "no action was found: name a function with --entry, or declare one (optimize audit --help)"
        return
    rows = [("action", "load", "functions", "expensive", "unknown calls")]
    rows += [_row(profile) for profile in profiles[:_MOST_ACTIONS]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield from (f"| {' | '.join(map(str.ljust, row, widths))} |" for row in rows)
    yield from _more(len(profiles) - _MOST_ACTIONS, "actions, in summary.md")


def _row(profile: ActionProfile) -> tuple[str, str, str, str, str]:
    expensive = sum(op.weight > EXPENSIVE_THRESHOLD for ops in profile.expensive_ops.values() for op in ops)
    sums = (amount(profile.total_load), str(len(profile.functions)), str(expensive), str(len(profile.unresolved)))
    return (visible(profile.action.name), *sums)


def _candidates(audit: Audit) -> Iterator[str]:
    if audit.findings:
        yield "candidates, none of them measured:"
    for one in audit.findings[:_MOST_CANDIDATES]:
        place = visible(f"{one.file}:{one.line}")
        yield f"  {one.priority.value}: {place} {sentence(one.what)}; {sentence(one.action)}"
    yield from _more(len(audit.findings) - _MOST_CANDIDATES, "candidates, in optimization_candidates.md")


def _more(count: int, what: str) -> Iterator[str]:
    if count > 0:
        yield f"  and {count} more {what}"
