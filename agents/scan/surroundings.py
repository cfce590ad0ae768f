"""What stands around a node: the function it runs in, and what its calls are written as."""

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence

from agents.recipes.functions import FunctionNode
from agents.recipes.once import once
from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.recipes.walking import nodes, parents_below, walk

_CHANGES = frozenset({"add", "append", "clear", "extend", "insert", "pop", "popitem", "remove", "update"})


@once
def calls(module: Module) -> tuple[tuple[ast.Call, str], ...]:
    """Return every call with the dotted name as written; empty where it is none."""
    return tuple((call, dotted(call.func)) for call in nodes(module.syntax, ast.Call))


@once
def calls_as_written(module: Module) -> Mapping[str, Sequence[ast.Call]]:
    """Return the calls that have a dotted name, by it."""
    found: defaultdict[str, list[ast.Call]] = defaultdict(list)
    for call, written in calls(module):
        if written:
            found[written].append(call)
    return dict(found)


@once
def calls_of_libraries(module: Module) -> Mapping[str, Sequence[ast.Call]]:
    """Return the calls of what was imported, by what it is called there (`re.sub`), however it is written here."""
    known = names(module)
    found: defaultdict[str, list[ast.Call]] = defaultdict(list)
    for call, _ in calls(module):
        library = known.dotted(call.func)
        if library is not None:
            found[library].append(call)
    return dict(found)


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` as written; of a chain that starts at no name, what follows the last call or index (`.c`)."""
    if isinstance(node, ast.Name):
        return node.id
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not parts:
        return ""
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts))


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
