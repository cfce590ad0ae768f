"""What a call reaches: functions, constructors, methods, callables that are kept somewhere."""

from abc import abstractmethod

from profiling.audit.linking.engine import BY_NAME, CALLBACK, EXTERNAL, FLOW, Call
from profiling.audit.linking.operations import Operations
from profiling.audit.linking.program import Function
from profiling.audit.linking.reasons import Reason
from profiling.audit.linking.values import NOTHING, Values, keys_of, parameter, returned
from profiling.audit.reading.terms import ATTR, STAR, Term

_BUILTIN_METHODS = frozenset(
    name for kind in (dict, list, str, set, bytes, tuple, int, float) for name in dir(kind) if not name.startswith("__")
) | frozenset(
    "read readline readlines write writelines close flush seek tell open group match search appendleft".split()
)
"""Methods of what everybody uses: their names alone say nothing of who is called."""
MOST_BY_NAME = 3
_PARTIALS = 3
"""A `partial` of a `partial` may come to hold itself."""


class Calls(Operations):
    """Evaluates calls."""

    def _call(self, term: Term) -> Values:
        self.tier = 0
        callee, base = term[2], NOTHING
        is_attribute = callee is not None and type(callee) is not str and callee[0] == ATTR
        if is_attribute:
            # Looked at once: in a chain of calls each look at a receiver looks at all that stand before it.
            base = self.value(callee[1])
            targets = self.attribute_of(base, callee)
        else:
            targets = self.value(callee)
        tier = self.tier
        call = self._arguments(term)
        call.tier = tier
        if is_attribute and (not targets or (len(targets) == 1 and "?:" in targets)):
            targets = self._by_name(callee[2], base, call)
        found = NOTHING
        # In order: who comes first decides where many give way to one, and an audit must not differ from run to run.
        for target in targets if len(targets) < 2 else sorted(targets):
            apply = _APPLY.get(target[0])
            if apply is not None:
                given = apply(self, target, call)
                found = found | given if found else given
        if call.index not in self.links.calls:
            reason = self._absent_reason(callee[2], base) if is_attribute and not targets else None
            self.links.missing[call.index] = reason or self._reason(callee, targets)
        elif self.links.missing:
            self.links.missing.pop(call.index, None)
        self.tier = FLOW
        return found

    def _arguments(self, term: Term) -> Call:
        arguments: list[Values] = []
        call = Call(term[1], arguments)
        for each in term[3]:
            if each is None:
                arguments.append(NOTHING)
            elif type(each) is not str and each[0] == STAR:
                call.spread = call.spread | self.iterate(self.value(each[1]), self.unit.scope.line)
            else:
                arguments.append(self.value(each))
        for name, each in term[4]:
            values = self.value(each)
            if name is None:
                call.spread_keywords = call.spread_keywords | values
            elif values:
                call.keywords[name] = values
        return call

    def _by_name(self, name: str, base: Values, call: Call) -> Values:
        """Return the few methods that have the name that is called, when nothing else is known of the receiver."""
        candidates = self.program.defining.get(name, ())
        if not 0 < len(candidates) <= MOST_BY_NAME or name in _BUILTIN_METHODS or is_known(base):
            return NOTHING
        if not self.late:
            self.unsettled.add(self.unit.number)
            return NOTHING
        call.tier = BY_NAME
        return frozenset(f"b:{candidate}" for candidate in candidates)

    def _absent_reason(self, name: str, base: Values) -> Reason:
        """Return why an attribute of a receiver gave nothing."""
        if is_many(base):
            return Reason.MANY
        if base:
            return Reason.ABSENT
        count = len(self.program.defining.get(name, ()))
        return Reason.MANY_NAMES if count > MOST_BY_NAME else Reason.RECEIVER

    def _reason(self, callee: Term, targets: Values) -> Reason:
        if targets and all(each[0] == "c" for each in targets):
            return Reason.PLAIN_CLASS
        if is_many(targets):
            return Reason.MANY
        if any(each[0] in "wr" for each in targets):
            return Reason.OUTSIDE_RESULT
        if targets:
            return Reason.NOT_CALLABLE
        if type(callee) is str:
            function = self.function
            return Reason.PARAMETER if function is not None and callee in function.by_name else Reason.NAME
        return Reason.VALUE

    def _apply_function(self, target: str, call: Call) -> Values:
        name = target[2:]
        self.edge(call, name, call.tier)
        self.bind(name, call, 1 if target[0] == "b" else 0)
        return self.result(name)

    def bind(self, name: str, call: Call, offset: int) -> None:
        """Let a function's parameters receive a call's arguments."""
        function = self.program.functions.get(name)
        if function is None:
            return
        for position, values in enumerate(call.arguments, offset):
            if values:
                self._bind_position(function, position, values)
        for keyword, values in call.keywords.items():
            self._bind_keyword(function, keyword, values)
        if call.spread:
            self._bind_spread(function, call.spread, offset + len(call.arguments))
        for value in sorted(call.spread_keywords):
            if value[0] == "d":
                self._bind_mapping(function, value)

    def _bind_position(self, function: Function, position: int, values: Values) -> None:
        positional = function.positional
        if position < len(positional):
            self.give(function, positional[position], values)
        elif function.rest:
            self.put_item(f"{function.name}*", f"n:{position - len(positional)}", values)

    def _bind_keyword(self, function: Function, keyword: str, values: Values) -> None:
        if keyword in function.by_name:
            self.give(function, keyword, values)
        elif function.keywords:
            self.put_item(f"{function.name}**", f"k:{keyword}", values)

    def _bind_spread(self, function: Function, values: Values, first: int) -> None:
        """Let all parameters from a place on receive what is unpacked."""
        for name in function.positional[first:]:
            self.give(function, name, values)
        if function.rest:
            self.put_item(f"{function.name}*", None, values)

    def _bind_mapping(self, function: Function, value: str) -> None:
        for name in sorted(function.by_name):
            values = self.get_item(value, f"k:{name}")
            if values:
                self.give(function, name, values)
        if function.keywords:
            self.copy_items(f"{function.name}**", frozenset({value}))

    def _apply_class(self, target: str, call: Call) -> Values:
        name = target[2:]
        if name not in self.program.classes:
            return NOTHING
        init = self.classes.member(name, "__init__")
        if init.function:
            self.edge(call, init.function, call.tier)
            self.bind(init.function, call, 1)
        elif init.outside and not init.outside.startswith("<builtin>."):
            self.edge(call, f"{init.outside}.__init__", EXTERNAL)
        else:
            self._fill_fields(name, call)
        new = self.classes.member(name, "__new__").function
        if new:
            self.edge(call, new, call.tier)
            self.bind(new, call, 1)
        self._call_metaclass(name, call)
        return frozenset({f"o:{name}"})

    def _call_metaclass(self, name: str, call: Call) -> None:
        for each in self.classes.order(name):
            made = self.program.classes.get(each)
            if made is None or made.facts.metaclass is None:
                continue
            for metaclass in self.classes.resolve(made.module, made.facts.metaclass[1]):
                if metaclass in self.program.classes:
                    function = self.classes.member(metaclass, "__call__").function
                    if function:
                        self.edge(call, function, call.tier)
            return

    def _fill_fields(self, name: str, call: Call) -> None:
        """Store the arguments of a record's constructor, which nobody wrote, in its attributes."""
        fields = self._fields(name)
        for (owner, field), values in zip(fields, call.arguments, strict=False):
            if values:
                self.slots.add(f"{owner}.{field}", values)
        owners = {field: owner for owner, field in fields}
        for field, values in call.keywords.items():
            if field in owners:
                self.slots.add(f"{owners[field]}.{field}", values)
        after = self.classes.member(name, "__post_init__").function if fields else ""
        if after:
            self.edge(call, after, call.tier)

    def _fields(self, name: str) -> list[tuple[str, str]]:
        """Return a record's fields with the classes that declare them; none where it is no record."""
        order = [self.program.classes[each] for each in self.classes.order(name) if each in self.program.classes]
        if not any(each.facts.dataclass for each in order):
            return []
        return [(each.name, field) for each in reversed(order) for field in each.facts.fields]

    def _apply_instance(self, target: str, call: Call) -> Values:
        function = self.special(target, "__call__")
        if not function:
            return NOTHING
        found = self._apply_function(f"b:{function}", call)
        for each in self.classes.overrides(target[2:], "__call__") if target[0] == "i" else ():
            found = found | self._apply_function(f"b:{each}", call)
        return found

    def _apply_partial(self, target: str, call: Call) -> Values:
        count, _, site = target[2:].partition(":")
        shifted = Call(call.index, [NOTHING] * int(count) + call.arguments, call.keywords, call.tier)
        shifted.spread, shifted.spread_keywords = call.spread, call.spread_keywords
        shifted.depth = call.depth + 1
        if call.depth > _PARTIALS:
            return NOTHING
        return self.apply_all(self.read(parameter(site, "0")), shifted, FLOW)

    def _apply_known_result(self, target: str, _call: Call) -> Values:
        name = target[2:]
        return self.result(name) if name in self.program.functions else self.read(returned(name))

    def _apply_outside_result(self, target: str, call: Call) -> Values:
        self.hand_over(call)
        functions = [value for values in call.arguments for value in values if value[0] in "fbc"]
        # A decorator made by a call outside the tree gives back, in all likelihood, what it is put on.
        return frozenset({target, *functions})

    def _apply_outside(self, target: str, call: Call) -> Values:
        return self.outside(target[2:], call)

    def _apply_builtin_method(self, target: str, call: Call) -> Values:
        name, _, receiver = target[2:].partition("/")
        return self.builtin_method(name, receiver, call)

    def apply_all(self, targets: Values, call: Call, tier: int) -> Values:
        """Call all of some values; return what this gives."""
        before, call.tier = call.tier, tier
        found = NOTHING
        for target in sorted(targets):
            apply = _APPLY.get(target[0])
            if apply is not None and target[0] != "x":
                given = apply(self, target, call)
                found = found | given if found else given
            elif target[0] == "x":
                self.edge(call, target[2:], EXTERNAL)
        call.tier = before
        return found

    def hand_over(self, call: Call) -> None:
        """Note that functions are given to code outside the tree, which may call them."""
        for values in (*call.arguments, *call.keywords.values()):
            for value in sorted(values):
                if value[0] in "fb":
                    self.edge(call, value[2:], CALLBACK)
                elif value[0] == "p":
                    self.apply_all(frozenset({value}), Call(call.index, []), CALLBACK)

    @abstractmethod
    def outside(self, name: str, call: Call) -> Values:
        """Evaluate a call of something outside the tree."""

    @abstractmethod
    def builtin_method(self, name: str, receiver: str, call: Call) -> Values:
        """Evaluate a call of a builtin object's method."""

    def fill(self, site: str, values: Values) -> Values:
        """Return a list whose elements are some values."""
        self.own_sites.add(site)
        if values:
            self.put_item(site, None, values)
        return frozenset({f"l:{site}"})

    def place(self, call: Call, suffix: str = "") -> str:
        """Return the name of the container that a call makes."""
        return f"{self.unit.name}@{call.index}{suffix}"

    def pairs(self, call: Call, firsts: Values, seconds: Values) -> Values:
        """Return a list of pairs."""
        inner = self.place(call, "p")
        self.own_sites.add(inner)
        self.put_item(inner, "n:0", firsts)
        self.put_item(inner, "n:1", seconds)
        return self.fill(self.place(call), frozenset({f"l:{inner}"}))

    def keys(self, value: str) -> Values:
        """Return the keys of a mapping."""
        return self.read(keys_of(value[2:]))

    def partial(self, call: Call) -> Values:
        """Return a function of which some arguments are bound."""
        site = self.place(call)
        if not call.arguments:
            return NOTHING
        self.slots.add(parameter(site, "0"), call.arguments[0])
        bound = Call(-1, call.arguments[1:], call.keywords)
        for value in sorted(call.arguments[0]):
            if value[0] in "fb":
                self.bind(value[2:], bound, 1 if value[0] == "b" else 0)
        return frozenset({f"p:{len(call.arguments) - 1}:{site}"})


def is_known(values: Values) -> bool:
    """Tell whether a receiver is known after all: it just hasn't the attribute."""
    return any(value != "?:" for value in values)


def is_many(values: Values) -> bool:
    """Tell whether values were too many to be followed."""
    return "?:" in values


_APPLY = {
    "f": Calls._apply_function,
    "b": Calls._apply_function,
    "c": Calls._apply_class,
    "o": Calls._apply_instance,
    "i": Calls._apply_instance,
    "p": Calls._apply_partial,
    "w": Calls._apply_known_result,
    "x": Calls._apply_outside,
    "r": Calls._apply_outside_result,
    "q": Calls._apply_builtin_method,
}
