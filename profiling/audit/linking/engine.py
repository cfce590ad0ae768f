"""What evaluating a unit works on: names, slots, edges found; the evaluators build on it."""

import marshal
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field

from profiling.audit.linking.classes import Classes
from profiling.audit.linking.program import Function, Program, Unit
from profiling.audit.linking.slots import Slots
from profiling.audit.linking.types import Types
from profiling.audit.linking.values import NOTHING, Values, captured, is_open, parameter, returned, yielded
from profiling.audit.model import Tier
from profiling.audit.reading.packed import Steps
from profiling.audit.reading.terms import CONTEXT_MANAGER, GENERATOR, STATIC, Term

NO_STEPS = Steps((), ())
_MOST_REMEMBERED = 10_000
"""Names whose meaning is remembered at a time."""
MOST_NESTED = 12
"""Units evaluated within each other because one wants the result of the next."""
EXACT, BY_TYPE, FLOW, CALLBACK, BY_NAME, EXTERNAL = range(6)
TIERS = (Tier.EXACT, Tier.TYPED, Tier.FLOW, Tier.CALLBACK, Tier.NAME, Tier.EXTERNAL)


@dataclass(slots=True)
class Links:
    """What a unit's calls were found to reach.

    Attributes:
        calls: tiers by callee, by index of the call site.
        implicit: tiers by callee, by line and text, of calls that nobody wrote.
        missing: why nothing was found, by index.
    """

    calls: dict[int, dict[str, int]] = field(default_factory=dict)
    implicit: dict[tuple[int, str], dict[str, int]] = field(default_factory=dict)
    missing: dict[int, str] = field(default_factory=dict)

    def packed(self) -> bytes:
        """Return them as bytes, a tenth of the size, which never leave this process."""
        missing = {index: str(reason) for index, reason in self.missing.items()}
        return marshal.dumps((self.calls, self.implicit, missing))

    @classmethod
    def unpacked(cls, packed: bytes) -> "Links":
        """Return what `packed` made bytes of."""
        return cls(*marshal.loads(packed))  # noqa: S302  # bytes of our own, see above

    def moved(self, lines: int) -> "Links":
        """Return the same of a function that now stands some lines further down."""
        implicit = {(line + lines if line else 0, text): found for (line, text), found in self.implicit.items()}
        return Links(self.calls, implicit, self.missing)


class Call:
    """A call with its arguments' values."""

    __slots__ = ("arguments", "depth", "index", "keywords", "line", "spread", "spread_keywords", "tier")

    def __init__(
        self, index: int, arguments: list[Values], keywords: dict[str, Values] | None = None, tier: int = EXACT
    ) -> None:
        self.index = index
        self.arguments = arguments
        self.keywords = keywords or {}
        self.spread = NOTHING
        self.spread_keywords = NOTHING
        self.tier = tier
        self.line = 0
        self.depth = 0


class Shared:
    """What the evaluators of all depths work on.

    Attributes:
        started: units that were evaluated, or are being.
        demand: evaluates a unit at a depth, when its result is wanted before its turn.
        unsettled: units that will find more when values have settled.
    """

    def __init__(self, program: Program, demand: Callable[[int, int], None]) -> None:
        self.program = program
        self.slots = Slots()
        self.classes = Classes(program)
        self.slots.generalize = self.classes.generalize
        self.types = Types(program, self.classes, self.slots)
        self.started: set[int] = set()
        self.unsettled: set[int] = set()
        self.sure_names: dict[tuple[str, str], Values] = {}
        """What free names stand for, by module, where nothing that is stored can change it."""
        self.demand = demand


class Engine(ABC):
    """State of evaluating one unit, and of all."""

    def __init__(self, shared: Shared, depth: int) -> None:
        self.program = shared.program
        self.slots = slots = shared.slots
        self.classes = shared.classes
        self.types = shared.types
        self.started = shared.started
        self.demand = shared.demand
        self.depth = depth
        self.held = slots.held
        self.readers = slots.readers
        self.sure_names = shared.sure_names
        self.unit: Unit = shared.program.units[0]
        self.module = ""
        self.function: Function | None = None
        self.environment: dict[str, Values] = {}
        self.items: dict[str, Values] = {}
        """Items of containers made in this run of the unit, as the last store left them."""
        self.own_sites: set[str] = set()
        self.sure: set[str] = set()
        self.reads: set[str] = set()
        self.links = Links()
        self.tier = EXACT
        self.weak = 0
        self.late = False
        """Whether values have settled: what was found by nothing else may now be guessed by name."""
        self.unsettled = shared.unsettled
        self.lines = NO_STEPS.lines

    def read(self, slot: str) -> Values:
        """Return what a slot holds; the unit is evaluated again when that grows."""
        if slot not in self.reads:
            # At once: what is evaluated within this unit may make the slot grow before the unit ends.
            self.reads.add(slot)
            number = self.unit.number
            known = self.readers.setdefault(slot, number)
            if known != number:
                self.slots.watch(slot, number)
        return self.held.get(slot, NOTHING)

    def edge(self, call: Call, callee: str, tier: int) -> None:
        """Note that a call reaches a function."""
        links = self.links
        if call.index >= 0:
            found = links.calls.get(call.index)
            if found is None:
                links.calls[call.index] = {callee: tier}
            elif found.get(callee, 9) > tier:
                found[callee] = tier
        elif call.line:
            self.implicit(call.line, "", callee, tier)

    def implicit(self, line: int, text: str, callee: str, tier: int) -> None:
        """Note a call that nobody wrote."""
        self.links.implicit.setdefault((line, text), {})[callee] = tier

    def load(self, name: str) -> Values:
        """Return what a name stands for that the unit did not assign so far."""
        function = self.function
        if function is not None:
            if name in function.by_name or name in (function.rest, function.keywords):
                values = self.environment[name] = self.parameter(function, name)
                if name not in self.sure:
                    typed = self.types.parameter(function, name) if name in function.types else NOTHING
                    self.tier = BY_TYPE if typed and not is_open(typed) else FLOW
                return values
            slot = self._closure(name)
            if slot:
                self.tier = FLOW
                return self.read(slot)
        if "'" in name:
            return NOTHING
        return self._free(name)

    def _free(self, name: str) -> Values:
        key = (self.module, name)
        values = self.sure_names.get(key)
        if values is not None:
            return values
        bound = self.program.global_name(self.module, name)
        values = bound.values
        if not bound.slots:
            if len(self.sure_names) >= _MOST_REMEMBERED:
                self.sure_names.clear()
            self.sure_names[key] = values
        for slot in bound.slots:
            found = self.variable(slot)
            values = values | found if values else found
        return values

    def variable(self, slot: str) -> Values:
        """Return what a module's variable is, by its annotation, or by what it is given where that leaves it open."""
        typed = self.types.variable(slot)
        if typed and not is_open(typed):
            self.tier = max(self.tier, BY_TYPE)
            return typed
        self.tier = max(self.tier, FLOW)
        return typed | self.read(slot) if typed else self.read(slot)

    def _closure(self, name: str) -> str:
        """Return the slot of a name that a function around this one binds."""
        scopes = self.program.declarations[self.module].scopes
        parent = self.unit.scope.parent
        while parent > 0:
            scope = scopes[parent]
            if name in scope.captured:
                return captured(f"{self.module}.{scope.path}", name)
            parent = scope.parent
        return ""

    def parameter(self, function: Function, name: str) -> Values:
        """Return what a parameter of the present function may be."""
        if name == function.rest:
            return frozenset({f"l:{function.name}*"})
        if name == function.keywords:
            return frozenset({f"d:{function.name}**"})
        if function.owner and function.positional[:1] == (name,) and not function.flags & STATIC:
            self.sure.add(name)
            return self.types.first_parameter(function)
        typed = self.types.parameter(function, name)
        if typed and not is_open(typed):
            return typed
        given = self.read(parameter(function.name, name))
        return typed | given if typed else given

    def give(self, function: Function, name: str, values: Values) -> None:
        """Let a parameter receive values, where its annotation does not say what it is."""
        if name in function.types:
            typed = self.types.parameter(function, name)
            if typed and not is_open(typed):
                return
        if name not in function.keyed:
            values = without_constants(values)
        if values:
            self.slots.add(parameter(function.name, name), values)

    def result(self, name: str) -> Values:
        """Return what calling a function gives."""
        function = self.program.functions.get(name)
        if function is None:
            return NOTHING
        if function.flags & CONTEXT_MANAGER:
            return frozenset({f"h:{name}"})
        typed = self.types.returned(function)
        if typed and not is_open(typed):
            return typed
        if function.flags & GENERATOR:
            return frozenset({f"g:{name}"})
        if function.number not in self.started and self.depth < MOST_NESTED:
            self.demand(function.number, self.depth + 1)
        self.tier = FLOW
        found = self.read(returned(name))
        return typed | found if typed else found

    def yields(self, name: str) -> Values:
        """Return what a generator function yields."""
        function = self.program.functions.get(name)
        typed = self.types.returned(function) if function is not None else NOTHING
        return self.read(yielded(name)) or NOTHING.union(*(self.elements_of(each) for each in typed))

    @abstractmethod
    def elements_of(self, value: str) -> Values:
        """Return the elements of one value, as far as they are stored."""

    @abstractmethod
    def value(self, term: Term) -> Values:
        """Return what a term may yield."""

    def begin(self, unit: Unit, steps: Steps) -> None:
        """Make ready for a unit."""
        self.unit, self.module = unit, unit.module
        self.function = unit.function
        self.environment, self.items = {}, {}
        self.own_sites, self.sure, self.reads = set(), set(), set()
        self.links = Links()
        self.lines = steps.lines
        if self.function is not None:
            self._export_parameters(self.function, unit)

    def _export_parameters(self, function: Function, unit: Unit) -> None:
        """Show inner functions the parameters they read."""
        for name in unit.scope.captured:
            if name in function.by_name or name in (function.rest, function.keywords):
                values = self.load(name)
                if values:
                    self.slots.add(captured(unit.name, name), values)


def without_constants(values: Values) -> Values:
    """Return values that are no constants."""
    for value in values:
        if value[0] in "kn":
            return frozenset([each for each in values if each[0] not in "kn"])
    return values
