"""Fingerprints of an entity hierarchy: a type is tested, then many fields of one object are written."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from profiling.audit.findings.model import Context, Finding, FindingKind, Level
from profiling.audit.sources import dotted, own_nodes

_FIELDS = 3
"""More than so many fields (docs/audit.md)."""
_DISCRIMINATOR = re.compile(r"(?:^|_)(?:kind|type|tag|variant|category|species|role|class)$", re.IGNORECASE)


def find(context: Context) -> Iterator[Finding]:
    """Yield every branch on a type that writes more than three fields of one object."""
    for node, function in context.defined():
        for tested, body in _branches(function):
            for owner, fields in _written(body).items():
                if len(fields) > _FIELDS and _is_about(tested, owner):
                    yield Finding(
                        kind=FindingKind.ENTITY_HIERARCHY,
                        function=node.name,
                        file=node.file,
                        line=body[0].lineno,
                        what=f"after a test of {tested}, {len(fields)} fields of {owner} are written: "
                        f"{', '.join(sorted(fields))}",
                        why="one object holds what only some kinds of it need; every pass over them tests the kind",
                        action="split the fields into components by use, and loop over each component",
                        effort=Level.HIGH,
                        heat=context.heat[node.name],
                    )


def _is_about(tested: str, owner: str) -> bool:
    """Say whether a test tells the kind of what is written: of itself, by a field of it, or by a kind kept apart.

    A constructor that tests what it is given, and then sets its own fields, is no such thing.
    """
    is_apart = "." not in tested and bool(_DISCRIMINATOR.search(tested))
    return is_apart or tested == owner or tested.startswith(f"{owner}.")


def _branches(function: ast.AST) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield what is tested for its type, and the statements of that branch."""
    for node in own_nodes(function):
        if isinstance(node, ast.If):
            tested = _tested(node.test)
            if tested is not None:
                yield tested, node.body
        elif isinstance(node, ast.Match):
            subject = dotted(node.subject) or ""
            for case in node.cases:
                if _DISCRIMINATOR.search(subject) or isinstance(case.pattern, ast.MatchClass):
                    yield subject or "the subject", case.body


def _tested(test: ast.expr) -> str | None:
    """Return what a condition tells the type of, None where it is about something else."""
    if isinstance(test, ast.BoolOp):
        return next((found for value in test.values if (found := _tested(value)) is not None), None)
    if isinstance(test, ast.Call) and dotted(test.func) == "isinstance" and test.args:
        return dotted(test.args[0])
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq | ast.Is | ast.In):
        return _discriminator(test.left)
    return None


def _discriminator(side: ast.expr) -> str | None:
    if isinstance(side, ast.Call) and dotted(side.func) == "type" and side.args:
        return dotted(side.args[0])
    name = dotted(side) or ""
    return name if _DISCRIMINATOR.search(name.rpartition(".")[2]) else None


def _written(body: Sequence[ast.stmt]) -> dict[str, set[str]]:
    """Return the attributes stored, by the object they belong to."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for node in own_nodes(body):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            owner = dotted(node.value)
            if owner is not None:
                found[owner].add(node.attr)
    return found
