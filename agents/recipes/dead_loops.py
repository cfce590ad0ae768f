"""Statements of a function that do nothing but give values to locals nobody reads."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.recipes.bound_names import is_surely_bound
from agents.recipes.builtin_values import shape_of
from agents.recipes.functions import FunctionNode, own
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.scope import names
from agents.recipes.tables import parents
from agents.recipes.unread import is_unread_outside, stored_names
from agents.recipes.walking import nodes, walk

_WHOLE = frozenset({"bool", "int"})
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
_CLOCKS = frozenset({"sched", "time", "timeit"})
_DOING = (ast.Attribute, ast.Await, ast.Call, ast.Return, ast.Subscript, ast.While, ast.Yield, ast.YieldFrom)
_CONTAINERS = frozenset({"bytes", "dict", "frozenset", "list", "range", "set", "str", "tuple"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLoop:
    """A loop whose results are never read.

    Attributes:
        loop: it ends by itself, and nothing in it can fail or show.
        start: the statements before it that give its locals their first values, read by nobody else either.
        kept: the call `range(…)` that must still be made once, as it may raise; None when it can't.
    """

    loop: ast.For
    start: tuple[ast.Assign, ...]
    kept: ast.Call | None


def dead_loops(function: FunctionNode, module: Module, project: Project) -> Iterator[DeadLoop]:
    """Yield the loops of a function that may be left out, outer ones alone, in source order."""
    if _tells_the_time(module):
        return
    silent = _Silent(module, project)
    done: set[ast.AST] = set()
    for node in own(function, ast.For):
        if node not in done:
            found = _dead_loop(node, function, module, silent)
            if found is not None:
                done.update(walk(node))
                yield found


@once
def _tells_the_time(module: Module) -> bool:
    """Say whether a module imports a clock: then its loops may be what is timed, or what passes the time."""
    imported: Sequence[ast.Import | ast.ImportFrom] = nodes(module.syntax, ast.Import, ast.ImportFrom)
    dotted = (
        [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        for node in imported
    )
    return any(name.partition(".")[0] in _CLOCKS for group in dotted for name in group)


def _dead_loop(loop: ast.For, function: FunctionNode, module: Module, silent: "_Silent") -> DeadLoop | None:
    if loop.orelse or not isinstance(loop.target, ast.Name) or not _gives_values(loop):
        return None
    if not all(map(_is_plain, loop.body)) or not all(map(silent.runs, loop.body)):
        return None
    is_total = silent.steps(loop.iter)
    if not is_total and not silent.is_range(loop.iter):
        return None
    start = tuple(_start(loop, module, silent))
    if not is_unread_outside(stored_names([loop]), [loop, *start], function, module):
        start = ()
        if not is_unread_outside(stored_names([loop]), [loop], function, module):
            return None
    kept = None if is_total or not isinstance(loop.iter, ast.Call) else loop.iter
    return DeadLoop(loop=loop, start=start, kept=kept)


def _gives_values(loop: ast.For) -> bool:
    """Say whether a loop gives values to locals at all: an empty one may be there to pass the time."""
    return any(isinstance(node, ast.Assign | ast.AugAssign) for node in walk(loop))


def _is_plain(statement: ast.stmt) -> bool:
    """Say whether a statement may be silent at all, which is told fast: it calls nothing but `range`."""
    return not any(
        isinstance(node, _DOING) and not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
        for node in walk(statement)
    )


def _start(loop: ast.For, module: Module, silent: "_Silent") -> Iterator[ast.Assign]:
    """Yield the assignments right before a loop that give its locals values at no risk."""
    stored = stored_names([loop])
    for _, block in ast.iter_fields(parents(module)[loop]):
        if isinstance(block, list) and loop in block:
            for statement in reversed(block[: block.index(loop)]):
                if not isinstance(statement, ast.Assign) or not silent.runs(statement):
                    return
                if stored_names([statement]) <= stored:
                    yield statement


class _Silent:
    """What surely ends, raises nothing and changes nothing but locals, in one module."""

    def __init__(self, module: Module, project: Project) -> None:
        self._module = module
        self._project = project

    def runs(self, statement: ast.stmt) -> bool:
        """Say whether running a statement is silent; what it jumps to must be looked at apart."""
        if isinstance(statement, ast.Assign):
            is_local = len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name)
            return is_local and (isinstance(statement.value, ast.Constant) or self._is_whole(statement.value))
        if isinstance(statement, ast.AugAssign):
            is_local = isinstance(statement.target, ast.Name) and self._is_bound(statement.target)
            return is_local and self._operates(statement.op, statement.target, statement.value)
        if isinstance(statement, ast.If):
            return self._is_whole(statement.test) and all(map(self.runs, (*statement.body, *statement.orelse)))
        if isinstance(statement, ast.For):
            is_plain = isinstance(statement.target, ast.Name) and self.steps(statement.iter)
            return is_plain and all(map(self.runs, (*statement.body, *statement.orelse)))
        return isinstance(statement, ast.Pass | ast.Break | ast.Continue)

    def _gives(self, node: ast.expr) -> bool:
        """Say whether evaluating an expression is silent, whatever it gives."""
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, ast.Name):
            return self._is_bound(node)
        if isinstance(node, ast.BinOp):
            return self._operates(node.op, node.left, node.right)
        if isinstance(node, ast.UnaryOp):
            return self._is_whole(node.operand)
        if isinstance(node, ast.Compare):
            return all(map(self._is_whole, (node.left, *node.comparators))) and not any(
                isinstance(operator, ast.In | ast.NotIn) for operator in node.ops
            )
        if isinstance(node, ast.BoolOp):
            return all(map(self._is_whole, node.values))
        return isinstance(node, ast.IfExp) and all(map(self._is_whole, (node.test, node.body, node.orelse)))

    def steps(self, node: ast.expr) -> bool:
        """Say whether stepping through an expression is silent and ends."""
        if self.is_range(node):
            assert isinstance(node, ast.Call)
            is_step = all(isinstance(step, ast.Constant) and step.value for step in node.args[2:])
            return is_step and all(map(self._is_whole, node.args))
        return isinstance(node, ast.Name) and self._is_bound(node) and self._type(node) in _CONTAINERS

    def is_range(self, node: ast.expr) -> bool:
        """Say whether an expression is a call of `range`: stepping through what it gives is silent and ends."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "range":
            return False
        plain = 1 <= len(node.args) <= 3 and not any(isinstance(one, ast.Starred) for one in node.args)
        return plain and not node.keywords and names(self._module).is_builtin("range", node.func)

    def _operates(self, operator: ast.operator, left: ast.expr, right: ast.expr) -> bool:
        if isinstance(operator, ast.FloorDiv | ast.Mod):
            is_safe = isinstance(right, ast.Constant) and type(right.value) is int and right.value != 0
            return is_safe and self._is_whole(left)
        return isinstance(operator, _OPERATORS) and self._is_whole(left) and self._is_whole(right)

    def _is_whole(self, node: ast.expr) -> bool:
        """Say whether evaluating an expression is silent and surely gives an int or a bool."""
        return self._type(node) in _WHOLE and self._gives(node)

    def _type(self, node: ast.expr) -> str:
        shape = shape_of(node, self._module, self._project)
        return shape.type if shape else ""

    def _is_bound(self, node: ast.Name) -> bool:
        scope = names(self._module).resolve(node.id, node)
        return scope is not None and is_surely_bound(node, self._module)
