"""Read annotations as terms of types: what they mean is known only when all files are."""

import ast

from profiling.audit.reading.terms import T_NAME, T_SUBSCRIPT, T_UNION, Term

_DEEPEST = 12
"""Levels of brackets beyond which a type says nothing that helps."""


def type_term(node: ast.expr | None, depth: int = 0) -> Term:
    """Return the term of an annotation, or None where it tells nothing."""
    if node is None or depth > _DEEPEST:
        return None
    if isinstance(node, ast.Name | ast.Attribute):
        dotted = dotted_name(node)
        return (T_NAME, dotted) if dotted else None
    if isinstance(node, ast.Constant):
        return _quoted(node.value, depth) if isinstance(node.value, str) else None
    if isinstance(node, ast.Subscript):
        return _subscript(node, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union(node, depth)
    return None


def dotted_name(node: ast.expr) -> str:
    """Return `a.b.c` of names and attributes, an empty string of anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    names.append(node.id)
    return ".".join(reversed(names))


def _quoted(text: str, depth: int) -> Term:
    try:
        return type_term(ast.parse(text.strip(), mode="eval").body, depth + 1)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _subscript(node: ast.Subscript, depth: int) -> Term:
    base = dotted_name(node.value)
    if not base:
        return None
    if base.rpartition(".")[2] == "Literal":
        return None
    inner = node.slice
    arguments = inner.elts if isinstance(inner, ast.Tuple | ast.List) else [inner]
    return (T_SUBSCRIPT, base, tuple(_argument(each, depth + 1) for each in arguments))


def _argument(node: ast.expr, depth: int) -> Term:
    """Read what stands in brackets; a list there holds a callable's parameters, of which nothing is followed."""
    return None if isinstance(node, ast.List) else type_term(node, depth)


def _union(node: ast.BinOp, depth: int) -> Term:
    parts: list[Term] = []
    current: ast.expr = node
    while isinstance(current, ast.BinOp) and isinstance(current.op, ast.BitOr):
        parts.append(type_term(current.right, depth + 1))
        current = current.left
    parts.append(type_term(current, depth + 1))
    known = tuple(part for part in reversed(parts) if part is not None)
    return (T_UNION, known) if known else None
