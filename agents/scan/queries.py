"""Findings that a profile confirms: lines that were seen to ask a database the same again and again."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from agents.recipes.project import Module
from agents.scan.finding import LONGEST_TEXT, CodeFinding, Effort, Heat, Level
from agents.scan.heat import Temperature
from agents.scan.model import Rule
from agents.scan.standing import standing_at
from profiling.interactions.repeated_query import figures, root_fix
from profiling.profile import RepeatedQuery

_LOUD_SHARE = 0.05
"""Share of the workload's wall time, or of the CPU time with its function, from which on a repeated query is loud."""


def with_queries(
    findings: Iterable[CodeFinding], rule: Rule, module: Module, temperature: Temperature
) -> Iterator[CodeFinding]:
    """Yield the findings of a module, and what was seen there of repeated queries.

    What the rule suspects on a line that was seen is one with it; of a line only the costliest query is told.

    Args:
        findings: of the source alone.
        rule: that suspects queries in loops.
        module: whose findings these are.
        temperature: what a profile says.
    """
    open_queries = {query.line: query for query in reversed(temperature.queries.get(module.file, ()))}
    for one in findings:
        query = open_queries.get(one.line) if one.rule == rule.id else None
        if query is None:
            yield one
        else:
            del open_queries[one.line]
            yield _confirmed(one, query, temperature)
    lines = module.text.splitlines()
    for line, query in sorted(open_queries.items()):
        if line <= len(lines):
            text = lines[line - 1].strip()[:LONGEST_TEXT]
            yield _confirmed(_unforeseen(query, rule, text, module, temperature), query, temperature)


def _confirmed(one: CodeFinding, query: RepeatedQuery, temperature: Temperature) -> CodeFinding:
    waited = query.wall_s / temperature.wall_s if temperature.wall_s > 0 else 0.0
    return replace(
        one,
        confirmed=figures(query),
        action=root_fix(query),
        heat=Heat.HOT,
        level=Level.ERROR if max(waited, one.share or 0.0) >= _LOUD_SHARE else Level.WARNING,
    )


def _unforeseen(query: RepeatedQuery, rule: Rule, text: str, module: Module, temperature: Temperature) -> CodeFinding:
    """Return the finding of a query that the source does not show: a lazy relation, for example."""
    return CodeFinding(
        rule=rule.id,
        title=rule.title,
        key=query.key,
        line=query.line,
        text=text,
        seen="a query",
        action="",
        confirm=rule.confirm,
        effort=Effort.LINES,
        heat=Heat.HOT,
        share=temperature.of(query.key)[1],
        standing=standing_at(query.line, module),
        level=Level.WARNING,
    )
