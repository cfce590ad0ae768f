"""Evaluates expressions over kinds instead of values, to find what they read, change and give."""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from agents.recipes import calls, kinds, library, tables
from agents.recipes.kinds import Kind, join
from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.recipes.summary import Purity, Summary
from agents.recipes.walking import walk

if TYPE_CHECKING:
    from agents.recipes.purity import Purities


def evaluate_expression(
    expression: ast.expr, module: Module, purities: "Purities", local_kinds: Mapping[str, Kind]
) -> Summary:
    """Return what is known of an expression whose locals are known as far as `local_kinds`."""
    evaluation = Expressions(module, purities, {})
    used = (node for node in walk(expression) if isinstance(node, ast.Name))
    outside = {node.id: Kind.UNKNOWN for node in used if evaluation.is_bound_below_the_module(node)}
    evaluation.locals = {**outside, **comprehended([expression]), **local_kinds}
    return evaluation.settle(lambda: evaluation.kind(expression))


class _Settled(Exception):
    """What is evaluated is impure, whatever else is in it."""


class Expressions:
    """Expressions under evaluation; repeated until the kinds of the locals in them no longer change.

    Attributes:
        ends_impure: whether nothing more is wanted of what is impure: then its result is not known.
    """

    ends_impure = False

    def __init__(self, module: Module, purities: "Purities", assume: Mapping[ast.AST, Kind]) -> None:
        self.module = module
        self.names = names(module)
        self.purities = purities
        self.assume = assume
        self.locals: dict[str, Kind] = {}
        self.is_deep = False
        self.tries = 0
        self._purity = Purity.PURE
        self._reason = ""
        self._raises_own = False
        self._result = Kind.SCALAR

    def settle(self, once: Callable[[], Kind | None]) -> Summary:
        """Evaluate until locals settle; kinds only ever grow, so this ends."""
        while True:
            before = (dict(self.locals), self.is_deep)
            try:
                given = once()
            except _Settled:
                return Summary(purity=self._purity, result=Kind.UNKNOWN, reason=self._reason)
            if given is not None:
                self.give(given)
            if before == (self.locals, self.is_deep):
                return Summary(
                    purity=self._purity, result=self._result, reason=self._reason, raises_own=self._raises_own
                )

    def lower(self, node: ast.AST, why: str, purity: Purity = Purity.IMPURE) -> Kind:
        """Note why the function is not pure."""
        if purity > self._purity:
            self._purity, self._reason = purity, f"line {getattr(node, 'lineno', '?')}: {why}"
        if self.ends_impure and self._purity is Purity.IMPURE:
            raise _Settled
        return Kind.UNKNOWN

    def give(self, kind: Kind) -> None:
        """Note what the function may give."""
        self._result = join(self._result, kind)

    def raise_own(self, node: ast.AST) -> None:
        """Note that an exception is made by code that is not looked at."""
        self._raises_own = True
        if self.tries:
            self.lower(node, "it catches an exception that unknown code makes")

    def is_local(self, node: ast.Name) -> bool:
        """Say whether a name is the function's own, or a comprehension's in it."""
        return node.id in self.locals and self.is_bound_below_the_module(node)

    def is_bound_below_the_module(self, node: ast.Name) -> bool:
        """Say whether a name belongs to a function, class or comprehension."""
        return self.names.resolve(node.id, node) not in (None, self.names.top)

    def bind(self, target: ast.expr, kind: Kind, element: Kind) -> None:
        """Note that a target takes a value.

        Args:
            target: of an assignment or loop.
            kind: of the value.
            element: of what it holds, for targets that unpack.
        """
        if isinstance(target, ast.Name):
            if not self.is_local(target):
                self.lower(target, f"it rebinds {target.id}, which is not its own")
            self.locals[target.id] = join(self.locals.get(target.id, Kind.UNKNOWN), kind)
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                inner = part.value if isinstance(part, ast.Starred) else part
                given = join(Kind.FLAT, element) if isinstance(part, ast.Starred) else element
                self.bind(inner, given, element)
        elif isinstance(target, ast.Subscript):
            self.index(target.slice)
            self.store_into(target.value, kind)
        else:
            self.lower(target, "it stores an attribute")

    def store_into(self, receiver: ast.expr, *stored: Kind) -> None:
        """Note that a container is changed and takes values."""
        held = self.kind(receiver)
        if held not in (Kind.FLAT, Kind.STREAM, Kind.OWNED):
            self.lower(receiver, "it changes something that it did not make")
        if join(*stored) is Kind.UNKNOWN:
            self.lower(receiver, "it stores something unknown")
        if join(*stored) > Kind.SCALAR and held is not Kind.OWNED:
            self.is_deep = True

    def truth(self, node: ast.expr) -> None:
        """Evaluate a test; the truth of a builtin value is builtin."""
        if self.kind(node) is Kind.UNKNOWN:
            self.lower(node, "it tests something unknown")

    def kind(self, node: ast.expr) -> Kind:
        """Evaluate an expression."""
        if node in self.assume:
            return self.assume[node]
        found = _EXPRESSIONS.get(type(node), Expressions._unknown_expression)(self, node)
        return Kind.OWNED if self.is_deep and found in (Kind.FLAT, Kind.STREAM) else found

    def element(self, node: ast.expr) -> Kind:
        """Return what iterating over an expression gives."""
        if self.table(node):
            return Kind.SCALAR
        held = self.kind(node)
        if held is Kind.UNKNOWN:
            return self.lower(node, "it iterates over something unknown")
        return Kind.SCALAR if held <= Kind.STREAM else Kind.OWNED

    def table(self, node: ast.expr) -> bool:
        """Say whether an expression is a module-level container of scalars that nobody changes."""
        if not isinstance(node, ast.Name) or self.names.resolve(node.id, node) is not self.names.top:
            return False
        value = tables.constant_value(self.module, node.id, self.purities.project)
        if value is None or self._value_of_constant(value) is not Kind.FLAT:
            return False
        return tables.is_only_read(self.module, node.id, self.purities.project)

    def _unknown_expression(self, node: ast.expr) -> Kind:
        return self.lower(node, f"{type(node).__name__} is not looked into")

    def _constant(self, _node: ast.Constant) -> Kind:
        return Kind.SCALAR

    def _name(self, node: ast.Name) -> Kind:
        if self.is_local(node):
            return self.locals[node.id]
        scope = self.names.resolve(node.id, node)
        if scope is not self.names.top:
            return Kind.UNKNOWN if scope is None else self.lower(node, f"it reads {node.id} of a scope around it")
        value = tables.constant_value(self.module, node.id, self.purities.project)
        if value is not None and self._value_of_constant(value) is Kind.SCALAR:
            return Kind.SCALAR
        self.lower(node, f"it reads the global {node.id}, which may change", Purity.READS)
        return Kind.UNKNOWN

    def _value_of_constant(self, value: ast.expr) -> Kind:
        summary = evaluate_expression(value, self.module, self.purities, {})
        return summary.result if summary.purity is Purity.PURE else Kind.UNKNOWN

    def _attribute(self, node: ast.Attribute) -> Kind:
        dotted = self.names.dotted(node)
        if dotted is not None:
            is_constant = dotted in kinds.STDLIB_CONSTANTS and not library.is_replaced(dotted, self.purities.project)
            return Kind.SCALAR if is_constant else self.lower(node, f"{dotted} may change", Purity.READS)
        held = self.kind(node.value)
        if held is Kind.SCALAR:
            return Kind.SCALAR
        if held is Kind.UNKNOWN and not self._may_be_computed(node.attr):
            return self.lower(node, f"it reads the attribute {node.attr}", Purity.READS)
        return self.lower(node, f"the attribute {node.attr} may be computed")

    def _may_be_computed(self, name: str) -> bool:
        return name in calls.computed_attributes(self.purities.project)

    def _list(self, node: ast.List) -> Kind:
        return self._holding(Kind.FLAT, node.elts)

    def _set(self, node: ast.Set) -> Kind:
        return self._hashed(node, self._holding(Kind.FLAT, node.elts))

    def _hashed(self, node: ast.expr, held: Kind) -> Kind:
        return self.lower(node, "it hashes something unknown") if held is Kind.UNKNOWN else held

    def _tuple(self, node: ast.Tuple) -> Kind:
        return self._holding(Kind.SCALAR, node.elts)

    def _dict(self, node: ast.Dict) -> Kind:
        keys = [key for key in node.keys if key is not None]
        unpacked = [value for key, value in zip(node.keys, node.values, strict=True) if key is None]
        values = [value for key, value in zip(node.keys, node.values, strict=True) if key is not None]
        held = [self.element(value) for value in unpacked]
        self._hashed(node, self._holding(Kind.SCALAR, keys))
        return _made(Kind.FLAT, join(self._holding(Kind.SCALAR, [*keys, *values]), *held))

    def _holding(self, empty: Kind, parts: Sequence[ast.expr]) -> Kind:
        held = [self.element(part.value) if isinstance(part, ast.Starred) else self.kind(part) for part in parts]
        return _made(empty, join(*held))

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Kind:
        self._generators(node.generators)
        held = self.kind(node.elt)
        if isinstance(node, ast.SetComp):
            self._hashed(node, held)
        return _made(Kind.STREAM if isinstance(node, ast.GeneratorExp) else Kind.FLAT, held)

    def _dict_comprehension(self, node: ast.DictComp) -> Kind:
        self._generators(node.generators)
        key = self._hashed(node, self.kind(node.key))
        return _made(Kind.FLAT, join(key, self.kind(node.value)))

    def _generators(self, generators: Sequence[ast.comprehension]) -> None:
        for generator in generators:
            element = self.element(generator.iter)
            self.bind(generator.target, element, element)
            for test in generator.ifs:
                self.truth(test)

    def _operation(self, node: ast.BinOp) -> Kind:
        found = join(self.kind(node.left), self.kind(node.right))
        if found is Kind.UNKNOWN:
            return self.lower(node, "an operand is not known")
        is_text = isinstance(node.left, ast.JoinedStr) or (
            isinstance(node.left, ast.Constant) and isinstance(node.left.value, str | bytes)
        )
        return Kind.SCALAR if is_text else found

    def _unary(self, node: ast.UnaryOp) -> Kind:
        found = self.kind(node.operand)
        return self.lower(node, "the operand is not known") if found is Kind.UNKNOWN else Kind.SCALAR

    def _boolean(self, node: ast.BoolOp) -> Kind:
        for value in node.values[:-1]:
            self.truth(value)
        return join(*(self.kind(value) for value in node.values))

    def _choice(self, node: ast.IfExp) -> Kind:
        self.truth(node.test)
        return join(self.kind(node.body), self.kind(node.orelse))

    def _comparison(self, node: ast.Compare) -> Kind:
        sides = [node.left, *node.comparators]
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if isinstance(operator, ast.Is | ast.IsNot):
                if not (calls.is_singleton(self.names, left) or calls.is_singleton(self.names, right)):
                    self.lower(node, "it compares identities")
                continue
            is_lookup = isinstance(operator, ast.In | ast.NotIn) and self.table(right)
            compared = (left,) if is_lookup else (left, right)
            if any(self.kind(side) is Kind.UNKNOWN for side in compared):
                self.lower(node, "it compares something unknown")
        return Kind.SCALAR

    def _text(self, node: ast.JoinedStr) -> Kind:
        for part in node.values:
            self.kind(part)
        return Kind.SCALAR

    def _formatted(self, node: ast.FormattedValue) -> Kind:
        if self.kind(node.value) is Kind.UNKNOWN:
            self.lower(node, "it formats something unknown")
        if node.format_spec is not None:
            self.kind(node.format_spec)
        return Kind.SCALAR

    def index(self, node: ast.expr) -> None:
        """Evaluate what stands in brackets; a builtin key or index runs no code of others."""
        if self.kind(node) is Kind.UNKNOWN:
            self.lower(node, "the index is not known")

    def _subscript(self, node: ast.Subscript) -> Kind:
        self.index(node.slice)
        held = Kind.FLAT if self.table(node.value) else self.kind(node.value)
        if held is Kind.UNKNOWN:
            return self.lower(node, "it looks into something unknown")
        is_element = held is Kind.FLAT and not isinstance(node.slice, ast.Slice)
        return Kind.SCALAR if is_element else held

    def _slice(self, node: ast.Slice) -> Kind:
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self.index(part)
        return Kind.SCALAR

    def _walrus(self, node: ast.NamedExpr) -> Kind:
        found = self.kind(node.value)
        self.bind(node.target, found, Kind.UNKNOWN)
        return found

    def _call(self, node: ast.Call) -> Kind:
        return calls.evaluate_call(self, node)


def _made(empty: Kind, held: Kind) -> Kind:
    """Return the kind of a new container by what it holds."""
    if held is Kind.UNKNOWN:
        return Kind.UNKNOWN
    return empty if held is Kind.SCALAR else Kind.OWNED


def comprehended(nodes: Sequence[ast.AST]) -> dict[str, Kind]:
    """Return the names that comprehensions bind, nothing known against them yet."""
    targets = [part.target for node in nodes for part in walk(node) if isinstance(part, ast.comprehension)]
    return {node.id: Kind.SCALAR for target in targets for node in walk(target) if isinstance(node, ast.Name)}


_EXPRESSIONS: dict[type, Callable[..., Kind]] = {
    ast.Constant: Expressions._constant,
    ast.Name: Expressions._name,
    ast.Attribute: Expressions._attribute,
    ast.List: Expressions._list,
    ast.Set: Expressions._set,
    ast.Tuple: Expressions._tuple,
    ast.Dict: Expressions._dict,
    ast.ListComp: Expressions._comprehension,
    ast.SetComp: Expressions._comprehension,
    ast.GeneratorExp: Expressions._comprehension,
    ast.DictComp: Expressions._dict_comprehension,
    ast.BinOp: Expressions._operation,
    ast.UnaryOp: Expressions._unary,
    ast.BoolOp: Expressions._boolean,
    ast.IfExp: Expressions._choice,
    ast.Compare: Expressions._comparison,
    ast.JoinedStr: Expressions._text,
    ast.FormattedValue: Expressions._formatted,
    ast.Subscript: Expressions._subscript,
    ast.Slice: Expressions._slice,
    ast.NamedExpr: Expressions._walrus,
    ast.Call: Expressions._call,
}
