"""All declarations of a tree together: functions, classes, and what a module's names stand for."""

import builtins
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from profiling.audit.linking.modules import ModuleTable
from profiling.audit.linking.values import NOTHING, Values
from profiling.audit.reading.facts import ClassFacts, Declarations, ScopeFacts
from profiling.audit.reading.scope import KEYWORD_ONLY, KEYWORDS, POSITIONAL, VARIADIC, ParameterFact
from profiling.audit.reading.terms import DECORATED, OVERLOAD, Term

_BUILTINS = frozenset(dir(builtins))
_NO_SLOTS: tuple[str, ...] = ()
_UNTYPED: Mapping[str, Term] = MappingProxyType({})
_CHAIN = 24
"""Re-exports in a row beyond which a name counts as unknown."""


class Binding(NamedTuple):
    """What a name stands for: values that are sure, and slots that hold others."""

    values: Values
    slots: tuple[str, ...]


UNBOUND = Binding(NOTHING, _NO_SLOTS)


class Unit:
    """One scope of one file: what is evaluated at a time.

    Attributes:
        number: its place in `Program.units`.
        name: dotted; several units have one name where a function is defined twice.
    """

    __slots__ = ("file", "function", "index", "module", "name", "number", "owner", "scope")

    def __init__(self, number: int, file: str, module: str, index: int, scope: ScopeFacts) -> None:
        self.number = number
        self.file = file
        self.module = module
        self.index = index
        self.scope = scope
        self.name = f"{module}.{scope.path}" if scope.path else module
        self.owner = ""
        self.function: Function | None = None


class Function:
    """What calling a function needs to know of it.

    Attributes:
        name: dotted; flags: see `terms`; owner: its class, empty where it is no method.
        positional: names of parameters by place; by_name: those that may be given by name.
        rest, keywords: `*args` and `**kwargs`, empty where it has none.
        types: annotations by parameter; keyed: parameters that are used as keys.
    """

    __slots__ = (
        "by_name", "flags", "keyed", "keywords", "module", "name", "number", "owner", "positional", "rest", "returns",
        "types",
    )  # fmt: skip

    def __init__(self, unit: Unit) -> None:
        scope = unit.scope
        self.name, self.module, self.owner, self.number = unit.name, unit.module, unit.owner, unit.number
        self.flags, self.returns = scope.flags, scope.returns
        parameters = scope.parameters
        # Tuples: there are as many of these as functions, and most have one parameter or two.
        self.positional = self.by_name = tuple([name for name, kind, _ in parameters if kind == POSITIONAL])
        self.rest = self.keywords = ""
        self.types: Mapping[str, Term] = _UNTYPED
        if len(self.positional) < len(parameters):
            self._take_others(parameters)
        if any(term is not None for _, _, term in parameters):
            self.types = {name: term for name, _, term in parameters if term is not None}
        self.keyed = scope.keyed

    def _take_others(self, parameters: Sequence[ParameterFact]) -> None:
        self.by_name = tuple([name for name, kind, _ in parameters if kind in (POSITIONAL, KEYWORD_ONLY)])
        for name, kind, _ in parameters:
            if kind == VARIADIC:
                self.rest = name
            elif kind == KEYWORDS:
                self.keywords = name


class Class:
    """A class of the tree.

    Attributes:
        facts: as its file tells them.
    """

    __slots__ = ("_assigned", "facts", "module", "name", "scope")

    def __init__(self, module: str, facts: ClassFacts) -> None:
        self.module = module
        self.facts = facts
        self.name = f"{module}.{facts.path}"
        self.scope = facts.scope
        self._assigned: frozenset[str] | None = None

    @property
    def assigned(self) -> frozenset[str]:
        """Return the attributes that its body and methods store."""
        if self._assigned is None:
            self._assigned = frozenset(self.facts.assigned)
        return self._assigned


class Program:
    """Everything declared in a tree.

    Attributes:
        modules: names of modules; declarations: by module.
        units, functions, classes: by number, by dotted name.
        unit_at: number of a unit by module and index of its scope.
    """

    def __init__(self, modules: ModuleTable, files: Mapping[str, Declarations]) -> None:
        self.modules = modules
        self.declarations = {modules.names[file]: declarations for file, declarations in files.items()}
        self.units: list[Unit] = []
        self.functions: dict[str, Function] = {}
        self.classes: dict[str, Class] = {}
        self.unit_at: dict[str, int] = {}
        self.children: defaultdict[str, list[str]] = defaultdict(list)
        self.loose: set[str] = set()
        self.variants: defaultdict[str, list[Function]] = defaultdict(list)
        """Further functions of a name: a property's setter, the other branch of an `if`."""
        self.defining: defaultdict[str, list[str]] = defaultdict(list)
        """Methods by bare name, for calls of which nothing else is known."""
        self._bindings: dict[tuple[str, str], Binding] = {}
        for file, declarations in files.items():
            self._add_file(file, modules.names[file], declarations)
        for name in (*modules.found.values(), *modules.packages):
            parent, _, last = name.rpartition(".")
            self.children[parent].append(last)

    def _add_file(self, file: str, module: str, declarations: Declarations) -> None:
        self.unit_at[module] = len(self.units)
        self.loose.update(declarations.loose)
        prefix = module + "."
        classes = declarations.classes
        for facts in classes:
            made = Class(module, facts)
            self.classes[made.name] = made
            for method in facts.methods:
                self.defining[method].append(f"{made.name}.{method}")
        for index, scope in enumerate(declarations.scopes):
            unit = Unit(len(self.units), file, module, index, scope)
            self.units.append(unit)
            if scope.owner >= 0:
                unit.owner = prefix + classes[scope.owner].path
            if index:
                self._add_function(unit)

    def _add_function(self, unit: Unit) -> None:
        unit.function = Function(unit)
        known = self.functions.get(unit.name)
        if known is None or known.flags & OVERLOAD:
            self.functions[unit.name] = unit.function
        else:
            self.variants[unit.name].append(unit.function)

    def class_named(self, module: str, index: int) -> str:
        """Return the dotted name of a module's class by its index."""
        return f"{module}.{self.declarations[module].classes[index].path}"

    def function_named(self, module: str, index: int) -> str:
        """Return the dotted name of a module's function by its scope's index."""
        return f"{module}.{self.declarations[module].scopes[index].path}"

    def binding(self, module: str, name: str, depth: int = 0) -> Binding:
        """Return what a name of a module stands for, builtins not looked at."""
        key = (module, name)
        known = self._bindings.get(key)
        if known is None:
            if depth > _CHAIN:
                return UNBOUND
            self._bindings[key] = UNBOUND
            known = self._bindings[key] = self._find(module, name, depth)
        return known

    def _find(self, module: str, name: str, depth: int) -> Binding:
        declarations = self.declarations.get(module)
        if declarations is None:
            return self._submodule(module, name)
        values: set[str] = set()
        slots: list[str] = []
        for index in declarations.defined.get(name, ())[-1:]:
            flags = declarations.scopes[index].flags
            if flags & DECORATED:
                slots.append(f"{module}.{name}")
            else:
                values.add(f"f:{module}.{name}")
        if name in declarations.classes_by_name:
            values.add(f"c:{module}.{name}")
        if name in declarations.assigned and f"{module}.{name}" not in slots:
            slots.append(f"{module}.{name}")
        for target, attribute, level in declarations.imports.get(name, ()):
            found = self.imported(module, target, attribute, level, depth + 1)
            values |= found.values
            slots += found.slots
        if not values and not slots:
            return self._from_elsewhere(module, name, depth)
        return Binding(frozenset(values), tuple(dict.fromkeys(slots)))

    def _from_elsewhere(self, module: str, name: str, depth: int) -> Binding:
        """Look for a name in what is imported with a star, and among the submodules."""
        declarations = self.declarations[module]
        for target, level in declarations.stars:
            absolute = self.modules.relative(module, target, level)
            found = self.modules.resolve(absolute, module)
            if found is None:
                continue
            exported = self.declarations[found].exported if found in self.declarations else None
            if name.startswith("_") and (exported is None or name not in exported):
                continue
            bound = self.binding(found, name, depth + 1)
            if bound is not UNBOUND and (bound.values or bound.slots):
                return bound
        return self._submodule(module, name)

    def _submodule(self, module: str, name: str) -> Binding:
        dotted = f"{module}.{name}"
        found = self.modules.found.get(dotted) or (dotted if dotted in self.modules.packages else None)
        return Binding(frozenset({f"m:{found}"}), _NO_SLOTS) if found else UNBOUND

    def imported(self, module: str, target: str, attribute: str | None, level: int, depth: int = 0) -> Binding:
        """Return what an import in a module binds."""
        absolute = self.modules.relative(module, target, level)
        found = self.modules.resolve(absolute, module)
        if attribute is None:
            return Binding(frozenset({f"m:{found}" if found else f"x:{absolute}"}), _NO_SLOTS)
        if found is None:
            return Binding(frozenset({f"x:{absolute}.{attribute}"}), _NO_SLOTS)
        if found == module:
            return self._submodule(found, attribute)
        bound = self.binding(found, attribute, depth)
        return bound if bound.values or bound.slots else self._submodule(found, attribute)

    def stars_outside(self, module: str) -> bool:
        """Tell whether a module imports all names of something outside the tree."""
        declarations = self.declarations[module]
        return any(
            self.modules.resolve(self.modules.relative(module, target, level), module) is None
            for target, level in declarations.stars
        )

    def global_name(self, module: str, name: str) -> Binding:
        """Return what a free name stands for in a module: its own names, then builtins."""
        bound = self.binding(module, name)
        if not bound.values and not bound.slots and name in _BUILTINS:
            return Binding(frozenset({f"x:<builtin>.{name}"}), _NO_SLOTS)
        return bound
