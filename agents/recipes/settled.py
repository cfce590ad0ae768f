"""Expressions that are silent, can't fail, and give the same whenever they are evaluated: it may be done later."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from agents.recipes.functions import FunctionNode
from agents.recipes.own_list import own_list
from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.recipes.tables import parents
from agents.recipes.uses import UseKind, bound_value, makes_list
from agents.recipes.walking import walk

_INTEGER_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
_ORDERING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_READING = frozenset({UseKind.LENGTH, UseKind.TRUTH, UseKind.ITERATE, UseKind.PROBE, UseKind.INDEX})
_COPYING = frozenset(
    f"itertools.{name}" for name in ("combinations", "combinations_with_replacement", "permutations", "product")
)


class Type(StrEnum):
    """What is known of a value, as far as operations on it are silent and can't fail."""

    INT = "int"
    """An int or bool."""
    NUMBER = "number"
    """An int, bool or float."""
    STR = "str"
    """Exactly a str."""
    INDEX = "index"
    """What `range` has already taken as an argument, and will take again."""
    ANY = "any"
    """Anything: it may be passed on and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value; of a tuple whose length is known, its parts too."""

    type: Type
    parts: tuple["Value", ...] = ()

    @property
    def is_scalar(self) -> bool:
        """Say whether its truth, and comparing it for equality, run no code of others."""
        return self.type in (Type.INT, Type.NUMBER, Type.STR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """When an expression is evaluated.

    Attributes:
        statement: where it is now.
        last: the statement of the same block, or the same one, in which it may be evaluated instead.
        is_direct: nothing that shows is done before the first of its steps, so that this one may fail.
    """

    statement: ast.stmt
    last: ast.stmt
    is_direct: bool


_INT, _STR, _ANY = Value(type=Type.INT), Value(type=Type.STR), Value(type=Type.ANY)
Locals = Mapping[str, Value]


class Settled:
    """Expressions of one statement, evaluated at it or later, while nothing behind `last` is reached."""

    def __init__(self, function: FunctionNode, module: Module, interval: "Interval") -> None:
        """Prepare for expressions of a function that are evaluated in an interval."""
        self._function = function
        self._module = module
        self._interval = interval
        self._statement = interval.statement
        self._last = interval.last
        self._names = names(module)
        self._looked_at: set[str] = set()

    def elements(self, element: ast.expr, generators: Sequence[ast.comprehension]) -> Value | None:
        """Return what a comprehension gives, when all but evaluating its first iterable may be done later."""
        return self._comprehension(element, generators, {}, is_eager=True)

    def stream(self, node: ast.expr, inner: Locals | None = None, *, is_eager: bool = False) -> Value | None:
        """Return what stepping through an expression gives, when that may be done later.

        Args:
            node: the expression.
            inner: names that comprehensions around it bind.
            is_eager: the expression itself is evaluated where it stands, only the steps may come later.
        """
        known = inner or {}
        if isinstance(node, ast.Call):
            return self._called_stream(node, known, is_eager=is_eager)
        if isinstance(node, ast.List | ast.Tuple):
            parts = [self.value(part, known) for part in node.elts]
            return _joined([part for part in parts if part]) if parts and all(parts) else None
        if isinstance(node, ast.ListComp | ast.GeneratorExp):
            return self._comprehension(node.elt, node.generators, known, is_eager=is_eager)
        if isinstance(node, ast.Name) and node.id not in known and self._is_steady_list(node):
            return _ANY
        given = self.value(node, known)
        return _STR if given == _STR else None

    def value(self, node: ast.expr, inner: Locals) -> Value | None:
        """Return what an expression gives, None when evaluating it later may show."""
        found = _VALUES.get(type(node))
        return found(self, node, inner) if found else None

    def _comprehension(
        self, element: ast.expr, generators: Sequence[ast.comprehension], inner: Locals, *, is_eager: bool
    ) -> Value | None:
        known = dict(inner)
        for index, generator in enumerate(generators):
            eager_now = is_eager and index == 0
            step = self.stream(generator.iter, known, is_eager=eager_now)
            if step is None or generator.is_async or not _bind(generator.target, step, known):
                return None
            if eager_now:
                known.update(self._taken_by_range(generator.iter, known))
            tests = [self.value(test, known) for test in generator.ifs]
            if not all(test is not None and test.is_scalar for test in tests):
                return None
        return self.value(element, known)

    def _called_stream(self, node: ast.Call, inner: Locals, *, is_eager: bool) -> Value | None:
        if any(isinstance(argument, ast.Starred) for argument in node.args) or node.keywords:
            return None
        if is_eager and self._names.dotted(node.func) in _COPYING:
            return _ANY
        if not isinstance(node.func, ast.Name) or not self._names.is_builtin(node.func.id, node.func):
            return self._split(node, inner)
        if node.func.id == "range":
            return _INT if is_eager or self._is_silent_range(node, inner) else None
        if node.func.id not in ("enumerate", "reversed", "zip") or (len(node.args) > 1 and node.func.id != "zip"):
            return None
        steps = [self.stream(argument, inner, is_eager=is_eager) for argument in node.args]
        given = tuple(step for step in steps if step)
        if not given or len(given) != len(steps):
            return None
        if node.func.id == "reversed":
            return given[0] if _is_sequence(node.args[0]) else None
        return Value(type=Type.ANY, parts=given if node.func.id == "zip" else (_INT, *given))

    def _split(self, node: ast.Call, inner: Locals) -> Value | None:
        """Return str for `text.split()` and its like on what is surely a str."""
        method = node.func if isinstance(node.func, ast.Attribute) else None
        if method is None or node.args or method.attr not in ("split", "splitlines"):
            return None
        return _STR if self.value(method.value, inner) == _STR else None

    def _is_silent_range(self, node: ast.Call, inner: Locals) -> bool:
        """Say whether a `range` that is called for every step of one around it surely succeeds, or fails at the first.

        Whatever `range` takes as an argument once, it takes again.
        """
        if not 1 <= len(node.args) <= 3:
            return False
        may_fail = self._interval.is_direct and not any(_mentioned(argument) & inner.keys() for argument in node.args)
        if may_fail:
            return all(isinstance(argument, ast.Name | ast.Constant) for argument in node.args) and all(
                self.value(argument, inner) for argument in node.args
            )
        given = [self.value(argument, inner) for argument in node.args]
        is_number = all(value is not None and value.type in (Type.INT, Type.INDEX) for value in given)
        return is_number and all(_is_step(step) for step in node.args[2:])

    def _taken_by_range(self, node: ast.expr, inner: Locals) -> Locals:
        """Return the names that a `range` which was just called took as they are."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "range":
            return {}
        taken = [argument for argument in node.args if isinstance(argument, ast.Name) and argument.id not in inner]
        found = {argument.id: self.value(argument, inner) for argument in taken}
        return {name: replace(value, type=Type.INDEX) for name, value in found.items() if value == _ANY}

    def _constant(self, node: ast.Constant, _inner: Locals) -> Value | None:
        types = {int: Type.INT, bool: Type.INT, float: Type.NUMBER, str: Type.STR}
        return Value(type=types.get(type(node.value), Type.ANY))

    def _name(self, node: ast.Name, inner: Locals) -> Value | None:
        if node.id in inner:
            return inner[node.id]
        scope = self._names.inside(self._function)
        bound = self._names.bindings(node.id, scope)
        if self._names.resolve(node.id, node) is not scope or len(bound) != 1:
            return None
        if isinstance(bound[0], ast.arg):
            return _ANY
        return self._bound_local(bound[0], inner)

    def _bound_local(self, bound: ast.AST, inner: Locals) -> Value | None:
        """Return the value of a local that is bound in one place, which is surely passed before the statement."""
        if not isinstance(bound, ast.Name) or not isinstance(bound.ctx, ast.Store):
            return None
        above = parents(self._module)
        statement = above[bound]
        while not isinstance(statement, ast.stmt):
            statement = above[statement]
        if isinstance(statement, ast.For):
            return self._loop_target(statement, bound)
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or not self._is_before(statement):
            return None
        value = bound_value(statement, bound)
        if value is None or bound.id in self._looked_at or inner.keys() & _mentioned(value):
            return _ANY
        self._looked_at.add(bound.id)
        known = self.value(value, {})
        self._looked_at.discard(bound.id)
        return known if known is not None and known.is_scalar else _ANY

    def _loop_target(self, loop: ast.For, bound: ast.Name) -> Value | None:
        """Return the value of a loop's variable in its body."""
        if not self._is_inside(loop.body):
            return None
        function = loop.iter.func if isinstance(loop.iter, ast.Call) and loop.target is bound else None
        counts = isinstance(function, ast.Name) and function.id == "range" and self._names.is_builtin("range", function)
        return _INT if counts else _ANY

    def _is_inside(self, body: Sequence[ast.stmt]) -> bool:
        return any(node is self._statement for part in body for node in walk(part))

    def _is_before(self, statement: ast.stmt) -> bool:
        """Say whether a statement stands before this one in its block, or in one further out."""
        above, below = parents(self._module), self._statement
        node: ast.AST = below
        while node is not self._function:
            holder = above[node]
            for _, block in ast.iter_fields(holder):
                if isinstance(block, list) and node in block and statement in block[: block.index(node)]:
                    return True
            node = holder
        return False

    def _is_steady_list(self, node: ast.Name) -> bool:
        """Say whether a name is a list made here that nothing else holds or changes until `last` is done."""
        own = own_list(self._function, node.id, self._module)
        if own is None or self._statement not in own.block or self._last not in own.block:
            return False
        first, last = own.block.index(self._statement), own.block.index(self._last)
        if own.start >= first or not makes_list(own.value, self._is_builtin):
            return False
        earlier, meanwhile = own.at(own.start, first - 1), own.at(first, last)
        is_held_here = all(use.kind is not UseKind.OTHER for use in earlier)
        return is_held_here and all(use.kind in _READING for use in meanwhile)

    def _is_builtin(self, name: str) -> bool:
        return self._names.is_builtin(name, self._function.body[0])

    def _display(self, node: ast.Tuple | ast.List, inner: Locals) -> Value | None:
        parts = [self.value(part, inner) for part in node.elts]
        if not all(parts):
            return None
        known = tuple(part for part in parts if part)
        return Value(type=Type.ANY, parts=known if isinstance(node, ast.Tuple) else ())

    def _nested(self, node: ast.ListComp, inner: Locals) -> Value | None:
        """Return what is known of a list that is one element of several: a later one must not fail either."""
        later = Settled(self._function, self._module, replace(self._interval, is_direct=False))
        found = later._comprehension(node.elt, node.generators, inner, is_eager=False)
        return _ANY if found is not None else None

    def _operation(self, node: ast.BinOp, inner: Locals) -> Value | None:
        left, right = self.value(node.left, inner), self.value(node.right, inner)
        if left == right == _STR:
            return _STR if isinstance(node.op, ast.Add) else None
        if left != _INT or right != _INT:
            return None
        if isinstance(node.op, ast.FloorDiv | ast.Mod):
            return _INT if _is_step(node.right) else None
        return _INT if isinstance(node.op, _INTEGER_OPERATORS) else None

    def _unary(self, node: ast.UnaryOp, inner: Locals) -> Value | None:
        value = self.value(node.operand, inner)
        if isinstance(node.op, ast.Not):
            return _INT if value is not None and value.is_scalar else None
        return _INT if value == _INT else None

    def _boolean(self, node: ast.BoolOp, inner: Locals) -> Value | None:
        values = [self.value(part, inner) for part in node.values]
        known = [value for value in values if value is not None and value.is_scalar]
        return _joined(known) if len(known) == len(values) else None

    def _choice(self, node: ast.IfExp, inner: Locals) -> Value | None:
        test = self.value(node.test, inner)
        body, other = self.value(node.body, inner), self.value(node.orelse, inner)
        if test is None or not test.is_scalar or body is None or other is None:
            return None
        return _joined([body, other])

    def _comparison(self, node: ast.Compare, inner: Locals) -> Value | None:
        values = [self.value(side, inner) for side in (node.left, *node.comparators)]
        sides = [value for value in values if value is not None]
        if len(sides) != len(values):
            return None
        pairs = zip(node.ops, sides, sides[1:], strict=False)
        return _INT if all(_is_silent_comparison(*pair) for pair in pairs) else None

    def _call(self, node: ast.Call, inner: Locals) -> Value | None:
        """Return what a few builtins give for integers and text."""
        if not isinstance(node.func, ast.Name) or not self._names.is_builtin(node.func.id, node.func) or node.keywords:
            return None
        values = [self.value(argument, inner) for argument in node.args]
        all_integers = bool(values) and all(value == _INT for value in values)
        if node.func.id in ("min", "max"):
            return _INT if all_integers and len(values) > 1 else None
        if len(values) != 1:
            return None
        if node.func.id == "len" and isinstance(node.args[0], ast.Name) and self._is_steady_list(node.args[0]):
            return _INT
        of_text = values[0] == _STR and node.func.id in ("len", "bool")
        return _INT if of_text or (all_integers and node.func.id in ("abs", "bool", "int")) else None

    def _slice(self, node: ast.Subscript, inner: Locals) -> Value | None:
        """Return str for a slice of text between integers, which can't fail."""
        if not isinstance(node.slice, ast.Slice) or node.slice.step is not None:
            return None
        if self.value(node.value, inner) != _STR:
            return None
        bounds = [bound for bound in (node.slice.lower, node.slice.upper) if bound is not None]
        return _STR if all(self.value(bound, inner) == _INT for bound in bounds) else None


def _is_sequence(node: ast.expr) -> bool:
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"
    return is_call or isinstance(node, ast.List | ast.Tuple | ast.ListComp | ast.Name)


def _is_step(node: ast.expr) -> bool:
    """Say whether it is an integer other than 0, as written."""
    number = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    return isinstance(number, ast.Constant) and type(number.value) is int and number.value != 0


def _is_silent_comparison(operator: ast.cmpop, left: Value, right: Value) -> bool:
    if isinstance(operator, ast.Is | ast.IsNot):
        return left.type is Type.ANY or right.type is Type.ANY
    if isinstance(operator, _ORDERING):
        are_numbers = {left.type, right.type} <= {Type.INT, Type.NUMBER}
        return are_numbers or left == right == _STR
    if isinstance(operator, ast.In | ast.NotIn):
        in_parts = bool(right.parts) and left.is_scalar and all(part.is_scalar for part in right.parts)
        return in_parts or left == right == _STR
    return left.is_scalar and right.is_scalar


def _joined(values: Sequence[Value]) -> Value:
    """Return what is known of a value that is one of these."""
    if all(value == values[0] for value in values):
        return values[0]
    is_number = {value.type for value in values} <= {Type.INT, Type.NUMBER}
    return Value(type=Type.NUMBER) if is_number else _ANY


def _bind(target: ast.expr, value: Value, known: dict[str, Value]) -> bool:
    """Bind the names of a target; unpacking is silent only where the parts are known."""
    if isinstance(target, ast.Name):
        known[target.id] = value
        return True
    if not isinstance(target, ast.Tuple | ast.List) or len(target.elts) != len(value.parts):
        return False
    return all(_bind(part, given, known) for part, given in zip(target.elts, value.parts, strict=True))


def _mentioned(node: ast.expr) -> set[str]:
    return {part.id for part in walk(node) if isinstance(part, ast.Name)}


_VALUES: dict[type, Callable[..., Value | None]] = {
    ast.Constant: Settled._constant,
    ast.Name: Settled._name,
    ast.Tuple: Settled._display,
    ast.List: Settled._display,
    ast.ListComp: Settled._nested,
    ast.BinOp: Settled._operation,
    ast.UnaryOp: Settled._unary,
    ast.BoolOp: Settled._boolean,
    ast.IfExp: Settled._choice,
    ast.Compare: Settled._comparison,
    ast.Call: Settled._call,
    ast.Subscript: Settled._slice,
}
