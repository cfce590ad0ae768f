"""Prove that a local list holds an element wherever it is popped, since a deque words its IndexError differently."""

import ast
import itertools
from collections.abc import Callable, Iterable, Sequence

from agents.recipes.uses import bound_value
from agents.recipes.walking import children, walk

_REPEATED = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CATCHES_INDEX_ERROR = frozenset({"IndexError", "LookupError", "Exception", "BaseException"})


def unproven_pops(body: Sequence[ast.stmt], name: str, is_builtin: Callable[[str], bool]) -> tuple[ast.Call, ...]:
    """Return the pops of `name` that may meet it empty, in no particular order.

    Args:
        body: statements of the function in which `name` is a local list that never escapes.
        name: the list.
        is_builtin: says whether a name means the builtin here (`len`, `range`, `bool`).
    """
    prover = _Prover(name, is_builtin)
    prover.block(body, 0)
    return tuple(prover.unproven)


def pops_of(node: ast.AST, name: str) -> tuple[ast.Call, ...]:
    """Return the calls `name.pop(…)` below a node."""
    return tuple(call for call in _method_calls(node, name) if _method(call) == "pop")


class _Prover:
    """Walks statements in order, knowing the fewest elements the list may hold at each: 0 or 1.

    Behind a jump nothing is reached: the state 1 there joins with any other as it should.
    """

    def __init__(self, name: str, is_builtin: Callable[[str], bool]) -> None:
        self.unproven: list[ast.Call] = []
        self._name = name
        self._is_builtin = is_builtin
        self._caught = False
        self._of: dict[type[ast.stmt], Callable[[ast.stmt, int], int]] = {
            ast.If: self._if,
            ast.While: self._while,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.Try: self._try,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Match: self._match,
        }

    def block(self, body: Sequence[ast.stmt], least: int) -> int:
        for statement in body:
            least = self._of.get(type(statement), self._simple)(statement, least)
        return least

    def _simple(self, node: ast.stmt, least: int) -> int:
        if hasattr(node, "body"):  # a compound statement that is not looked into
            self._expression(node, 0)
            return 0
        least = self._expression(node, least)
        if isinstance(node, ast.Return | ast.Raise | ast.Break | ast.Continue):
            return 1
        targets = _stores(node, self._name)
        return int(_is_filled_display(bound_value(node, targets[0]))) if targets else least

    def _if(self, node: ast.stmt, least: int) -> int:
        assert isinstance(node, ast.If)
        least = self._expression(node.test, least)
        then = self.block(node.body, max(least, self._implies(node.test, truth=True)))
        other = self.block(node.orelse, max(least, self._implies(node.test, truth=False)))
        return min(then, other)

    def _while(self, node: ast.stmt, least: int) -> int:
        assert isinstance(node, ast.While)
        kept = self._kept(node, least)
        self._expression(node.test, kept)
        self.block(node.body, max(kept, self._implies(node.test, truth=True)))
        self.block(node.orelse, kept)
        return kept

    def _for(self, node: ast.stmt, least: int) -> int:
        assert isinstance(node, ast.For | ast.AsyncFor)
        kept = self._kept(node, self._expression(node.iter, least))
        self.block(node.body, max(kept, self._is_level(node.iter) and self._shrinks_once(node.body)))
        self.block(node.orelse, kept)
        return kept

    def _try(self, node: ast.stmt, least: int) -> int:
        assert isinstance(node, ast.Try)
        outer = self._caught
        if node.handlers:
            self._caught = _hides_index_error(node.handlers[0])
        after = self.block(node.body, least)
        self._caught = outer
        after = self.block(node.orelse, after)
        for handler in node.handlers:
            after = min(after, self.block(handler.body, 0))
        self.block(node.finalbody, 0)
        return 0 if any(self._may_shrink(statement) for statement in node.finalbody) else after

    def _with(self, node: ast.stmt, least: int) -> int:
        assert isinstance(node, ast.With | ast.AsyncWith)
        for item in node.items:
            least = self._expression(item, least)
        outer, self._caught = self._caught, False  # the manager sees the exception
        self.block(node.body, least)
        self._caught = outer
        return self._kept(node, least)  # it may swallow an exception anywhere in the body

    def _match(self, node: ast.stmt, least: int) -> int:
        assert isinstance(node, ast.Match)
        kept = self._kept(node, self._expression(node.subject, least))
        for case in node.cases:
            if case.guard is not None:
                self._expression(case.guard, kept)
            self.block(case.body, kept)
        return kept

    def _kept(self, node: ast.AST, least: int) -> int:
        return 0 if self._may_shrink(node) else least

    def _expression(self, node: ast.AST, least: int) -> int:
        pops = pops_of(node, self._name)
        if not pops:
            return max(least, self._surely_grows(node))
        first, *rest = pops
        reached_filled = least and not self._repeats(node, first)
        if not reached_filled and not self._guarded(node, first):
            self._note(first)
        for call in rest:
            self._note(call)
        return 0

    def _note(self, call: ast.Call) -> None:
        if not self._caught:
            self.unproven.append(call)

    def _repeats(self, node: ast.AST, call: ast.Call) -> bool:
        return any(isinstance(step, _REPEATED) for step in _path(node, call))

    def _guarded(self, node: ast.AST, call: ast.Call) -> bool:
        """Say whether the way from `node` down to the call passes a test that proves an element."""
        path = _path(node, call)
        proven = False
        for step, below in itertools.pairwise(path):
            if isinstance(step, _REPEATED):
                proven = self._is_level_comprehension(step, below)
            elif isinstance(step, ast.BoolOp):
                before = step.values[: _index_of(step.values, below)]
                proven = proven or any(self._implies(test, truth=isinstance(step.op, ast.And)) for test in before)
            elif isinstance(step, ast.IfExp) and below is not step.test:
                proven = proven or self._implies(step.test, truth=below is step.body)
        return proven

    def _is_level_comprehension(self, node: ast.AST, below: ast.AST) -> bool:
        if not isinstance(node, ast.ListComp | ast.SetComp) or below is not node.elt or len(node.generators) != 1:
            return False
        return self._is_level(node.generators[0].iter) and self._shrinks_once([node.elt, *node.generators[0].ifs])

    def _is_level(self, iterated: ast.expr) -> bool:
        """Say whether it is `range(len(name))`: as many turns as there were elements."""
        return self._is_call(iterated, "range") and self._is_length(_only_argument(iterated))

    def _shrinks_once(self, nodes: Iterable[ast.AST]) -> bool:
        nodes = tuple(nodes)
        pops = [call for node in nodes for call in pops_of(node, self._name)]
        rebound = any(_stores(node, self._name) for node in nodes)
        return len(pops) == 1 and not rebound and not any(self._repeats(node, pops[0]) for node in nodes)

    def _may_shrink(self, node: ast.AST) -> bool:
        return bool(pops_of(node, self._name) or _stores(node, self._name))

    def _surely_grows(self, node: ast.AST) -> bool:
        value = node.value if isinstance(node, ast.Expr) else None
        return isinstance(value, ast.Call) and _is_on(value, self._name) and _method(value) in ("append", "insert")

    def _implies(self, test: ast.expr, *, truth: bool) -> bool:
        """Say whether the test being true (or false) proves an element."""
        if pops_of(test, self._name):
            return False
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self._implies(test.operand, truth=not truth)
        if isinstance(test, ast.BoolOp):
            decides = isinstance(test.op, ast.And) is truth
            parts = [self._implies(value, truth=truth) for value in test.values]
            return any(parts) if decides else all(parts)
        if isinstance(test, ast.Compare):
            return _length_test(test, self._is_length) is truth
        return truth and self._means_filled(test)

    def _means_filled(self, test: ast.expr) -> bool:
        if isinstance(test, ast.Name):
            return test.id == self._name
        is_bool = self._is_call(test, "bool") and _is_name(_only_argument(test), self._name)
        return is_bool or self._is_length(test)

    def _is_length(self, node: ast.expr | None) -> bool:
        return self._is_call(node, "len") and _is_name(_only_argument(node), self._name)

    def _is_call(self, node: ast.expr | None, function: str) -> bool:
        return isinstance(node, ast.Call) and _is_name(node.func, function) and self._is_builtin(function)


def _length_test(test: ast.Compare, is_length: Callable[[ast.expr], bool]) -> bool | None:
    """Return the truth of `len(q) <op> constant` that proves an element, None when neither does."""
    if len(test.ops) != 1:
        return None
    left, operator, right = test.left, type(test.ops[0]), test.comparators[0]
    if is_length(right):
        left, operator, right = right, _MIRRORED.get(operator, operator), left
    if not is_length(left) or not isinstance(right, ast.Constant) or type(right.value) is not int:
        return None
    return _PROVING.get((operator, min(max(right.value, -1), 2)))


_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
# Truth of `len(q) <op> k` that proves an element, k = 2 standing for every larger constant.
_PROVING: dict[tuple[type[ast.cmpop], int], bool] = {
    (ast.Gt, 0): True,
    (ast.Gt, 1): True,
    (ast.Gt, 2): True,
    (ast.GtE, 1): True,
    (ast.GtE, 2): True,
    (ast.NotEq, 0): True,
    (ast.Eq, 1): True,
    (ast.Eq, 2): True,
    (ast.Eq, 0): False,
    (ast.Lt, 1): False,
    (ast.Lt, 2): False,
    (ast.LtE, 0): False,
    (ast.LtE, 1): False,
    (ast.LtE, 2): False,
}


def _hides_index_error(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler takes an IndexError and never looks at it."""
    if handler.name is not None or not all(_is_quiet(statement) for statement in handler.body):
        return False
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in _CATCHES_INDEX_ERROR) for kind in types)


def _is_quiet(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return):
        return statement.value is None or isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass | ast.Break | ast.Continue)


def _is_filled_display(value: ast.expr | None) -> bool:
    return isinstance(value, ast.List) and any(not isinstance(element, ast.Starred) for element in value.elts)


def _method_calls(node: ast.AST, name: str) -> Iterable[ast.Call]:
    return (call for call in walk(node) if isinstance(call, ast.Call) and _is_on(call, name))


def _is_on(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Attribute) and _is_name(call.func.value, name)


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _stores(node: ast.AST, name: str) -> list[ast.Name]:
    names = [part for part in walk(node) if isinstance(part, ast.Name) and part.id == name]
    return [part for part in names if not isinstance(part.ctx, ast.Load)]


def _is_name(node: ast.expr | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _only_argument(node: ast.expr | None) -> ast.expr | None:
    alone = isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords
    return node.args[0] if alone and isinstance(node, ast.Call) else None


def _index_of(values: Sequence[ast.expr], wanted: ast.AST) -> int:
    return next(index for index, value in enumerate(values) if value is wanted)


def _path(node: ast.AST, target: ast.AST) -> list[ast.AST]:
    """Return the nodes from `node` down to `target`, both included; empty when it is not below."""
    if node is target:
        return [node]
    for child in children(node):
        below = _path(child, target)
        if below:
            return [node, *below]
    return []
