"""What a test tells of the types of names and attributes: `isinstance`, alone and in `and`, `or`, `not`."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from profiling.audit.reading.annotations import dotted_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something is, or is not, an instance of one of some types."""

    path: str
    node: ast.expr
    types: tuple[ast.expr, ...]
    positive: bool


def evidence(test: ast.expr, *, holds: bool) -> Iterator[Evidence]:
    """Yield what is known where a test holds, or where it does not."""
    if isinstance(test, ast.UnaryOp):
        if isinstance(test.op, ast.Not):
            yield from evidence(test.operand, holds=not holds)
    elif isinstance(test, ast.BoolOp):
        if isinstance(test.op, ast.And) == holds:
            for each in test.values:
                yield from evidence(each, holds=holds)
    elif isinstance(test, ast.Call):
        yield from _instance_test(test, holds=holds)


def _instance_test(test: ast.Call, *, holds: bool) -> Iterator[Evidence]:
    if not isinstance(test.func, ast.Name) or test.func.id != "isinstance" or len(test.args) != 2:
        return
    subject, kinds = test.args
    if isinstance(subject, ast.NamedExpr):
        subject = subject.target
    path = dotted_name(subject)
    if path:
        types = kinds.elts if isinstance(kinds, ast.Tuple) else _alternatives(kinds)
        yield Evidence(path=path, node=subject, types=tuple(types), positive=holds)


def _alternatives(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_alternatives(node.left), *_alternatives(node.right)]
    return [node]
