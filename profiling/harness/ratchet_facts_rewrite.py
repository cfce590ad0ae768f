"""Put probes around nominated expressions and loops of a syntax tree. Pure; copied beside `ratchet_facts_probes`.

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

MARK = "<ratchet recorder>"
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
        found_loops, found_expressions: indices of what was met and wrapped.
        loopless: indices of expressions whose loop is not around them.
    """

    def __init__(self, loops: list[Mapping[str, Any]], expressions: list[Mapping[str, Any]]) -> None:
        self.loops = {(loop["line"], loop["column"]): int(loop["index"]) for loop in loops}
        self.expressions: dict[tuple[int, int, int, int], list[tuple[int, int | None]]] = {}
        for wanted in expressions:
            span = (wanted["line"], wanted["column"], wanted["end_line"], wanted["end_column"])
            self.expressions.setdefault(span, []).append((int(wanted["index"]), wanted["loop"]))
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
            call = _call("value", index, node)
        else:
            call = _call("looped", index, node, loop, self.depth - self.around[loop])
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
        node.body.insert(0, _placed(ast.Expr(value=_call("trip", index)), first))
        enter, leave = (_placed(ast.Expr(value=_call(name, index)), node) for name in ("enter", "leave"))
        guarded = ast.Try(body=[node], handlers=[], orelse=[], finalbody=[leave])
        return [enter, _placed(guarded, node)]


def bind(code: CodeType, recorder: object) -> CodeType:
    """Replace the marking constant by the recorder, in nested code too."""
    constants = tuple(
        bind(constant, recorder)
        if type(constant) is CodeType
        else recorder
        if type(constant) is str and constant == MARK
        else constant
        for constant in code.co_consts
    )
    return code.replace(co_consts=constants)


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


def _call(name: str, index: int, value: ast.expr | None = None, *numbers: int) -> ast.Call:
    arguments: list[ast.expr] = [ast.Constant(value=index)]
    if value is not None:
        arguments.append(value)
    arguments.extend(ast.Constant(value=number) for number in numbers)
    function = ast.Attribute(value=ast.Constant(value=MARK), attr=name, ctx=ast.Load())
    return ast.Call(func=function, args=arguments, keywords=[])


def _placed(new: _Node, at: ast.AST) -> _Node:
    """Give a new node, and what is new below it, the position of an old one."""
    return ast.fix_missing_locations(ast.copy_location(new, at))
