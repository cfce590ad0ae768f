"""Effective code paths: three or more branches that do nearly the same."""

import ast
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from profiling.audit.findings.model import Context, Finding, FindingKind, Level
from profiling.audit.sources import own_nodes

_BRANCHES = 3
_ALIKE = 0.85
_FEWEST_NODES = 12
"""A branch below this is a plain choice of a value or of a callee, which no shared path would better."""
_MOST_NODES = 400


def find(context: Context) -> Iterator[Finding]:
    """Yield every chain of branches of which three or more have a similar shape."""
    for node, function in context.defined():
        elses = {id(branch.orelse[0]) for branch in _ifs(function) if _is_chained(branch)}
        chains = [_if_chain(branch) for branch in _ifs(function) if id(branch) not in elses]
        chains += [[case.body for case in each.cases] for each in own_nodes(function) if isinstance(each, ast.Match)]
        for chain in chains:
            alike = _alike(chain)
            if len(alike) >= _BRANCHES:
                lines = ", ".join(str(body[0].lineno) for body in alike)
                yield Finding(
                    kind=FindingKind.EFFECTIVE_CODE_PATH,
                    function=node.name,
                    file=node.file,
                    line=chain[0][0].lineno,
                    what=f"{len(alike)} of {len(chain)} branches do nearly the same (lines {lines})",
                    why="each is a code path of its own to decide on, to keep in step and to keep warm",
                    action="make them one path over data: a table or parameters, with a sentinel for the odd one out",
                    effort=Level.MEDIUM,
                    heat=context.heat[node.name],
                )


def _ifs(function: ast.AST) -> Iterator[ast.If]:
    return (node for node in own_nodes(function) if isinstance(node, ast.If))


def _is_chained(branch: ast.If) -> bool:
    return len(branch.orelse) == 1 and isinstance(branch.orelse[0], ast.If)


def _if_chain(branch: ast.If) -> list[list[ast.stmt]]:
    bodies = [branch.body]
    while _is_chained(branch):
        following = branch.orelse[0]
        assert isinstance(following, ast.If)
        branch = following
        bodies.append(branch.body)
    return [*bodies, branch.orelse] if branch.orelse else bodies


def _alike(bodies: Sequence[list[ast.stmt]]) -> list[list[ast.stmt]]:
    """Return the largest group of bodies that are like one of them."""
    if len(bodies) < _BRANCHES:
        return []
    shapes = [_shape(body) for body in bodies]
    best: list[list[ast.stmt]] = []
    for model in shapes[: len(shapes) - _BRANCHES + 1]:
        group = [body for body, shape in zip(bodies, shapes, strict=True) if _is_alike(model, shape)]
        best = max(best, group, key=len)
    return best


def _shape(body: Sequence[ast.stmt]) -> tuple[str, ...]:
    """Return the kinds of a body's nodes and what it calls, without names of data and constants."""
    kinds: list[str] = []
    for statement in body:
        for node in ast.walk(statement):
            if not isinstance(node, ast.expr_context):
                kinds.append(type(node).__name__)
            if isinstance(node, ast.Call):
                kinds.append(_called(node.func))
    return tuple(kinds[: _MOST_NODES + 1])


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_alike(model: tuple[str, ...], shape: tuple[str, ...]) -> bool:
    if not _FEWEST_NODES <= len(shape) <= _MOST_NODES or not _FEWEST_NODES <= len(model) <= _MOST_NODES:
        return False
    matcher = SequenceMatcher(a=model, b=shape, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
