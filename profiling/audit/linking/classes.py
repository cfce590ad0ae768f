"""What instances of a class have: the order of its bases, its members, what its subclasses override."""

import weakref
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from profiling.audit.linking.program import Class, Program
from profiling.audit.linking.protocols import PROTOCOLS, Protocols
from profiling.audit.linking.values import MANY, MOST, MOST_CALLABLE, Values
from profiling.audit.reading.terms import T_NAME, T_SUBSCRIPT, Term

_MOST_BASES = 200
_MOST_MEMBERS = 15_000
"""Members that are remembered at a time."""
_IGNORED_BASES = PROTOCOLS | {"<builtin>.object", "typing.Generic", "abc.ABC"}


class Member(NamedTuple):
    """What an attribute of a class's instances may be.

    Attributes:
        function: dotted name of the method that the order of bases finds, empty where there is none; its owner.
        nested: a class in the class's body.
        typed: class and name where it is annotated.
        slots: what was ever stored in it.
        outside: the first base outside the tree that may have it.
    """

    function: str = ""
    owner: str = ""
    nested: str = ""
    typed: tuple[str, str] | None = None
    slots: tuple[str, ...] = ()
    outside: str = ""


class Classes:
    """The classes of a program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._bases: dict[str, tuple[str, ...]] = {}
        self._orders: dict[str, tuple[str, ...]] = {}
        self._members: dict[tuple[str, str, bool], Member] = {}
        self._overrides: dict[tuple[str, str], tuple[str, ...]] = {}
        self._lines: dict[str, tuple[Class | str, ...]] = {}
        self._shared: dict[Member, Member] = {}
        """Every member that is remembered once: most are alike."""
        self.subclasses: defaultdict[str, list[str]] = defaultdict(list)
        for name in program.classes:
            for base in self.bases(name):
                self.subclasses[base].append(name)
        # No circle: what is known of a large tree must go as soon as it is done with.
        self.protocols = Protocols(program, weakref.proxy(self))
        self._descendants: dict[str, tuple[str, ...]] = {}
        self._below: dict[str, tuple[str, ...]] = {}

    def bases(self, name: str) -> tuple[str, ...]:
        """Return a class's bases: dotted names of classes, in the tree or outside it."""
        known = self._bases.get(name)
        if known is None:
            self._bases[name] = ()
            made = self._program.classes[name]
            known = tuple(base for term in made.facts.bases for base in self._base(made.module, name, term))
            self._bases[name] = known
        return known

    def _base(self, module: str, name: str, term: Term) -> list[str]:
        if term is None:
            return []
        if term[0] == T_SUBSCRIPT or term[0] == T_NAME:
            around = name.rpartition(".")[0]
            return self.resolve(module, term[1], around)
        return []

    def resolve(self, module: str, dotted: str, around: str = "") -> list[str]:
        """Return the classes that a dotted name means in a module, or in a class's or function's body around it."""
        first, _, rest = dotted.partition(".")
        program = self._program
        while around and around != module and len(around) > len(module):
            inner = f"{around}.{first}"
            if inner in program.classes:
                return [self._nested(inner, rest)]
            around = around.rpartition(".")[0]
        found = []
        for value in sorted(program.global_name(module, first).values):
            found += self._walk(value, rest)
        return found

    def _walk(self, value: str, rest: str) -> list[str]:
        """Follow attributes from a value to classes."""
        program = self._program
        while True:
            kind, name = value[0], value[2:]
            if kind == "c":
                return [self._nested(name, rest)]
            if kind == "x":
                return [f"{name}.{rest}" if rest else name]
            if kind != "m" or not rest:
                return []
            first, _, rest = rest.partition(".")
            values = program.binding(name, first).values
            if not values:
                return []
            value = min(values)

    def _nested(self, name: str, rest: str) -> str:
        for part in rest.split(".") if rest else ():
            name = f"{name}.{part}"
        return name

    def order(self, name: str) -> tuple[str, ...]:
        """Return the method resolution order, the class itself first; depth first where C3 has no answer."""
        known = self._orders.get(name)
        if known is None:
            self._orders[name] = (name,)
            bases = self.bases(name) if name in self._program.classes else ()
            known = self._orders[name] = (name, *_merged([list(self.order(base)) for base in bases], list(bases)))
        return known

    def below(self, name: str) -> tuple[str, ...]:
        """Return all classes in the tree whose instances count as a class's: subclasses, implementers of a protocol."""
        known = self._below.get(name)
        if known is None:
            known = self.descendants(name)
            if self.protocols.is_protocol(name):
                known = (*known, *self.protocols.implementers(name))
            self._below[name] = known
        return known

    def descendants(self, name: str) -> tuple[str, ...]:
        """Return all subclasses of a class in the tree."""
        known = self._descendants.get(name)
        if known is None:
            found: dict[str, None] = {}
            waiting = list(self.subclasses.get(name, ()))
            while waiting:
                each = waiting.pop()
                if each not in found and each != name:
                    found[each] = None
                    waiting += self.subclasses.get(each, ())
            known = self._descendants[name] = tuple(sorted(found))
        return known

    def assigned(self, name: str) -> frozenset[str]:
        """Return the attributes that a class's body and methods store."""
        return self._program.classes[name].assigned

    def _line(self, name: str) -> tuple[Class | str, ...]:
        """Return the order of a class's bases, classes of the tree as such."""
        known = self._lines.get(name)
        if known is None:
            classes = self._program.classes
            known = self._lines[name] = tuple([classes.get(each, each) for each in self.order(name)])
        return known

    def member(self, name: str, attribute: str, *, exact: bool = True) -> Member:
        """Return what an attribute of a class's instances may be.

        Args:
            name: the class.
            attribute: bare name.
            exact: whether the instance is none of a subclass: what these store is left out.
        """
        key = (name, attribute, exact)
        known = self._members.get(key)
        if known is None:
            if len(self._members) >= _MOST_MEMBERS:
                self._members.clear()
                self._shared.clear()
            known = self._look(name, attribute, self._line(name), exact=exact)
            known = self._members[key] = self._shared.setdefault(known, known)
        return known

    def member_after(self, name: str, attribute: str) -> Member:
        """Return what `super()` finds in a class's methods."""
        return self._look(name, attribute, self._line(name)[1:], exact=True)

    def _look(self, name: str, attribute: str, line: tuple[Class | str, ...], *, exact: bool) -> Member:
        function, owner, nested, outside, typed = "", "", "", "", None
        slots = self._slots(attribute, line)
        for each in line:
            if isinstance(each, str):
                if not outside and each not in _IGNORED_BASES:
                    outside = each
                continue
            facts = each.facts
            if attribute in facts.methods:
                function, owner = f"{each.name}.{attribute}", each.name
                break
            if attribute in facts.nested and not nested:
                nested = f"{each.name}.{attribute}"
            if typed is None and attribute in facts.annotations:
                typed = (each.name, attribute)
        if not exact and not function:
            slots += [f"{each}.{attribute}" for each in self.below(name) if attribute in self.assigned(each)]
        return Member(function, owner, nested, typed, tuple(slots), outside)

    def _slots(self, attribute: str, line: tuple[Class | str, ...]) -> list[str]:
        """Return the slots of the classes that may store an attribute."""
        loose = attribute in self._program.loose
        return [
            f"{each.name}.{attribute}"
            for each in line
            if not isinstance(each, str)
            and (loose or attribute in each.assigned or attribute in each.facts.annotations)
        ]

    def overrides(self, name: str, method: str) -> tuple[str, ...]:
        """Return the methods of that name that instances counting as a class's have in place of its own."""
        key = (name, method)
        known = self._overrides.get(key)
        if known is None:
            own = self.member(name, method).function
            found = dict.fromkeys(self._overriding(name, method))
            known = self._overrides[key] = tuple(each for each in found if each and each != own)
        return known

    def _overriding(self, name: str, method: str) -> Iterator[str]:
        classes, inheriting = self._program.classes, self.descendants(name)
        for each in self.below(name):
            if method in classes[each].facts.methods:
                yield f"{each}.{method}"
            elif len(self.bases(each)) > 1 or each not in inheriting:
                # Another of its bases may come first, or it inherits what a protocol asks for.
                yield self.member(each, method).function

    def generalize(self, values: Values) -> Values:
        """Return values in which instances of many classes give way to instances of the nearest base of all."""
        names = [value[2:] for value in values if value[0] in "oi"]
        rest = [value for value in values if value[0] not in "oi"]
        containers = [value for value in rest if value[0] in "ld"]
        if len(containers) > MOST or "t:list" in values:
            rest = [value for value in rest if value[0] not in "ld"] + ["t:list"]
        if len(names) > 1:
            common = [base for base in self.order(min(names)) if base in self._program.classes]
            for name in names:
                order = self.order(name)
                common = [base for base in common if base in order]
            names = common[:1] if common else names
            kept = {f"i:{name}" for name in names}
        else:
            kept = {value for value in values if value[0] in "oi"}
        return frozenset({MANY}) if len(rest) + len(kept) > MOST_CALLABLE else frozenset(kept.union(rest))

    def is_subclass(self, name: str, base: str) -> bool:
        """Tell whether a class is another or inherits from it."""
        return base in self.order(name) or (self.protocols.is_protocol(base) and name in self.below(base))


def _merged(orders: list[list[str]], bases: list[str]) -> list[str]:
    """Merge orders of bases by C3; where that fails, by depth."""
    waiting = [list(order) for order in [*orders, bases] if order]
    merged: list[str] = []
    while waiting and len(merged) < _MOST_BASES:
        for order in waiting:
            head = order[0]
            if not any(head in other[1:] for other in waiting):
                break
        else:
            return list(dict.fromkeys([*merged, *(name for order in orders for name in order)]))
        merged.append(head)
        waiting = [[name for name in order if name != head] for order in waiting]
        waiting = [order for order in waiting if order]
    return merged
