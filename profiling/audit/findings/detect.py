"""Run every detector over what the actions reach, and rank what they find."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from profiling.audit.cost_model import EXPENSIVE_THRESHOLD, STANDARD, CostModel
from profiling.audit.costs import operations, own_load
from profiling.audit.findings import chunks, code_paths, entities, primitives, profile_findings, records, reparsing
from profiling.audit.findings.heat import heats
from profiling.audit.findings.model import Context, Finding, Heat, Level
from profiling.audit.findings.records import Site
from profiling.audit.findings.shapes import Shape, shape_of_action, shapes
from profiling.audit.model import ActionProfile
from profiling.audit.sources import Sources
from profiling.audit.traversal import Graph, Part, part
from profiling.profile import Profile

_DETECTORS: tuple[Callable[[Context], Iterator[Finding]], ...] = (
    code_paths.find,
    entities.find,
    reparsing.find,
    chunks.find,
    primitives.find,
)
_Found = TypeVar("_Found")
_LARGE_SHARE, _SOME_SHARE = 0.1, 0.01
_LEVELS = tuple(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything a human may act on.

    Attributes:
        findings: by priority, then cost.
        sites: `Any`-typed ones and dictionaries used as records, hot ones first.
        shapes: of every function; action_shapes: of every action, by name.
        problems: what could not be looked at, one sentence each.
    """

    findings: tuple[Finding, ...]
    sites: tuple[Site, ...]
    shapes: dict[str, Shape]
    action_shapes: dict[str, Shape]
    problems: tuple[str, ...] = ()


def detect(
    graph: Graph,
    profiles: Sequence[ActionProfile],
    sources: Sources,
    *,
    measured: Profile | None = None,
    model: CostModel = STANDARD,
) -> Findings:
    """Return the findings in all that some actions reach.

    Args:
        graph: the call graph.
        profiles: the traced actions; what none of them reaches is not looked at.
        sources: the audited files.
        measured: a profile of the actions, to tell hot from cold.
        model: what the classes weigh.
    """
    names = dict.fromkeys(node.name for profile in profiles for node in profile.functions)
    entries = [name for profile in profiles for name in profile.action.entry_points]
    functions = part(graph, names, model=model)
    context = _context(functions, entries, sources, measured, model)
    problems: list[str] = []
    found = [each for profile in profiles for each in profile_findings.find(profile, context)]
    for detector in _DETECTORS:
        found += _guarded(detector, context, problems)
    untyped = tuple(_guarded(records.sites, context, problems))
    total = sum(profile.total_load for profile in profiles)
    kinds = shapes(functions, sources)
    return Findings(
        findings=_ranked(_prioritised(each, total) for each in found),
        sites=untyped,
        shapes=kinds,
        action_shapes={
            profile.action.name: shape_of_action((node.name for node in profile.functions), kinds)
            for profile in profiles
        },
        problems=tuple(problems),
    )


def _context(
    functions: Part, entries: list[str], sources: Sources, measured: Profile | None, model: CostModel
) -> Context:
    ops = operations(functions, model=model, root=sources.root)
    with_ops = replace(
        functions, nodes={name: replace(node, expensive_ops=ops[name]) for name, node in functions.nodes.items()}
    )
    return Context(
        functions=with_ops,
        sources=sources,
        heat=heats(functions, entries, measured),
        passes=functions.passes(name for name in entries if name in functions.nodes),
        inclusive=functions.inclusive({name: own_load(found, functions) for name, found in ops.items()}),
    )


def _guarded(
    detector: Callable[[Context], Iterable[_Found]], context: Context, problems: list[str]
) -> Iterator[_Found]:
    """Run a detector; source nested deeper than Python's stack ends it, with what it had found kept."""
    try:
        yield from detector(context)
    except RecursionError:
        name = detector.__module__.rpartition(".")[2]
        problems.append(f"the search for {name} ended early: some expression is nested too deeply to be walked")


def _prioritised(finding: Finding, total: float) -> Finding:
    """Return a finding with its priority: its share of the actions' load, else its heat.

    Cheap, general mechanisms stay low however hot: something expensive, or a tenth of the load, makes it high.
    """
    share = finding.cost_now / total if total > 0 else 0.0
    if share >= _LARGE_SHARE or finding.cost_now >= EXPENSIVE_THRESHOLD:
        return replace(finding, priority=Level.HIGH)
    is_some = share >= _SOME_SHARE or finding.heat is Heat.HOT
    return replace(finding, priority=Level.MEDIUM if is_some and finding.heat is not Heat.INIT else Level.LOW)


def _ranked(found: Iterable[Finding]) -> tuple[Finding, ...]:
    distinct = dict.fromkeys(found)
    return tuple(
        sorted(
            distinct, key=lambda each: (_LEVELS.index(each.priority), -each.cost_now, each.file, each.line, each.what)
        )
    )
