"""The functions of a module with the keys the profiler knows them by."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from agents.recipes.once import once
from agents.recipes.project import Module
from agents.recipes.walking import by_type, children, of_kinds, once_below
from profiling.model import FunctionKey

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_Node = TypeVar("_Node", bound=ast.AST)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_BLOCKS = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith),
    *(ast.Try, ast.TryStar, ast.ExceptHandler, ast.Match, ast.match_case),
)
"""What definitions may stand in, beside one another and the module."""


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
    return tuple(_below(module.syntax, module.file, "", None, is_local=False))


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
        if isinstance(node, _DEFINITIONS):
            stack += node.decorator_list[::-1]
        elif below := children(node):
            stack += below[::-1]
    return tuple(found)


def own(function: ast.AST, *kinds: type[_Node]) -> Sequence[_Node]:
    """Return those of a function's own nodes that are exactly of one of some types, in their order."""
    by_kind = _own_by_type(function)
    if len(kinds) == 1:
        return cast("Sequence[_Node]", by_kind.get(kinds[0], ()))
    return of_kinds(kinds, by_kind, own_nodes(function))


def own_calls(function: ast.AST, *called: str) -> Sequence[ast.Call]:
    """Return a function's own calls of what has one of some names, as `name(…)` or `….name(…)`, in their order."""
    by_name = calls_by_name(function)
    there = [name for name in called if name in by_name]
    if len(there) < 2:
        return by_name[there[0]] if there else ()
    return [call for call in own(function, ast.Call) if called_name(call) in there]


def called_name(call: ast.Call) -> str:
    """Return the last name of what is called, empty when it has none."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


@once_below
def calls_by_name(function: ast.AST) -> Mapping[str, Sequence[ast.Call]]:
    """Return a function's own calls by the last name of what is called, empty for what has none."""
    by_name: defaultdict[str, list[ast.Call]] = defaultdict(list)
    for call in own(function, ast.Call):
        by_name[called_name(call)].append(call)
    return dict(by_name)


@once_below
def _own_by_type(function: ast.AST) -> Mapping[type[ast.AST], Sequence[ast.AST]]:
    return by_type(own_nodes(function))


def _below(node: ast.AST, file: str, prefix: str, owner: ast.ClassDef | None, *, is_local: bool) -> Iterator[Function]:
    for child in children(node):
        if isinstance(child, _FUNCTIONS):
            yield Function(
                key=FunctionKey(file=file, first_line=first_line(child), qualname=f"{prefix}{child.name}"),
                node=child,
                owner=owner,
                is_top_level=isinstance(node, ast.Module),
                is_local=is_local,
            )
            yield from _below(child, file, f"{prefix}{child.name}.<locals>.", None, is_local=True)
        elif isinstance(child, ast.ClassDef):
            yield from _below(child, file, f"{prefix}{child.name}.", child, is_local=is_local)
        elif isinstance(child, _BLOCKS):
            yield from _below(child, file, prefix, owner, is_local=is_local)
