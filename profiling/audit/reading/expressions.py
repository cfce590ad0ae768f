"""Read expressions as terms, and note the calls in them."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

from profiling.audit.reading.annotations import dotted_name
from profiling.audit.reading.calls import bound_of, call_fact, implicit_fact
from profiling.audit.reading.context import DEEPEST, Context
from profiling.audit.reading.narrowing import evidence
from profiling.audit.reading.operators import BINARY_METHODS, COMPARE_METHODS, UNARY_METHODS
from profiling.audit.reading.terms import (
    ATTR,
    BINARY,
    CALL,
    CLASS_NAME,
    COMPREHENSION,
    CONTAINS,
    DELEGATE,
    EACH,
    ENTER,
    EVALUATE,
    FORMAT,
    GENERATOR,
    ITEM,
    ITERATE,
    JOIN,
    LAMBDA,
    MAPPING,
    NARROW,
    OWN_CLASS,
    SEQUENCE,
    SLICE,
    STAR,
    TEST,
    VALUE,
    YIELD,
    Term,
)

_LONGEST_KEY = 40
_TEXT = (VALUE, "t:str")
_BYTES = (VALUE, "t:bytes")
_PLAIN_TUPLE = (VALUE, "t:tuple")
MUTATORS = frozenset(
    "append appendleft add update extend extendleft insert pop popitem popleft remove discard clear setdefault sort"
    " reverse rotate put put_nowait difference_update intersection_update symmetric_difference_update".split()
)
_FEW = 12
_MOST_PARTS = 4096
"""Elements of a literal that are followed one by one: longer ones are tables of data."""


class ExpressionReader(Context, ABC):
    """Turns expressions into terms."""

    def term(self, node: ast.expr) -> Term:
        """Return the term of an expression."""
        kind = type(node)
        if kind is ast.Name:
            return self._name(node)  # type: ignore[arg-type]  # told by `type`, which is faster here
        read = _READERS.get(kind)
        if read is None:
            return None
        if self.depth > DEEPEST:
            return self._too_deep(node)
        self.depth += 1
        result = read(self, node)
        self.depth -= 1
        return result

    def condition(self, node: ast.expr) -> Term:
        """Return the term of an expression whose truth is asked."""
        term = self.term(node)
        if term is None or (type(term) is tuple and term[0] in _DECIDED):
            return term
        return (TEST, term, node.lineno)

    @abstractmethod
    def lambda_scope(self, node: ast.Lambda) -> int:
        """Read a lambda's body; return its scope's index."""

    def _too_deep(self, node: ast.expr) -> Term:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call):
                self.add_call(call_fact(inner, self.excerpts, self.loops, awaited=False))
        return None

    def _name(self, node: ast.Name) -> Term:
        name = node.id
        if self.in_class >= 0 and name in self.classes[self.in_class].body:
            return (CLASS_NAME, self.in_class, name)
        self.scope.names.add(name)
        if self.loops:
            self.read_in_loop.add(name)
        return self.versions.get(name, name) if self.versions else name

    def _constant(self, node: ast.Constant) -> Term:
        value = node.value
        if type(value) is str:
            return (VALUE, f"k:{value}") if 0 < len(value) <= _LONGEST_KEY else _TEXT
        if type(value) is int:
            return (VALUE, f"n:{value}") if abs(value) < 10_000 else None
        return _BYTES if type(value) is bytes else None

    def _attribute(self, node: ast.Attribute) -> Term:
        if self.paths:
            version = self.versions.get(dotted_name(node))
            if version is not None:
                return version
        base = self.term(node.value)
        return None if base is None else (ATTR, base, node.attr, node.lineno)

    def _call(self, node: ast.Call) -> Term:
        return self.call(node, awaited=False)

    def call(self, node: ast.Call, *, awaited: bool) -> Term:
        """Return the term of a call, and note it."""
        function = node.func
        if isinstance(function, ast.Attribute):
            base = self.term(function.value)
            callee: Term = (ATTR, base, function.attr, function.lineno)
            if self.paths:
                callee = self.versions.get(dotted_name(function), callee)
            if function.attr in MUTATORS:
                self.add_write("method", function.value, function.attr)
        else:
            callee = self.term(function)
        index = self.add_call(call_fact(node, self.excerpts, self.loops, awaited=awaited))
        arguments = tuple([self.term(each) for each in node.args])
        keywords = tuple([(each.arg, self.term(each.value)) for each in node.keywords]) if node.keywords else ()
        return (CALL, index, callee, arguments, keywords)

    def _starred(self, node: ast.Starred) -> Term:
        return (STAR, self.term(node.value))

    def _await(self, node: ast.Await) -> Term:
        return self.call(node.value, awaited=True) if isinstance(node.value, ast.Call) else self.term(node.value)

    def _subscript(self, node: ast.Subscript) -> Term:
        base = self.term(node.value)
        if isinstance(node.slice, ast.Slice):
            return self._slice(base, node.slice, node.lineno)
        key = self.term(node.slice)
        if type(key) is str:
            self.scope.keyed.add(key)
        return (EACH, (key,)) if base is None else (ITEM, base, key, node.lineno)

    def _slice(self, base: Term, node: ast.Slice, line: int) -> Term:
        bounds = [each for each in (node.lower, node.upper, node.step) if each is not None]
        terms = [self.term(each) for each in bounds]
        if base is None:
            return self._each(terms)
        first = node.lower.value if isinstance(node.lower, ast.Constant) else 0 if node.lower is None else None
        beyond = node.upper.value if isinstance(node.upper, ast.Constant) else None
        known = type(first) is int and first >= 0 and node.step is None
        result = (SLICE, self.site(), base, first if known else None, beyond if type(beyond) is int else None, line)
        return self._each([*terms, result])

    def _each(self, terms: Iterable[Term]) -> Term:
        """Return what evaluates all and yields the last."""
        parts = tuple(terms)
        if all(type(part) is not tuple or part[0] == VALUE for part in parts[:-1]):
            return parts[-1] if parts else None
        return (EACH, parts)

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Term:
        elements = self._parts(node.elts)
        if node.elts and not elements and isinstance(node, ast.Tuple):
            return _PLAIN_TUPLE
        return (SEQUENCE, self.site(), elements, _KINDS[type(node)])

    def _parts(self, nodes: list[ast.expr]) -> tuple[Term, ...]:
        """Return the terms of a literal's parts; constants are of use as names and keys only where they are few."""
        terms = [self.term(each) for each in nodes[:_MOST_PARTS]]
        few = len(terms) <= _FEW
        terms = [
            None if type(term) is tuple and term[0] == VALUE and not (few and term[1][0] == "k") else term
            for term in terms
        ]
        return tuple(terms) if any(term is not None for term in terms) else ()

    def _dict(self, node: ast.Dict) -> Term:
        keys = tuple([self.term(key) if key is not None else (STAR, None) for key in node.keys[:_MOST_PARTS]])
        values = self._parts(node.values)
        keys = keys if values else ()
        return (MAPPING, self.site(), keys, values)

    def _lambda(self, node: ast.Lambda) -> Term:
        return (LAMBDA, self.lambda_scope(node))

    def _conditional(self, node: ast.IfExp) -> Term:
        test = self.condition(node.test)
        weak = self.enter_block()
        self.learn(node.test, holds=True)
        first = self.term(node.body)
        self.leave_block(weak)
        weak = self.enter_block()
        self.learn(node.test, holds=False)
        second = self.term(node.orelse)
        self.leave_block(weak)
        parts = tuple(part for part in (first, second) if part is not None)
        value = parts[0] if len(parts) == 1 else (JOIN, parts) if parts else None
        return self._each((test, value))

    def _boolean(self, node: ast.BoolOp) -> Term:
        weak = self.enter_block()
        holds = isinstance(node.op, ast.And)
        terms = []
        for each in node.values[:-1]:
            terms.append(self.condition(each))
            self.learn(each, holds=holds)
        terms.append(self.term(node.values[-1]))
        self.leave_block(weak)
        return (JOIN, tuple(terms))

    def learn(self, test: ast.expr, *, holds: bool) -> None:
        """Narrow what a test tells of names and attributes, in the present block."""
        for item in evidence(test, holds=holds) if type(test) in _TELLING else ():
            base = self.term(item.node)
            types = tuple(self.term(each) for each in item.types)
            self.narrow(item.path, (NARROW, base, types, item.positive))

    def _binary(self, node: ast.BinOp) -> Term:
        left, right = self.term(node.left), self.term(node.right)
        if left is None and right is None:
            return None
        return (BINARY, left, right, BINARY_METHODS[type(node.op)], node.lineno)

    def _unary(self, node: ast.UnaryOp) -> Term:
        if isinstance(node.op, ast.Not):
            return self._each((self.condition(node.operand), None))
        operand = self.term(node.operand)
        if operand is None or isinstance(node.operand, ast.Constant):
            value = getattr(node.operand, "value", None)
            return (VALUE, f"n:-{value}") if isinstance(node.op, ast.USub) and type(value) is int else None
        return (BINARY, operand, None, UNARY_METHODS[type(node.op)], node.lineno)

    def _compare(self, node: ast.Compare) -> Term:
        terms: list[Term] = []
        left = self.term(node.left)
        for operator, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.term(right_node)
            method = COMPARE_METHODS.get(type(operator))
            if method is None:
                terms += (left, right)
            elif method == "__contains__":
                terms.append((CONTAINS, left, right, node.lineno))
            else:
                terms.append((BINARY, left, right, method, node.lineno))
            left = right
        useful = tuple(term for term in terms if type(term) is tuple and term[0] != VALUE)
        return (EACH, (*useful, None)) if useful else None

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Term:
        loops, weak = self.loops, self.enter_block()
        kind = _KINDS[type(node)]
        in_class = self.in_class
        for generator in node.generators:
            iterable = self.term(generator.iter)
            self.in_class = -1
            bound = bound_of(generator.iter) if not generator.ifs else None
            self.loops = (*self.loops, ("comprehension", node.lineno, bound))
            self.scope.loops.append(("comprehension", node.lineno, node.end_lineno or node.lineno, bound))
            self._bind_inner(generator.target, (ITERATE, iterable, generator.iter.lineno, generator.is_async))
            for test in generator.ifs:
                self.scope.emit(EVALUATE, self.condition(test), 1)
                self.learn(test, holds=True)
        if isinstance(node, ast.DictComp):
            key, element = self.term(node.key), self.term(node.value)
        else:
            key, element = None, self.term(node.elt)
        self.in_class = in_class
        result = (COMPREHENSION, self.site(), element, key, kind)
        # What it yields is evaluated here, where its own names mean what they mean inside it.
        held = f"'c{self.site()}"
        self.scope.emit(0, held, result, 0)
        self.leave_block(weak)
        self.loops = loops
        return held

    def _bind_inner(self, target: ast.expr, term: Term) -> None:
        """Give the names of a comprehension's target a version that ends with it."""
        if isinstance(target, ast.Name):
            self.narrow(target.id, term)
        elif isinstance(target, ast.Tuple | ast.List):
            held = f"'u{self.site()}"
            self.scope.emit(0, held, term, 0)
            for position, each in enumerate(target.elts):
                inner = each.value if isinstance(each, ast.Starred) else each
                self._bind_inner(inner, (ITEM, held, (VALUE, f"n:{position}"), target.lineno))
        else:
            self.scope.emit(EVALUATE, term, 1)

    def _walrus(self, node: ast.NamedExpr) -> Term:
        value = self.term(node.value)
        name = node.target.id
        self.assign(name, value)
        return self._name(node.target)

    def _yield(self, node: ast.Yield) -> Term:
        self.scope.flags |= GENERATOR
        if node.value is not None:
            self.scope.emit(YIELD, self.term(node.value))
        return None

    def _yield_from(self, node: ast.YieldFrom) -> Term:
        self.scope.flags |= GENERATOR
        return (DELEGATE, self.term(node.value), node.lineno)

    def _joined(self, node: ast.JoinedStr) -> Term:
        parts = tuple(self.term(part.value) for part in node.values if isinstance(part, ast.FormattedValue))
        useful = tuple(part for part in parts if part is not None)
        return (FORMAT, useful, node.lineno) if useful else _TEXT

    def implicit(self, line: int, text: str) -> int:
        """Note a call that nobody wrote; return its index."""
        return self.add_call(implicit_fact(line, text, self.loops))

    def own_class(self) -> Term:
        """Return the term of the class around this place."""
        return (OWN_CLASS, self.scope.around)

    def entered(self, node: ast.expr, line: int, *, is_async: bool) -> Term:
        """Return the term of what `with` gives."""
        return (ENTER, self.term(node), line, is_async)


_TELLING = (ast.Call, ast.BoolOp, ast.UnaryOp)
_DECIDED = frozenset({VALUE, EACH, TEST, SEQUENCE, MAPPING, LAMBDA, FORMAT, COMPREHENSION, BINARY})
_KINDS: dict[type, str] = {
    ast.List: "list", ast.Tuple: "tuple", ast.Set: "set", ast.ListComp: "list", ast.SetComp: "set",
    ast.GeneratorExp: "generator", ast.DictComp: "dict",
}  # fmt: skip
_READERS: dict[type, Callable[..., Term]] = {
    ast.Constant: ExpressionReader._constant,
    ast.Attribute: ExpressionReader._attribute,
    ast.Call: ExpressionReader._call,
    ast.Starred: ExpressionReader._starred,
    ast.Await: ExpressionReader._await,
    ast.Subscript: ExpressionReader._subscript,
    ast.List: ExpressionReader._sequence,
    ast.Tuple: ExpressionReader._sequence,
    ast.Set: ExpressionReader._sequence,
    ast.Dict: ExpressionReader._dict,
    ast.Lambda: ExpressionReader._lambda,
    ast.IfExp: ExpressionReader._conditional,
    ast.BoolOp: ExpressionReader._boolean,
    ast.BinOp: ExpressionReader._binary,
    ast.UnaryOp: ExpressionReader._unary,
    ast.Compare: ExpressionReader._compare,
    ast.ListComp: ExpressionReader._comprehension,
    ast.SetComp: ExpressionReader._comprehension,
    ast.GeneratorExp: ExpressionReader._comprehension,
    ast.DictComp: ExpressionReader._comprehension,
    ast.NamedExpr: ExpressionReader._walrus,
    ast.Yield: ExpressionReader._yield,
    ast.YieldFrom: ExpressionReader._yield_from,
    ast.JoinedStr: ExpressionReader._joined,
}
