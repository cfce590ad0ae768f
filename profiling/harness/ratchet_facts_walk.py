"""Walk a syntax tree to put probes into it, and make them. Pure; copied beside the rewriting files, which share it.

A probe is a method call on a constant: `"MARK".value(0, E)`. After compilation the recorder takes the constant's place,
so that no name is looked up and none appears in the target's namespaces. Lines stay as they were. The call needs one
frame: a program at its recursion limit meets it that much earlier.
"""

from __future__ import annotations

import ast
from types import CodeType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeVar

    _Node = TypeVar("_Node", bound=ast.AST)

PROBES, CALLS, CLASSES = "<ratchet probes>", "<ratchet calls>", "<ratchet classes>"
CONTAINERS, LINES = "<ratchet containers>", "<ratchet lines>"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SCOPES = (*DEFINITIONS, *COMPREHENSIONS)
UNTOUCHED_FIELDS = frozenset({"annotation", "returns", "type_params", "pattern"})
UNTOUCHED_NODES = ("TypeAlias", "TemplateStr")


class Walk:
    """One pass over one tree; a subclass says in `_visited` what stands in a node's place."""

    def module(self, tree: ast.Module) -> ast.Module:
        """Put the probes into a module, in place."""
        self._children(tree)
        return tree

    def _children(self, node: ast.AST) -> None:
        for name, content in ast.iter_fields(node):
            if name in UNTOUCHED_FIELDS:
                continue
            if isinstance(content, list):
                content[:] = [new for item in content for new in self._visited(item, node)]
            elif isinstance(content, ast.AST):
                setattr(node, name, self._visited(content, node)[0])

    def _visited(self, node: object, _parent: ast.AST, /) -> list[object]:
        """Return what stands in a node's place: one expression, or one or more statements."""
        raise TypeError(f"{type(self).__name__} does not say what stands in place of {node}")


def is_untouched(node: object) -> bool:
    """Say whether something is no node, or one whose inside is not for us."""
    return not isinstance(node, ast.AST) or type(node).__name__ in UNTOUCHED_NODES


def position(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> tuple[int, str]:
    """Return the first line, decorators included, and the name of a definition."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]), node.name


def span(node: ast.expr) -> tuple[int, int, int, int]:
    """Return where an expression begins and ends."""
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def call(mark: str, name: str, *arguments: ast.expr | int | str) -> ast.Call:
    """Return a call of a recorder's method."""
    function = ast.Attribute(value=ast.Constant(value=mark), attr=name, ctx=ast.Load())
    values = [item if isinstance(item, ast.expr) else ast.Constant(value=item) for item in arguments]
    return ast.Call(func=function, args=values, keywords=[])


def placed(new: _Node, at: ast.AST) -> _Node:
    """Give a new node, and what is new below it, the position of an old one."""
    return ast.fix_missing_locations(ast.copy_location(new, at))


def statement(expression: ast.expr, at: ast.AST) -> ast.Expr:
    """Return an expression as a statement of its own."""
    return placed(ast.Expr(value=expression), at)


def finally_(node: ast.FunctionDef | ast.AsyncFunctionDef, last: Sequence[ast.stmt]) -> None:
    """Let statements run at the end of a function, however it ends; its docstring stays first."""
    documented = ast.get_docstring(node, clean=False) is not None
    docstring, body = node.body[:documented], node.body[documented:]
    if not body:
        body = [placed(ast.Pass(), node.body[0])]
    node.body = [*docstring, placed(ast.Try(body=body, handlers=[], orelse=[], finalbody=list(last)), body[0])]


def bind(code: CodeType, recorders: Mapping[str, object]) -> CodeType:
    """Replace marking constants by what they stand for, in nested code too."""
    constants = tuple(
        bind(constant, recorders)
        if type(constant) is CodeType
        else recorders.get(constant, constant)
        if type(constant) is str
        else constant
        for constant in code.co_consts
    )
    return code.replace(co_consts=constants)
