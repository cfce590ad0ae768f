"""Whether taking the text of any object of a project is harmless: its `__str__` and their like only read."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from agents.recipes.functions import FunctionNode, functions, own_nodes
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.quiet import is_made_here

_TEXT_METHODS = ("__format__", "__repr__", "__str__")
_LOUD = (
    *(ast.Raise, ast.Assert, ast.Global, ast.Nonlocal, ast.Delete, ast.Await, ast.Yield, ast.YieldFrom),
    *(ast.AsyncFor, ast.AsyncWith, ast.With, ast.Import, ast.ImportFrom),
)
_LOUD_CALLS = frozenset(
    "__import__ __setattr__ acquire add appendleft clear close delattr difference_update discard eval exec execute"
    " flush info debug warning error exception critical input insert inc intersection_update log next open pop popitem"
    " popleft print put read readline readlines remove reverse seek send set setattr setdefault sleep sort start"
    " submit symmetric_difference_update update write writelines".split()
)
_FILLING = frozenset({"append", "extend", "add", "insert", "update", "sort", "reverse", "setdefault", "pop"})
FunctionPlace = tuple[FunctionNode, Module]


@once
def texts_are_plain(project: Project) -> bool:
    """Say whether no class of the project changes something, or raises of its own, when it is asked for its text.

    What these methods mention by name is looked at in the same way wherever the project defines it, transitively; the
    functions of libraries are trusted, but for those whose names say that they change something.
    """
    return not any(
        _is_loud(node, function, module)
        for function, module in reachable_by_name(_TEXT_METHODS, project)
        for node in own_nodes(function)
    )


def reachable_by_name(first: Iterable[str], project: Project) -> Iterator[FunctionPlace]:
    """Yield the functions of these names, and those whose names these mention, and so on."""
    defined = _by_name(project)
    waiting = sorted(set(first))
    seen = set(waiting)
    while waiting:
        for function, module in defined.get(waiting.pop(), ()):
            yield function, module
            mentioned = mentions(own_nodes(function)) & defined.keys() - seen
            seen |= mentioned
            waiting += sorted(mentioned)


def mentions(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that nodes read, attributes among them."""
    return {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in nodes
        if isinstance(node, ast.Attribute | ast.Name)
    }


@once
def _by_name(project: Project) -> Mapping[str, Sequence[FunctionPlace]]:
    found: defaultdict[str, list[FunctionPlace]] = defaultdict(list)
    for module in project.modules.values():
        for function in functions(module):
            found[function.node.name].append((function.node, module))
    return found


def _is_loud(node: ast.AST, function: FunctionNode, module: Module) -> bool:
    if isinstance(node, _LOUD):
        return True
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return not _is_own(node.value, function, module)
    if not isinstance(node, ast.Call):
        return False
    method = node.func
    if isinstance(method, ast.Attribute) and method.attr in _FILLING:
        return not _is_own(method.value, function, module)
    named = method.attr if isinstance(method, ast.Attribute) else method.id if isinstance(method, ast.Name) else ""
    return named in _LOUD_CALLS


def _is_own(owner: ast.expr, function: FunctionNode, module: Module) -> bool:
    return isinstance(owner, ast.Name) and is_made_here(function, owner.id, module)
