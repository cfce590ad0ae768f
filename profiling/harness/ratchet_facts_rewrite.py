"""Put probes around nominated expressions, loops and functions of a syntax tree. Pure; beside `ratchet_facts`.

A probe is a method call on a constant: `"MARK".value(0, E)`. After compilation the recorder takes the constant's place,
so that no name is looked up and none appears in the target's namespaces. Lines stay as they were. The call needs one
frame: a program at its recursion limit meets it that much earlier.
"""

from __future__ import annotations

import ast
import sys
from types import CodeType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeVar

    _Node = TypeVar("_Node", bound=ast.AST)

PROBES, CALLS = "<ratchet probes>", "<ratchet calls>"
_UNTOUCHED_FIELDS = frozenset({"annotation", "returns", "type_params", "pattern"})
_UNTOUCHED_NODES = ("TypeAlias", "TemplateStr")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_SCOPES = (*_DEFINITIONS, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_LOOKS_INTO_FSTRINGS = sys.version_info >= (3, 12)  # before, the positions inside are not those of the source


class Instrument:
    """One pass over one tree.

    Attributes:
        loops: index by (line, column).
        expressions: indices and the index of their loop (or None) by (line, column, end line, end column).
        functions: (first line, name) of functions whose calls are to be seen.
        found_loops, found_expressions: indices of what was met and wrapped.
        found_functions: likewise, by position.
        loopless: indices of expressions whose loop is not around them.
    """

    def __init__(
        self,
        loops: list[Mapping[str, Any]],
        expressions: list[Mapping[str, Any]],
        functions: frozenset[tuple[int, str]] = frozenset(),
    ) -> None:
        self.functions = functions
        self.loops = {(loop["line"], loop["column"]): int(loop["index"]) for loop in loops}
        self.expressions: dict[tuple[int, int, int, int], list[tuple[int, int | None]]] = {}
        for wanted in expressions:
            span = (wanted["line"], wanted["column"], wanted["end_line"], wanted["end_column"])
            self.expressions.setdefault(span, []).append((int(wanted["index"]), wanted["loop"]))
        self.found_functions: set[tuple[int, str]] = set()
        self.found_loops: set[int] = set()
        self.found_expressions: set[int] = set()
        self.loopless: set[int] = set()
        self.depth = 0
        self.around: dict[int, int] = {}

    def module(self, tree: ast.Module) -> ast.Module:
        """Put the probes into a module, in place."""
        self._children(tree)
        return tree

    def _children(self, node: ast.AST) -> None:
        for name, content in ast.iter_fields(node):
            if name in _UNTOUCHED_FIELDS:
                continue
            if isinstance(content, list):
                content[:] = [new for item in content for new in self._visited(item, node)]
            elif isinstance(content, ast.AST):
                setattr(node, name, self._visited(content, node)[0])

    def _visited(self, node: object, parent: ast.AST) -> list[object]:
        """Return what stands in a node's place: one expression, or one or more statements."""
        if not isinstance(node, ast.AST) or type(node).__name__ in _UNTOUCHED_NODES:
            return [node]
        if isinstance(node, _LOOPS):
            return self._loop(node)
        wanted = self._wanted(node, parent)
        if _LOOKS_INTO_FSTRINGS or not isinstance(node, ast.JoinedStr):
            self.depth += isinstance(node, _SCOPES)
            self._children(node)
            self.depth -= isinstance(node, _SCOPES)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _position(node) in self.functions:
            self.found_functions.add(_position(node))
            _watch(node)
        for index, loop in wanted:
            node = self._probe(node, index, loop)  # type: ignore[arg-type]  # only expressions are wanted
        return [node]

    def _wanted(self, node: ast.AST, parent: ast.AST) -> list[tuple[int, int | None]]:
        if not isinstance(node, ast.expr) or not _can_be_wrapped(node, parent):
            return []
        span = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
        return self.expressions.pop(span, [])

    def _probe(self, node: ast.expr, index: int, loop: int | None) -> ast.expr:
        self.found_expressions.add(index)
        if loop is not None and loop not in self.around:
            self.loopless.add(index)
            loop = None
        if loop is None:
            call = _call(PROBES, "value", index, node)
        else:
            call = _call(PROBES, "looped", index, node, loop, self.depth - self.around[loop])
        return _placed(call, node)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While) -> list[object]:
        index = self.loops.get((node.lineno, node.col_offset))
        if index is None:
            self._children(node)
            return [node]
        self.found_loops.add(index)
        self.around[index] = self.depth
        self._children(node)
        del self.around[index]
        first = node.body[0]
        node.body.insert(0, _placed(ast.Expr(value=_call(PROBES, "trip", index)), first))
        enter, leave = (_placed(ast.Expr(value=_call(PROBES, name, index)), node) for name in ("enter", "leave"))
        guarded = ast.Try(body=[node], handlers=[], orelse=[], finalbody=[leave])
        return [enter, _placed(guarded, node)]


class Returns(ast.NodeTransformer):
    """Shows what one function is about to return; functions and classes inside it are left alone."""

    def visit_Return(self, node: ast.Return) -> ast.Return:
        """Wrap the value."""
        node.value = _placed(_call(CALLS, "result", node.value or ast.Constant(value=None)), node)
        return node

    def visit(self, node: ast.AST) -> ast.AST:
        """Stay in this function, and out of expressions."""
        if isinstance(node, (*_DEFINITIONS, ast.expr)):
            return node
        return super().visit(node)  # type: ignore[no-any-return]  # typeshed: Any


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


def _position(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, str]:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]), node.name


def _watch(node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Put probes at the start of a function, at what it returns, and at its end however it ends."""
    documented = ast.get_docstring(node, clean=False) is not None
    docstring, body = node.body[:documented], node.body[documented:]
    begin, end = (ast.Expr(value=_call(CALLS, name)) for name in ("begin", "end"))
    if not body:
        body = [_placed(ast.Pass(), node.body[0])]
    first, last = body[0], body[-1]
    if isinstance(node, ast.FunctionDef):  # an asynchronous generator may return no value
        for statement in body:
            Returns().visit(statement)  # in place
        body.append(_placed(ast.Expr(value=_call(CALLS, "result", ast.Constant(value=None))), last))
    guarded = ast.Try(body=body, handlers=[], orelse=[], finalbody=[_placed(end, last)])
    node.body = [*docstring, _placed(begin, first), _placed(guarded, first)]


def _can_be_wrapped(node: ast.expr, parent: ast.AST) -> bool:
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return False
    if isinstance(node, (ast.Starred, ast.Slice, ast.FormattedValue)):
        return False
    if isinstance(node, ast.Constant):
        return not isinstance(parent, (ast.Expr, ast.JoinedStr))  # a docstring; the text of an f-string
    if isinstance(node, ast.JoinedStr):
        return not isinstance(parent, ast.FormattedValue)  # else a format specification
    return not (isinstance(node, ast.Tuple) and any(isinstance(item, ast.Slice) for item in node.elts))


def _call(mark: str, name: str, *arguments: ast.expr | int) -> ast.Call:
    function = ast.Attribute(value=ast.Constant(value=mark), attr=name, ctx=ast.Load())
    values = [ast.Constant(value=item) if isinstance(item, int) else item for item in arguments]
    return ast.Call(func=function, args=values, keywords=[])


def _placed(new: _Node, at: ast.AST) -> _Node:
    """Give a new node, and what is new below it, the position of an old one."""
    return ast.fix_missing_locations(ast.copy_location(new, at))
