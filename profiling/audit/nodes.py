"""Make the nodes of the graph out of facts and links."""

from collections.abc import Sequence

from profiling.audit.linking.engine import TIERS, Links
from profiling.audit.linking.program import Unit
from profiling.audit.linking.reasons import Reason
from profiling.audit.model import Callee, CallSite, FunctionNode, Loop, LoopKind, NodeKind, Write, WriteKind
from profiling.audit.reading.facts import BodyFacts
from profiling.audit.reading.scope import CallFact
from profiling.audit.reading.terms import ASYNC, GENERATOR, LAMBDA_BODY, MODULE

_LONGEST_TEXT = 80
_NOTHING_OF_THE_TREE = frozenset({Reason.PLAIN_CLASS, Reason.OUTSIDE_DECORATOR})
"""Reasons that say enough: no function of the tree is called."""


def node_of(units: Sequence[tuple[Unit, BodyFacts, Links]]) -> FunctionNode:
    """Return the node of one name.

    Args:
        units: all that have the name, the one that counts first.
    """
    unit = units[0][0]
    scope = unit.scope
    calls = [site for _, body, links in units for site in call_sites(body, links)]
    return FunctionNode(
        name=unit.name,
        file=unit.file,
        line=scope.line,
        first_line=scope.first_line,
        end_line=scope.end_line,
        qualname=scope.qualname,
        kind=_kind(unit),
        is_async=bool(scope.flags & ASYNC),
        is_generator=bool(scope.flags & GENERATOR),
        decorators=tuple(scope.decorators),
        calls=tuple(sorted(calls, key=lambda site: site.line)),
        writes=tuple(
            Write(kind=WriteKind(kind), target=target, line=line, method=method, local=local)
            for _, body, _ in units
            for kind, target, line, method, local in body.writes
        ),
    )


def _kind(unit: Unit) -> NodeKind:
    if unit.scope.kind == MODULE:
        return NodeKind.MODULE
    if unit.scope.kind == LAMBDA_BODY:
        return NodeKind.LAMBDA
    return NodeKind.METHOD if unit.owner else NodeKind.FUNCTION


def call_sites(body: BodyFacts, links: Links) -> list[CallSite]:
    """Return the calls of a body with what they were found to reach."""
    sites = [_written(fact, links, index) for index, fact in enumerate(body.calls)]
    for (line, text), found in links.implicit.items():
        sites.append(
            CallSite(
                line=line or 1,
                text=text[:_LONGEST_TEXT],
                callees=_callees(found),
                implicit=True,
                loops=_loops_at(body, line),
            )
        )
    return sites


def _written(fact: CallFact, links: Links, index: int) -> CallSite:
    line, text, loops, source, awaited, literal, mode, size = fact
    found = links.calls.get(index)
    reason = "" if found else str(links.missing.get(index, Reason.UNREACHED))
    return CallSite(
        line=line,
        text=text,
        callees=_callees(found) if found else (),
        reason="" if reason in _NOTHING_OF_THE_TREE else reason,
        implicit=text[:1] == "@",
        awaited=awaited,
        loops=tuple(Loop(kind=LoopKind(kind), line=first, bound=bound) for kind, first, bound in loops),
        literal=literal,
        mode=mode,
        size=size,
        source=source,
    )


def _callees(found: dict[str, int]) -> tuple[Callee, ...]:
    return tuple(Callee(name=name, tier=TIERS[tier]) for name, tier in sorted(found.items()))


def _loops_at(body: BodyFacts, line: int) -> tuple[Loop, ...]:
    """Return the loops around a line: what nobody wrote is known by its line alone."""
    return tuple(
        Loop(kind=LoopKind(kind), line=first, bound=bound)
        for kind, first, last, bound in body.loops
        if first < line <= last or first == last == line
    )
