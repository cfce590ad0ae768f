"""The functions of a module with the keys the profiler knows them by."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agents.recipes.once import once
from agents.recipes.project import Module
from agents.recipes.walking import children, once_below
from profiling.model import FunctionKey

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One `def`.

    Attributes:
        key: as `co_filename`, `co_firstlineno` and `co_qualname` would give it.
        node: its syntax.
        owner: the class whose body it stands in directly, None otherwise.
        is_top_level: it stands directly in the module's body.
        is_local: it stands in another function.
    """

    key: FunctionKey
    node: FunctionNode
    owner: ast.ClassDef | None
    is_top_level: bool
    is_local: bool


@once
def functions(module: Module) -> tuple[Function, ...]:
    """Return every function of the module, outer ones first, in the order of the text."""
    return tuple(_below(module.syntax, module.file, "", None, ()))


def function_at(module: Module, key: FunctionKey) -> Function | None:
    """Return the function with this key."""
    return next((function for function in functions(module) if function.key == key), None)


def first_line(node: ast.stmt) -> int:
    """Return the line a definition starts on, its first decorator included."""
    decorators = node.decorator_list if isinstance(node, FunctionNode | ast.ClassDef) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


@once_below
def own_nodes(function: ast.AST) -> tuple[ast.AST, ...]:
    """Return what runs when the function runs: its body with comprehensions and lambdas, not inner defs and classes."""
    body = getattr(function, "body", [])
    stack: list[ast.AST] = list(reversed(body if isinstance(body, list) else [body]))
    found: list[ast.AST] = []
    while stack:
        node = stack.pop()
        found.append(node)
        if isinstance(node, FunctionNode | ast.ClassDef):
            stack.extend(reversed(node.decorator_list))
        else:
            stack.extend(reversed(children(node)))
    return tuple(found)


def _below(
    node: ast.AST, file: str, prefix: str, owner: ast.ClassDef | None, parents: tuple[ast.AST, ...]
) -> Iterator[Function]:
    for child in children(node):
        if isinstance(child, FunctionNode):
            yield Function(
                key=FunctionKey(file=file, first_line=first_line(child), qualname=f"{prefix}{child.name}"),
                node=child,
                owner=owner,
                is_top_level=isinstance(node, ast.Module),
                is_local=any(isinstance(parent, FunctionNode) for parent in parents),
            )
            yield from _below(child, file, f"{prefix}{child.name}.<locals>.", None, (*parents, child))
        elif isinstance(child, ast.ClassDef):
            yield from _below(child, file, f"{prefix}{child.name}.", child, (*parents, child))
        elif not isinstance(child, ast.expr):
            yield from _below(child, file, prefix, owner, parents)
