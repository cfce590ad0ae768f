"""Put probes around nominated expressions, loops and functions of a syntax tree. Pure; beside `ratchet_facts`."""

from __future__ import annotations

import ast
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from profiling.harness import ratchet_facts_walk as walk
else:
    import ratchet_facts_walk as walk

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
LOOKS_INTO_FSTRINGS = sys.version_info >= (3, 12)  # before, the positions inside are not those of the source


class Instrument(walk.Walk):
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
            place = (wanted["line"], wanted["column"], wanted["end_line"], wanted["end_column"])
            self.expressions.setdefault(place, []).append((int(wanted["index"]), wanted["loop"]))
        self.found_functions: set[tuple[int, str]] = set()
        self.found_loops: set[int] = set()
        self.found_expressions: set[int] = set()
        self.loopless: set[int] = set()
        self.depth = 0
        self.around: dict[int, int] = {}

    def _visited(self, node: object, parent: ast.AST) -> list[object]:
        """Return what stands in a node's place: one expression, or one or more statements."""
        if walk.is_untouched(node):
            return [node]
        if isinstance(node, _LOOPS):
            return self._loop(node)
        wanted = self._wanted(node, parent)  # type: ignore[arg-type]  # a node, as was asked
        if LOOKS_INTO_FSTRINGS or not isinstance(node, ast.JoinedStr):
            self.depth += isinstance(node, walk.SCOPES)
            self._children(node)  # type: ignore[arg-type]  # likewise
            self.depth -= isinstance(node, walk.SCOPES)
        if isinstance(node, walk.FUNCTIONS) and walk.position(node) in self.functions:
            self.found_functions.add(walk.position(node))
            _watch(node)
        for index, loop in wanted:
            node = self._probe(node, index, loop)  # type: ignore[arg-type]  # only expressions are wanted
        return [node]

    def _wanted(self, node: ast.AST, parent: ast.AST) -> list[tuple[int, int | None]]:
        if not isinstance(node, ast.expr) or not _can_be_wrapped(node, parent):
            return []
        return self.expressions.pop(walk.span(node), [])

    def _probe(self, node: ast.expr, index: int, loop: int | None) -> ast.expr:
        self.found_expressions.add(index)
        if loop is not None and loop not in self.around:
            self.loopless.add(index)
            loop = None
        if loop is None:
            probe = walk.call(walk.PROBES, "value", index, node)
        else:
            probe = walk.call(walk.PROBES, "looped", index, node, loop, self.depth - self.around[loop])
        return walk.placed(probe, node)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While) -> list[object]:
        index = self.loops.get((node.lineno, node.col_offset))
        if index is None:
            self._children(node)
            return [node]
        self.found_loops.add(index)
        outer = [around for around, depth in self.around.items() if depth == self.depth]  # in the same function
        self.around[index] = self.depth
        self._children(node)
        del self.around[index]
        node.body.insert(0, walk.statement(walk.call(walk.PROBES, "trip", index, *outer), node.body[0]))
        enter, leave = (walk.statement(walk.call(walk.PROBES, name, index), node) for name in ("enter", "leave"))
        guarded = ast.Try(body=[node], handlers=[], orelse=[], finalbody=[leave])
        return [enter, walk.placed(guarded, node)]


class Returns(ast.NodeTransformer):
    """Shows what one function is about to return; functions and classes inside it are left alone."""

    def visit_Return(self, node: ast.Return) -> ast.Return:
        """Wrap the value."""
        node.value = walk.placed(walk.call(walk.CALLS, "result", node.value or ast.Constant(value=None)), node)
        return node

    def visit(self, node: ast.AST) -> ast.AST:
        """Stay in this function, and out of expressions."""
        if isinstance(node, (*walk.DEFINITIONS, ast.expr)):
            return node
        return super().visit(node)  # type: ignore[no-any-return]  # typeshed: Any


def _watch(node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Put probes at the start of a function, at what it returns, and at its end however it ends."""
    first, last = node.body[0], node.body[-1]
    if isinstance(node, ast.FunctionDef):  # an asynchronous generator may return no value
        for each in node.body:
            Returns().visit(each)  # in place
        node.body.append(walk.statement(walk.call(walk.CALLS, "result", ast.Constant(value=None)), last))
    walk.finally_(node, [walk.statement(walk.call(walk.CALLS, "end"), last)])
    guarded = node.body[-1]
    node.body.insert(-1, walk.statement(walk.call(walk.CALLS, "begin"), guarded if guarded is not first else first))


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
