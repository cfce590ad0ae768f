"""What an attribute of a value is: members by the order of bases, properties, modules' names, `super()`."""

from abc import abstractmethod

from profiling.audit.linking.classes import Member
from profiling.audit.linking.engine import BY_TYPE, EXACT, FLOW, Call, Engine
from profiling.audit.linking.values import LONGEST_OUTSIDE, NOTHING, OUTSIDE, Values, is_open
from profiling.audit.reading.terms import CLASS_METHOD, DECORATED, PROPERTY, STATIC, Term

_SILENT = frozenset({"__class__", "__dict__", "__doc__", "__name__", "__module__", "__qualname__", "__annotations__"})


class Attributes(Engine):
    """Looks attributes up."""

    def _attribute(self, term: Term) -> Values:
        return self.attribute_of(self.value(term[1]), term)

    def attribute_of(self, base: Values, term: Term) -> Values:
        """Return what the attribute that a term names is of any of some values."""
        if len(base) == 1:
            (only,) = base
            return self.attribute(only, term[2], term[3])
        if not base:
            return NOTHING
        tier = self.tier
        found, least = NOTHING, EXACT
        for value in sorted(base):
            self.tier = tier
            given = self.attribute(value, term[2], term[3])
            found = found | given if found else given
            least = max(least, self.tier)
        self.tier = least
        return found

    def attribute(self, value: str, name: str, line: int) -> Values:
        """Return what an attribute of one value may be."""
        kind, base = value[0], value[2:]
        if kind in "oi":
            return self._of_instance(base, name, line, exact=kind == "o")
        if kind == "c":
            return self._of_class(base, name)
        if kind == "m":
            return self._of_module(base, name)
        if kind in "xr":
            self.tier = EXACT
            return frozenset({f"x:{base}.{name}" if base != "?" and base.count(".") < LONGEST_OUTSIDE else OUTSIDE})
        if kind in "ldgtwkh":
            self.tier = BY_TYPE
            return frozenset({f"q:{name}/{value}"})
        if kind == "u":
            return self._of_super(base, name)
        if kind in "fb":
            return self.read(f"{base}.{name}") if name not in _SILENT else NOTHING
        return NOTHING

    def _of_instance(self, base: str, name: str, line: int, *, exact: bool) -> Values:
        member = self.classes.member(base, name, exact=exact)
        # What `self` has is as sure as the class it stands in; any other instance is known by its type.
        sure = self.tier == EXACT and base == self.unit.owner
        if member.function:
            self.tier = EXACT if sure else BY_TYPE
            values = self._method(member, name, line, text=f".{name}")
            overriding = () if exact else self.classes.overrides(base, name)
            for function in overriding:
                values = values | self._overriding(function, line, name)
            if member.slots:
                values = values | self._stored(member)
            return values
        if name == "__class__":
            return frozenset({f"c:{base}"})
        return self._stored(member) or self._absent(base, member, name, line)

    def _method(self, member: Member, name: str, line: int, text: str) -> Values:
        function = self.program.functions[member.function]
        flags = function.flags
        if flags & PROPERTY:
            self.implicit(line, text, member.function, self.tier)
            return self.result(member.function)
        if flags & DECORATED:
            self.tier = FLOW
            return self._bound(self.read(f"{member.owner}.{name}"))
        return frozenset({f"f:{member.function}" if flags & STATIC else f"b:{member.function}"})

    def _overriding(self, function: str, line: int, name: str) -> Values:
        flags = self.program.functions[function].flags
        if flags & PROPERTY:
            self.implicit(line, f".{name}", function, BY_TYPE)
            return self.result(function)
        return frozenset({f"f:{function}" if flags & STATIC else f"b:{function}"})

    def _bound(self, values: Values) -> Values:
        """Return functions stored in a class as they come out of an instance."""
        return frozenset([f"b:{each[2:]}" if each[0] == "f" else each for each in values])

    def _stored(self, member: Member) -> Values:
        found = NOTHING
        if member.nested:
            found = frozenset({f"c:{member.nested}"})
        if member.typed is not None:
            found = found | self.types.attribute(*member.typed)
            if found and not is_open(found):
                self.tier = BY_TYPE
                return found
        for slot in member.slots:
            self.tier = FLOW
            stored = self.read(slot)
            found = found | stored if found else stored
        return found

    def _absent(self, base: str, member: Member, name: str, line: int) -> Values:
        """Return what a base outside the tree, or `__getattr__`, may give."""
        if member.outside:
            self.tier = EXACT
            return frozenset({f"x:{member.outside}.{name}"})
        getter = self.classes.member(base, "__getattr__")
        if getter.function and not name.startswith("__"):
            self.implicit(line, f".{name}", getter.function, BY_TYPE)
            return self.result(getter.function)
        return NOTHING

    def _of_class(self, base: str, name: str) -> Values:
        if base not in self.program.classes:
            return NOTHING
        member = self.classes.member(base, name)
        if member.function:
            function = self.program.functions[member.function]
            if function.flags & DECORATED:
                self.tier = FLOW
                return self.read(f"{member.owner}.{name}")
            is_bound = function.flags & CLASS_METHOD
            return frozenset({f"b:{member.function}" if is_bound else f"f:{member.function}"})
        found = self._stored(member)
        if self._is_enum(base) and member.slots and not name.startswith("_"):
            return frozenset({f"o:{base}"})
        if not found and member.outside and name not in _SILENT:
            self.tier = EXACT
            return frozenset({f"x:{member.outside}.{name}"})
        return found

    def _is_enum(self, base: str) -> bool:
        return any(each.startswith("enum.") for each in self.classes.order(base))

    def _of_module(self, base: str, name: str) -> Values:
        bound = self.program.binding(base, name)
        values = bound.values
        for slot in bound.slots:
            found = self.variable(slot)
            values = values | found if values else found
        return values

    def _of_super(self, base: str, name: str) -> Values:
        member = self.classes.member_after(base, name)
        if member.function:
            self.tier = EXACT
            return self._method(member, name, 0, text=f"super().{name}")
        if member.outside:
            self.tier = EXACT
            return frozenset({f"x:{member.outside}.{name}"})
        return NOTHING

    def special(self, value: str, name: str) -> str:
        """Return the dotted name of an instance's special method; empty where its class defines none in the tree."""
        return self.classes.member(value[2:], name).function if value[0] in "oi" else ""

    def call_special(
        self, value: str, name: str, line: int, text: str, arguments: list[Values] | None = None
    ) -> Values:
        """Note that a special method is called without being written; return what it gives."""
        function = self.special(value, name)
        if not function:
            return NOTHING
        self.implicit(line, text, function, BY_TYPE)
        result = self.result(function)
        for each in self.classes.overrides(value[2:], name) if value[0] == "i" else ():
            self.implicit(line, text, each, BY_TYPE)
            result = result | self.result(each)
        if arguments:
            self.bind(function, Call(-1, arguments), 1)
        return result

    @abstractmethod
    def bind(self, name: str, call: Call, offset: int) -> None:
        """Let a function's parameters receive a call's arguments."""

    def store_attribute(self, value: str, name: str, values: Values, line: int) -> None:
        """Store values in an attribute of one value."""
        kind, base = value[0], value[2:]
        if kind in "oic" and base in self.program.classes:
            member = self.classes.member(base, name)
            if member.function and kind != "c" and self.program.functions[member.function].flags & PROPERTY:
                self._set_property(member.function, values, line)
            elif values:
                self.slots.add(f"{self._holder(base, name)}.{name}", values)
        elif kind in "fbm" and values:
            self.slots.add(f"{base}.{name}", values)

    def _set_property(self, function: str, values: Values, line: int) -> None:
        for variant in self.program.variants.get(function, ()):
            self.implicit(line, "=", function, BY_TYPE)
            for parameter in variant.positional[1:2]:
                self.give(variant, parameter, values)

    def _holder(self, base: str, name: str) -> str:
        """Return the class in whose slot an attribute of a class's instances is kept."""
        for each in self.classes.order(base):
            if each in self.program.classes and name in self.classes.assigned(each):
                return each
        return base
