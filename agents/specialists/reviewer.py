"""The reviewer, embedded form: looks in a diff for what a fast change typically breaks."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from agents.model import Finding, Review
from agents.specialists import sharing, upkeep
from agents.specialists.sides import Doubt, Function, Side, called_name, is_public, lines_of, own_nodes

INVESTIGATE = 0.7
"""Confidence from which a finding must be fixed or disproved (docs/deciding.md)."""

INTERFACE = frozenset({"lost name", "signature", "laziness", "bases"})
"""Checks that ask whether what others call is as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """One file of a diff: its path and its whole text on both sides."""

    file: str
    before: str
    after: str


Reviewer = Callable[[tuple[ChangedFile, ...], Callable[[], Path]], Review]
"""Reads a diff that others wrote; the second argument gives a tree with the diff applied, when it is asked for."""


def static_review(changes: tuple[ChangedFile, ...], _checkout: Callable[[], Path]) -> Review:
    """Return the findings of the static checks, which need no more than the diff."""
    return review(changes)


def review(changes: tuple[ChangedFile, ...]) -> Review:
    """Return the findings on a diff; what stood there before is not held against it.

    Raises:
        SyntaxError: a side does not parse (the gates come first, so it should).
    """
    findings = tuple(finding for change in changes for finding in _review_file(change))
    confident = [finding for finding in findings if finding.confidence >= INVESTIGATE]
    return Review(
        verdict="needs-attention" if confident else "approve",
        findings=findings,
        next_steps=tuple(f"{finding.file}:{finding.lines[0]}: {finding.recommendation}" for finding in confident),
    )


def _review_file(change: ChangedFile) -> Iterator[Finding]:
    before, after = Side.of(change.before), Side.of(change.after)
    for check in _CHECKS:
        known = {doubt.identity for doubt in check(before)}
        yield from (_finding(change.file, doubt) for doubt in check(after) if doubt.identity not in known)
    for compare in _COMPARISONS:
        yield from (_finding(change.file, doubt) for doubt in compare(before, after))


def _finding(file: str, doubt: Doubt) -> Finding:
    return Finding(
        severity=doubt.severity,
        file=file,
        lines=doubt.lines,
        confidence=doubt.confidence,
        claim=doubt.claim,
        recommendation=doubt.recommendation,
        check=doubt.check,
    )


def _swallowed(side: Side) -> Iterator[Doubt]:
    for name, function in side.functions.items():
        for node in own_nodes(function):
            broad = isinstance(node, ast.ExceptHandler) and _is_broad(node.type)
            if broad and isinstance(node, ast.ExceptHandler) and all(_is_nothing(line) for line in node.body):
                yield Doubt(
                    check="swallowed exception",
                    subject=name,
                    severity="high",
                    lines=lines_of(node),
                    confidence=0.85,
                    claim=f"{name} swallows every exception",
                    recommendation="catch what can be handled, only",
                )


def _order(side: Side) -> Iterator[Doubt]:
    for name, function in side.functions.items():
        for node in own_nodes(function):
            source = node.iter if isinstance(node, ast.For | ast.comprehension) else None
            if source is not None and _is_set(source):
                yield Doubt(
                    check="order",
                    subject=f"{name} {ast.dump(source)}",
                    severity="medium",
                    lines=lines_of(source),
                    confidence=0.6,
                    claim=f"{name} iterates over a set: its order changes with the hash seed",
                    recommendation="keep a list or a dict",
                )


def _interface(before: Side, after: Side) -> Iterator[Doubt]:
    for name, old in before.functions.items():
        new = after.functions.get(name)
        if new is None:
            if is_public(name):
                yield _api("lost name", name, (1, 1), f"{name} is gone", "keep the public name")
            continue
        lines = (new.lineno, new.lineno)
        if is_public(name) and ast.dump(old.args) != ast.dump(new.args):
            yield _api("signature", name, lines, f"the signature of {name} changed", "keep the signature")
        if _is_lazy(old) != _is_lazy(new) or isinstance(old, ast.FunctionDef) != isinstance(new, ast.FunctionDef):
            claim = f"{name} was {_kind(old)} and is {_kind(new)} now: when its body runs has changed"
            yield _api("laziness", name, lines, claim, "keep what it returns")


def _names(before: Side, after: Side) -> Iterator[Doubt]:
    """Doubt public names of the module's top that are gone, and classes with other bases."""
    old, new = _top(before), _top(after)
    for name in old.keys() - new.keys() - before.functions.keys():
        if is_public(name):
            yield _api("lost name", name, (1, 1), f"{name} is gone", "keep the public name")
    for name in old.keys() & new.keys():
        bases = [
            [ast.dump(base) for base in one.bases] for one in (old[name], new[name]) if isinstance(one, ast.ClassDef)
        ]
        if is_public(name) and len(bases) == 2 and bases[0] != bases[1]:
            claim = f"the bases of the class {name} changed"
            yield _api("bases", name, (new[name].lineno, new[name].lineno), claim, "keep what it is an instance of")


def _raised(before: Side, after: Side) -> Iterator[Doubt]:
    """Doubt functions that name other exceptions to raise than they did."""
    for name, old in before.functions.items():
        new = after.functions.get(name)
        lost = _raises(old) - _raises(new) if new is not None else frozenset()
        if new is not None and lost:
            yield Doubt(
                check="exceptions",
                subject=name,
                severity="medium",
                lines=(new.lineno, new.lineno),
                confidence=0.6,
                claim=f"{name} no longer raises {', '.join(sorted(lost))} itself",
                recommendation="see that callers still get it for the same input",
            )


_CHECKS: tuple[Callable[[Side], Iterator[Doubt]], ...] = (
    sharing.caches,
    sharing.shared_state,
    sharing.kept_defaults,
    sharing.interleavings,
    _swallowed,
    _order,
    upkeep.leftovers,
)
_COMPARISONS: tuple[Callable[[Side, Side], Iterator[Doubt]], ...] = (
    _interface,
    _names,
    _raised,
    upkeep.dead_names,
    upkeep.lost_documentation,
    upkeep.other_style,
)


def _api(check: str, name: str, lines: tuple[int, int], claim: str, recommendation: str) -> Doubt:
    return Doubt(
        check=check,
        subject=name,
        severity="high",
        lines=lines,
        confidence=0.9,
        claim=claim,
        recommendation=recommendation,
    )


def _top(side: Side) -> dict[str, ast.stmt]:
    """Return the classes and variables that a module defines at its top; imports are nobody else's to use."""
    found: dict[str, ast.stmt] = {}
    for node in side.syntax.body:
        if isinstance(node, ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {one.id: node for one in targets if isinstance(one, ast.Name)}
    return found


def _raises(function: Function) -> frozenset[str]:
    raised = (node.exc for node in own_nodes(function) if isinstance(node, ast.Raise) and node.exc is not None)
    return frozenset(name for one in raised if (name := called_name(one)))


def _is_set(value: ast.expr) -> bool:
    return isinstance(value, ast.Set | ast.SetComp) or (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in {"set", "frozenset"}
    )


def _is_broad(kind: ast.expr | None) -> bool:
    return kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})


def _is_nothing(line: ast.stmt) -> bool:
    return isinstance(line, ast.Pass | ast.Continue) or (
        isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    )


def _is_lazy(function: Function) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(function))


def _kind(function: Function) -> str:
    colour = "asynchronous " if isinstance(function, ast.AsyncFunctionDef) else ""
    return (
        f"an {colour}generator"
        if _is_lazy(function) and colour
        else ("a generator" if _is_lazy(function) else f"a {colour}function")
    )
