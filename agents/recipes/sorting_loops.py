"""Loops that sort a list in place by comparing and moving elements: which ones surely leave it sorted."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agents.recipes.linear import Atom, Sum, constant, constant_of, named, plus, sum_of
from agents.recipes.walking import walk

_LENGTH = "#"
"""Stands for the length of the list in sums."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SortingLoop:
    """One loop that sorts, whenever `>` is a total order of the elements.

    Attributes:
        loop: the outer loop.
        list_name: the local it sorts.
        is_descending: the greatest comes first.
        is_stable: equal elements keep their order.
        length: the call `len(list)` that the loop, or the statement right before it, evaluates once.
    """

    loop: ast.For
    list_name: str
    is_descending: bool
    is_stable: bool
    length: ast.Call


@dataclass(frozen=True, slots=True, kw_only=True)
class _Range:
    """`for name in range(…)`: from `start` by `step` until `stop` is reached."""

    name: str
    start: Sum
    stop: Sum
    step: int
    body: Sequence[ast.stmt]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What a test is true for: the element at `first` belongs behind the one at `second`, as it says by `>` or `<`."""

    first: Sum
    second: Sum
    is_greater: bool


def sorting_loop(loop: ast.For, before: ast.stmt | None, is_builtin: Callable[[str], bool]) -> SortingLoop | None:
    """Return what a loop sorts, None when it may do anything else.

    Args:
        loop: any.
        before: the statement right before it in its block; it may be `n = len(list)`.
        is_builtin: says whether a name means the builtin here (`len`, `range`).
    """
    stored = {_subscripted(node) for node in walk(loop) if isinstance(node, ast.Subscript)}
    name = stored.pop() if len(stored) == 1 else ""
    if not name or not is_builtin("len") or not is_builtin("range"):
        return None
    return _Reader(name, before).sorting(loop)


def _subscripted(node: ast.Subscript) -> str:
    return node.value.id if isinstance(node.value, ast.Name) else ""


class _Reader:
    """Reads one loop over the indices of one list."""

    def __init__(self, name: str, before: ast.stmt | None) -> None:
        self._name = name
        self._length_name = ""
        self._lengths: list[ast.Call] = []
        if isinstance(before, ast.Assign) and self._is_length(before.value) and len(before.targets) == 1:
            target = before.targets[0]
            self._length_name = target.id if isinstance(target, ast.Name) else ""

    def sorting(self, loop: ast.For) -> SortingLoop | None:
        outer = self._range(loop)
        if outer is None or not self._lengths:
            return None
        length = self._lengths[0]
        if self._stores(loop) & {self._name, self._length_name}:
            return None
        for read, is_stable in ((self._bubble, True), (self._insertion, True), (self._chosen, False)):
            is_greater = read(outer)
            if is_greater is not None:
                return SortingLoop(
                    loop=loop,
                    list_name=self._name,
                    is_descending=not is_greater,
                    is_stable=is_stable,
                    length=length,
                )
        return None

    def _bubble(self, outer: _Range) -> bool | None:
        """Read sweeps that swap neighbours: each takes the last one that is left to its place."""
        body = self._without_flag(outer)
        inner = self._range(body[0]) if len(body) == 1 and isinstance(body[0], ast.For) else None
        if inner is None or inner.step != 1 or inner.name == outer.name or len(inner.body) != 1:
            return None
        order = self._swapped_if(inner.body[0])
        if order is None:
            return None
        for shift in (0, -1):
            low, high = named(inner.name, plus=shift), named(inner.name, plus=shift + 1)
            if {order.first, order.second} == {low, high}:
                sweeps = constant_of(inner.start) == -shift and _sweeps_all(outer, plus(inner.stop, shift))
                return order.is_greater == (order.first == low) if sweeps else None
        return None

    @staticmethod
    def _without_flag(outer: _Range) -> Sequence[ast.stmt]:
        """Return a sweep without the flag that ends the sorting after a sweep that swapped nothing.

        A flag that is handled in another way stays, and what stays is not read.
        """
        body = outer.body
        if len(body) != 3 or not isinstance(body[1], ast.For) or len(body[1].body) != 1:
            return body
        (flag, truth), one, swap = _flag(body[0]), body[1], body[1].body[0]
        if not flag or truth or flag == outer.name or not _breaks_unless(body[2], flag) or not isinstance(swap, ast.If):
            return body
        kept = [statement for statement in swap.body if _flag(statement) != (flag, True)]
        stored = [node for node in walk(one) if isinstance(node, ast.Name) and node.id == flag]
        if len(stored) != 1 or len(kept) != len(swap.body) - 1:
            return body
        plain = ast.If(test=swap.test, body=kept, orelse=swap.orelse)
        return [ast.For(target=one.target, iter=one.iter, body=[plain], orelse=one.orelse)]

    def _insertion(self, outer: _Range) -> bool | None:
        """Read the moving of each element down to its place among those before it."""
        start, stop = constant_of(outer.start), outer.stop
        if outer.step != 1 or start not in (0, 1) or stop != named(_LENGTH) or len(outer.body) != 4:
            return None
        taken, placed, moving, put = outer.body
        key, index = _target(taken), _target(placed)
        if not isinstance(moving, ast.While) or moving.orelse or not key or not index or key == index:
            return None
        if len({key, index, outer.name}) != 3 or self._index(_value(taken)) != named(outer.name):
            return None
        for shift in (0, -1):
            low, high = named(index, plus=shift), named(index, plus=shift + 1)
            if self._sum(_value(placed)) != named(outer.name, plus=-shift - 1):
                continue
            greater = self._moves(moving, key, index, (low, high))
            is_put = self._stored(put) == high and _is_name(_value(put), key)
            return greater if is_put else None
        return None

    def _moves(self, loop: ast.While, key: str, index: str, places: tuple[Sum, Sum]) -> bool | None:
        """Return whether a loop moves greater elements up (True) or lesser ones, until one fits or none is left."""
        low, high = places
        test = loop.test
        if not isinstance(test, ast.BoolOp) or not isinstance(test.op, ast.And) or len(test.values) != 2:
            return None
        if len(loop.body) != 2 or not self._is_not_negative(test.values[0], low, index):
            return None
        moved, stepped = loop.body
        if self._stored(moved) != high or self._index(_value(moved)) != low or not self._steps_down(stepped, index):
            return None
        return self._compares_with(test.values[1], low, key)

    def _is_not_negative(self, test: ast.expr, low: Sum, index: str) -> bool:
        """Say whether a test is `index >= 0` for the lower of two places, in any of its forms."""
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not _is_name(test.left, index):
            return False
        limit = constant_of(self._sum(test.comparators[0]))
        least = named(index) != low  # the place is index - 1
        forms = {ast.GtE: int(least), ast.Gt: int(least) - 1}
        return limit is not None and forms.get(type(test.ops[0])) == limit

    def _steps_down(self, statement: ast.stmt, index: str) -> bool:
        if isinstance(statement, ast.AugAssign):
            is_own = _is_name(statement.target, index) and isinstance(statement.op, ast.Sub)
            return is_own and constant_of(self._sum(statement.value)) == 1
        return _target(statement) == index and self._sum(_value(statement)) == named(index, plus=-1)

    def _compares_with(self, test: ast.expr, low: Sum, key: str) -> bool | None:
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Gt | ast.Lt):
            return None
        left, right = test.left, test.comparators[0]
        is_greater = isinstance(test.ops[0], ast.Gt)
        if self._index(left) == low and _is_name(right, key):
            return is_greater
        return not is_greater if self._index(right) == low and _is_name(left, key) else None

    def _chosen(self, outer: _Range) -> bool | None:
        """Read the search of the least one that is left for each place, by swaps or with one swap at the end."""
        end = constant_of(_beyond_length(outer.stop))
        if outer.step != 1 or constant_of(outer.start) != 0 or end not in (0, -1):
            return None
        body = outer.body
        searching = body[0] if len(body) == 1 else body[1] if len(body) in (3, 5) else None
        inner = self._range(searching) if isinstance(searching, ast.For) else None
        if inner is None or inner.step != 1 or inner.stop != named(_LENGTH) or len(inner.body) != 1:
            return None
        if inner.start not in (named(outer.name), named(outer.name, plus=1)) or inner.name == outer.name:
            return None
        if len(body) == 1:
            order = self._swapped_if(inner.body[0])
            return self._direction(order, named(outer.name), named(inner.name))
        return self._selects(outer, inner)

    def _selects(self, outer: _Range, inner: _Range) -> bool | None:
        first, found, last = outer.body[0], inner.body[0], outer.body[2:]
        best = _target(first)
        if not best or best in (outer.name, inner.name) or self._sum(_value(first)) != named(outer.name):
            return None
        if not isinstance(found, ast.If) or found.orelse or len(found.body) != 1 or _target(found.body[0]) != best:
            return None
        if self._sum(_value(found.body[0])) != named(inner.name):
            return None
        places = {named(outer.name), named(best)}
        swap = self._inside_difference(last[0], places) if len(last) == 1 else last
        if self._swap(swap) != places or _target(swap[0]) in (outer.name, best):
            return None
        return self._direction(self._order(found.test), named(best), named(inner.name))

    def _inside_difference(self, statement: ast.stmt, places: set[Sum]) -> Sequence[ast.stmt]:
        """Return the body of `if a != b:`, which says no more than that a swap would do nothing."""
        test = statement.test if isinstance(statement, ast.If) and not statement.orelse else None
        if not isinstance(statement, ast.If) or not isinstance(test, ast.Compare) or len(test.ops) != 1:
            return [statement]
        compared = {self._sum(test.left), self._sum(test.comparators[0])}
        return statement.body if isinstance(test.ops[0], ast.NotEq) and compared == places else [statement]

    @staticmethod
    def _direction(order: _Order | None, kept: Sum, other: Sum) -> bool | None:
        """Return whether the lesser (True) or the greater one of two is kept."""
        if order is None or {order.first, order.second} != {kept, other}:
            return None
        return order.is_greater == (order.first == kept)

    def _swapped_if(self, statement: ast.stmt) -> _Order | None:
        """Return the test of an `if` that does nothing but swap the two elements it compares."""
        if not isinstance(statement, ast.If) or statement.orelse:
            return None
        order = self._order(statement.test)
        return order if order and self._swap(statement.body) == {order.first, order.second} else None

    def _order(self, test: ast.expr) -> _Order | None:
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Gt | ast.Lt):
            return None
        first, second = self._index(test.left), self._index(test.comparators[0])
        if first is None or second is None or first == second:
            return None
        return _Order(first=first, second=second, is_greater=isinstance(test.ops[0], ast.Gt))

    def _swap(self, body: Sequence[ast.stmt]) -> set[Sum | None]:
        """Return the two places whose elements change places; empty when it is anything else."""
        if len(body) == 1:
            return self._tuple_swap(body[0])
        kept = _target(body[0])
        if len(body) != 3 or not kept or kept in (self._name, self._length_name):
            return set()
        one, other = self._index(_value(body[0])), self._index(_value(body[1]))
        is_swap = self._stored(body[1]) == one and self._stored(body[2]) == other and _is_name(_value(body[2]), kept)
        is_plain = all(kept not in dict(place) for place in (one, other) if place)
        return {one, other} if is_swap and is_plain and None not in (one, other) else set()

    def _tuple_swap(self, statement: ast.stmt) -> set[Sum | None]:
        target, value = _only_target(statement), _value(statement)
        if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple):
            return set()
        stored, read = [self._index(one) for one in target.elts], [self._index(one) for one in value.elts]
        is_swap = len(stored) == 2 and None not in stored and stored == read[::-1]
        return set(stored) if is_swap else set()

    def _range(self, loop: ast.For) -> _Range | None:
        """Read `for name in range(…)`."""
        call = loop.iter
        if not isinstance(loop.target, ast.Name) or loop.orelse or not isinstance(call, ast.Call) or call.keywords:
            return None
        if not _is_name(call.func, "range") or not 1 <= len(call.args) <= 3:
            return None
        sums = [self._sum(argument) for argument in call.args]
        start, stop, *steps = [constant(0), *sums] if len(sums) == 1 else sums
        step = constant_of(steps[0]) if steps else 1
        if start is None or stop is None or step not in (1, -1):
            return None
        return _Range(name=loop.target.id, start=start, stop=stop, step=step, body=loop.body)

    def _sum(self, node: ast.expr | None) -> Sum | None:
        return sum_of(node, self._atom) if node is not None else None

    @property
    def _atom(self) -> Atom:
        return self._named

    def _named(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Call) and self._is_length(node):
            return _LENGTH
        if not isinstance(node, ast.Name) or node.id == self._name:
            return None
        return _LENGTH if node.id == self._length_name else node.id

    def _is_length(self, node: ast.expr) -> bool:
        if not isinstance(node, ast.Call) or not _is_name(node.func, "len") or len(node.args) != 1 or node.keywords:
            return False
        if not _is_name(node.args[0], self._name):
            return False
        self._lengths.append(node)
        return True

    def _index(self, node: ast.expr | None) -> Sum | None:
        """Return the place of an element of the list."""
        if not isinstance(node, ast.Subscript) or not _is_name(node.value, self._name):
            return None
        return self._sum(node.slice)

    def _stored(self, statement: ast.stmt) -> Sum | None:
        return self._index(_only_target(statement))

    @staticmethod
    def _stores(loop: ast.For) -> set[str]:
        found = (node for node in walk(loop) if isinstance(node, ast.Name))
        return {node.id for node in found if not isinstance(node.ctx, ast.Load)}


def _beyond_length(one: Sum) -> Sum | None:
    """Return a sum less one length of the list, None when it has none."""
    if dict(one).get(_LENGTH) != 1:
        return None
    return frozenset((name, count) for name, count in one if name != _LENGTH)


def _sweeps_all(outer: _Range, stop: Sum) -> bool:
    """Say whether there are enough sweeps, each of them as far as elements are left, and none further.

    Args:
        outer: the loop over the sweeps; at least one less than there are elements must come.
        stop: the first lower index that a sweep doesn't compare: length - 1 - sweeps so far is enough, length - 1 the
            most there is.
    """
    if outer.step == 1:
        first, less = constant_of(outer.start), constant_of(_beyond_length(outer.stop))
        if first is None or less is None or first < 0 or first - less > 1:
            return False
        shrinking = frozenset({(_LENGTH, 1), (outer.name, -1), ("", first - 1)})
        return stop in (named(_LENGTH, plus=-1), frozenset((name, count) for name, count in shrinking if count))
    above, end = constant_of(_beyond_length(outer.start)), constant_of(outer.stop)
    if above is None or end is None or end < -1 or -above + end > 1:
        return False
    return stop in (named(_LENGTH, plus=-1), named(outer.name, plus=-above - 1))


def _flag(statement: ast.stmt) -> tuple[str, bool]:
    """Return the name and value in `name = True` or `name = False`."""
    value = _value(statement)
    is_truth = isinstance(value, ast.Constant) and isinstance(value.value, bool)
    return (_target(statement), value.value is True) if is_truth and isinstance(value, ast.Constant) else ("", False)


def _breaks_unless(statement: ast.stmt, flag: str) -> bool:
    if not isinstance(statement, ast.If) or statement.orelse or len(statement.body) != 1:
        return False
    test = statement.test
    is_unless = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and _is_name(test.operand, flag)
    return is_unless and isinstance(statement.body[0], ast.Break)


def _only_target(statement: ast.stmt) -> ast.expr | None:
    is_one = isinstance(statement, ast.Assign) and len(statement.targets) == 1
    return statement.targets[0] if isinstance(statement, ast.Assign) and is_one else None


def _target(statement: ast.stmt) -> str:
    target = _only_target(statement)
    return target.id if isinstance(target, ast.Name) else ""


def _value(statement: ast.stmt) -> ast.expr | None:
    return statement.value if isinstance(statement, ast.Assign) else None


def _is_name(node: ast.expr | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
