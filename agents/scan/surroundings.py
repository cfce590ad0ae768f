"""What stands around a node: the function it runs in, and what its calls are written as."""

import ast
from collections.abc import Iterator

from agents.recipes.functions import FunctionNode
from agents.recipes.project import Module
from agents.recipes.walking import nodes, parents_below, walk

_CHANGES = frozenset({"add", "append", "clear", "extend", "insert", "pop", "popitem", "remove", "update"})


def calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Yield every call with the dotted name as written; empty where it is none."""
    for call in nodes(module.syntax, ast.Call):
        yield call, dotted(call.func)


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` as written; of a chain that starts at no name, what follows the last call or index (`.c`)."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts)) if len(parts) > 1 or parts[0] else ""


def function_around(node: ast.AST, module: Module) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the innermost function that a node stands in; of a function itself."""
    above = parents_below(module.syntax)
    step: ast.AST | None = node
    while step is not None and not isinstance(step, FunctionNode):
        step = above.get(step)
    return step


def changes(loop: ast.AST, name: str) -> bool:
    """Say whether a loop puts something into what a dotted name names, or takes something out."""
    called = (dotted(call.func).rpartition(".") for call in nodes(loop, ast.Call))
    dropped = (target for node in nodes(loop, ast.Delete) for target in node.targets)
    dropping = any(isinstance(one, ast.Subscript) and dotted(one.value) == name for one in dropped)
    return dropping or any(owner == name and method in _CHANGES for owner, _, method in called)


def binds(loop: ast.AST, name: str) -> bool:
    """Say whether a loop gives a dotted name, or what it starts from, a new value; adding to it does not."""
    first = name.partition(".")[0]
    added = {id(node.target) for node in nodes(loop, ast.AugAssign)}
    return any(
        not isinstance(node.ctx, ast.Load) and id(node) not in added and dotted(node) in (first, name)
        for node in walk(loop)
        if isinstance(node, ast.Name | ast.Attribute)
    )
