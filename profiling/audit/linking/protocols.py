"""Which classes implement a protocol of the tree without naming it as a base."""

from collections.abc import Iterable
from typing import Protocol

from profiling.audit.linking.program import Function, Program
from profiling.audit.reading.terms import DECORATED, PROPERTY, STATIC

PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
MOST_IMPLEMENTERS = 40
"""Classes that have a protocol's only member beyond which it tells nothing: a name that everybody uses."""
_NOT_MEMBERS = frozenset(
    "__init__ __new__ __slots__ __doc__ __module__ __dict__ __annotations__ __class_getitem__ __init_subclass__"
    " __match_args__ __subclasshook__ __weakref__".split()
)
"""Of a protocol's body, by the typing specification."""


class Hierarchy(Protocol):
    """Who inherits from whom."""

    def bases(self, name: str) -> tuple[str, ...]:
        """Return a class's bases."""

    def order(self, name: str) -> tuple[str, ...]:
        """Return the method resolution order, the class itself first."""

    def descendants(self, name: str) -> tuple[str, ...]:
        """Return the classes of the tree that inherit from a class."""


class Protocols:
    """The protocols of a program."""

    def __init__(self, program: Program, hierarchy: Hierarchy) -> None:
        self._program = program
        self._hierarchy = hierarchy
        self._members: dict[str, frozenset[str]] = {}

    def is_protocol(self, name: str) -> bool:
        """Tell whether a class of the tree is a protocol: to inherit from one does not make one."""
        return name in self._program.classes and not PROTOCOLS.isdisjoint(self._hierarchy.bases(name))

    def is_callback(self, name: str) -> bool:
        """Tell whether a class is a protocol that any function may implement."""
        return self.is_protocol(name) and self.members(name) == {"__call__"}

    def members(self, name: str) -> frozenset[str]:
        """Return what a class must have to implement a protocol."""
        known = self._members.get(name)
        if known is None:
            found: set[str] = set()
            for each in filter(self.is_protocol, self._hierarchy.order(name)):
                facts = self._program.classes[each].facts
                found |= {*facts.methods, *facts.annotations, *facts.fields}
            known = self._members[name] = frozenset(found - _NOT_MEMBERS)
        return known

    def implementers(self, name: str) -> tuple[str, ...]:
        """Return the classes that have all members of a protocol, though it is none of their bases.

        Those that inherit from it are not among them. None are given where more than 40 have its only member.
        """
        members = self.members(name)
        found = [
            each
            for each in self._candidates(name, members)
            if not self.is_protocol(each)
            and name not in self._hierarchy.order(each)
            and all(self._has(each, member, name) for member in members)
        ]
        return tuple(found) if len(members) > 1 or len(found) <= MOST_IMPLEMENTERS else ()

    def _candidates(self, name: str, members: Iterable[str]) -> list[str]:
        """Return the classes that define or inherit the method of a protocol that fewest define."""
        methods = [each for each in members if self._is_method(name, each)]
        if not methods:
            return []
        defining = min((self._program.defining.get(each, []) for each in sorted(methods)), key=len)
        owners = [method.rpartition(".")[0] for method in defining]
        return sorted({each for owner in owners for each in (owner, *self._hierarchy.descendants(owner))})

    def _is_method(self, name: str, member: str) -> bool:
        """Tell whether a member is more than an attribute, which needs no method to be implemented."""
        function = self._function(name, member)
        return function is not None and not function.flags & PROPERTY

    def _function(self, name: str, member: str) -> Function | None:
        for each in self._hierarchy.order(name):
            made = self._program.classes.get(each)
            if made is not None and member in made.facts.methods:
                return self._program.functions.get(f"{each}.{member}")
        return None

    def _has(self, candidate: str, member: str, protocol: str) -> bool:
        given = self._function(candidate, member)
        if given is not None:
            wanted = self._function(protocol, member)
            return wanted is None or _fits(given, wanted)
        for each in self._hierarchy.order(candidate):
            made = self._program.classes.get(each)
            facts = made.facts if made is not None else None
            if facts is not None and (
                member in facts.assigned or member in facts.annotations or member in facts.nested
            ):
                return True
        return False


def _fits(given: Function, wanted: Function) -> bool:
    """Tell whether a method can be called as a protocol's is; a decorator may change how, so that it counts as able."""
    if wanted.flags & PROPERTY or given.flags & DECORATED:
        return True
    if given.flags & PROPERTY:
        return False
    places = len(given.positional) - (not given.flags & STATIC)
    asked = len(wanted.positional) - (not wanted.flags & STATIC)
    only_named = [name for name in wanted.by_name if name not in wanted.positional]
    return (bool(given.rest) or places >= asked) and (
        bool(given.keywords) or all(name in given.by_name for name in only_named)
    )
