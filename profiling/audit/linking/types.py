"""What an annotation says of a value, once all files are known."""

from profiling.audit.linking.classes import Classes
from profiling.audit.linking.program import Function, Program
from profiling.audit.linking.slots import Slots
from profiling.audit.linking.values import NOTHING, Values, all_items, any_item, item, keys_of, returned, yielded
from profiling.audit.reading.terms import CLASS_METHOD, GENERATOR, T_NAME, T_SUBSCRIPT, T_UNION, Term

_DEEPEST = 10
_SCALARS = frozenset("str int float bool bytes complex bytearray list dict tuple set frozenset LiteralString".split())
_NOTHING = frozenset("object Any None type Callable Hashable Sized Literal TypeVar ParamSpec Protocol Generic".split())
_ELEMENTS = frozenset(
    "list List Sequence MutableSequence Iterable Iterator Reversible Collection Container set Set frozenset FrozenSet"
    " AbstractSet MutableSet deque Deque tuple Tuple Generator AsyncIterator AsyncIterable AsyncGenerator KeysView"
    " ValuesView QuerySet".split()
)
_MAPPINGS = frozenset(
    "dict Dict Mapping MutableMapping defaultdict DefaultDict OrderedDict ChainMap Counter WeakValueDictionary".split()
)
_FIRST = frozenset("Optional ClassVar Final Annotated Required NotRequired ReadOnly InitVar TypeGuard".split())
_LAST = frozenset("Awaitable Coroutine Future Task".split())
_MANAGERS = frozenset("ContextManager AbstractContextManager AsyncContextManager AbstractAsyncContextManager".split())


class Types:
    """Turns terms of types into values."""

    def __init__(self, program: Program, classes: Classes, slots: Slots) -> None:
        self._program = program
        self._classes = classes
        self._slots = slots
        self._returned: dict[str, Values] = {}
        self._parameters: dict[tuple[str, str], Values] = {}
        self._attributes: dict[tuple[str, str], Values] = {}
        self._variables: dict[str, Values] = {}

    def returned(self, function: Function) -> Values:
        """Return what a function's return annotation says."""
        known = self._returned.get(function.name)
        if known is None:
            known = self.of(function.returns, function.module, function.name) if function.returns else NOTHING
            self._returned[function.name] = known
        return known

    def parameter(self, function: Function, name: str) -> Values:
        """Return what a parameter's annotation says; of a method's first parameter, what it is."""
        key = (function.name, name)
        known = self._parameters.get(key)
        if known is None:
            term = function.types.get(name)
            known = self.of(term, function.module, function.name) if term else NOTHING
            self._parameters[key] = known
        return known

    def attribute(self, owner: str, name: str) -> Values:
        """Return what the annotation of a class's attribute says."""
        key = (owner, name)
        known = self._attributes.get(key)
        if known is None:
            self._attributes[key] = NOTHING
            made = self._program.classes[owner]
            known = self._attributes[key] = self.of(made.facts.annotations[name], made.module, owner)
        return known

    def variable(self, slot: str) -> Values:
        """Return what the annotation of a module's variable says."""
        known = self._variables.get(slot)
        if known is None:
            module, _, name = slot.rpartition(".")
            declarations = self._program.declarations.get(module)
            term = declarations.declared.get(name) if declarations is not None else None
            known = self._variables[slot] = self.of(term, module, module) if term else NOTHING
        return known

    def of(self, term: Term, module: str, around: str, depth: int = 0) -> Values:
        """Return the values of a type's term.

        Args:
            term: as read; module: where it stands.
            around: dotted name of the function or class it belongs to, in whose classes its names are looked up too.
            depth: levels of aliases and brackets above it.
        """
        if term is None or depth > _DEEPEST:
            return NOTHING
        if term[0] == T_NAME:
            return self._named(term[1], module, around, depth)
        if term[0] == T_UNION:
            return NOTHING.union(*(self.of(each, module, around, depth + 1) for each in term[1]))
        if term[0] == T_SUBSCRIPT:
            return self._subscript(term[1], term[2], module, around, depth)
        return NOTHING

    def _named(self, dotted: str, module: str, around: str, depth: int) -> Values:
        if dotted in ("Self", "typing.Self", "typing_extensions.Self"):
            return self._own(around)
        alias = self._alias(dotted, module, depth)
        if alias:
            return alias
        found: set[str] = set()
        for name in self._classes.resolve(module, dotted, around):
            if name in self._program.classes:
                found.add(f"i:{name}")
                if self._classes.protocols.is_callback(name):
                    found.add(f"w:{name}.__call__")
            else:
                found |= self._outside(name)
        return frozenset(found)

    def _own(self, around: str) -> Values:
        owner = around
        while owner and owner not in self._program.classes:
            owner = owner.rpartition(".")[0]
        return frozenset({f"i:{owner}"}) if owner else NOTHING

    def _outside(self, name: str) -> Values:
        last = name.rpartition(".")[2]
        if name.startswith("<builtin>."):
            if last in _SCALARS:
                return frozenset({f"t:{last}"})
            return NOTHING if last in _NOTHING else frozenset({f"r:{name}"})
        if last in _NOTHING or last in _ELEMENTS or last in _MAPPINGS:
            return NOTHING if last in _NOTHING else frozenset({"t:list" if last in _ELEMENTS else "t:dict"})
        return frozenset({f"r:{name}"})

    def _alias(self, dotted: str, module: str, depth: int) -> Values:
        """Follow a name to what it was assigned, where that is a type."""
        first, _, rest = dotted.partition(".")
        bound = self._program.binding(module, first)
        if rest and "." not in rest:
            inner = min((value[2:] for value in bound.values if value[0] == "m"), default="")
            bound = self._program.binding(inner, rest) if inner else bound
        elif rest:
            return NOTHING
        for slot in bound.slots:
            owner, _, name = slot.rpartition(".")
            declarations = self._program.declarations.get(owner)
            term = declarations.aliases.get(name) if declarations is not None else None
            if term is not None:
                return self.of(term, owner, owner, depth + 1)
        return NOTHING

    def _subscript(self, base: str, arguments: list[Term], module: str, around: str, depth: int) -> Values:
        last = base.rpartition(".")[2]
        if any(name in self._program.classes for name in self._classes.resolve(module, base, around)):
            return self._named(base, module, around, depth)
        parts = [self.of(each, module, around, depth + 1) for each in arguments]
        if last in ("Union", "Optional"):
            return NOTHING.union(*parts)
        if last in _FIRST:
            return parts[0] if parts else NOTHING
        if last in _LAST:
            return parts[-1] if parts else NOTHING
        if last in ("Type", "type"):
            return frozenset(f"c:{value[2:]}" for part in parts for value in part if value[0] == "i")
        return self._container(last, parts, self._classes.resolve(module, base, around))

    def _container(self, last: str, parts: list[Values], names: list[str]) -> Values:
        if last in ("tuple", "Tuple") and parts:
            return self._tuple(parts)
        if last in _ELEMENTS:
            return self.made("l", NOTHING, parts[0] if parts else NOTHING)
        if last in _MAPPINGS:
            return self.made("d", parts[0] if parts else NOTHING, parts[-1] if len(parts) > 1 else NOTHING)
        if last in _MANAGERS:
            site = self._site("h", NOTHING, parts[0])
            self._slots.add(yielded(site), parts[0])
            return frozenset({f"h:{site}"})
        if last == "Callable":
            site = self._site("w", NOTHING, parts[-1])
            self._slots.add(returned(site), parts[-1])
            return frozenset({f"w:{site}"})
        return frozenset(f"r:{name}" for name in names)

    def _site(self, kind: str, keys: Values, values: Values) -> str:
        return f"{kind}<{'|'.join(sorted(keys))};{'|'.join(sorted(values))}>"

    def made(self, kind: str, keys: Values, values: Values) -> Values:
        """Return a container of which only the types of its items are known."""
        site = self._site(kind, keys, values)
        self._slots.add(any_item(site), values)
        self._slots.add(all_items(site), values)
        self._slots.add(keys_of(site), keys)
        return frozenset({f"{kind}:{site}"})

    def _tuple(self, parts: list[Values]) -> Values:
        site = "t<" + ";".join("|".join(sorted(part)) for part in parts) + ">"
        for position, part in enumerate(parts):
            self._slots.add(item(site, f"n:{position}"), part)
            self._slots.add(all_items(site), part)
        if len(parts) > 1 and not parts[-1]:
            self._slots.add(any_item(site), parts[0])
        return frozenset({f"l:{site}"})

    def first_parameter(self, function: Function) -> Values:
        """Return what a method's first parameter is."""
        is_class = function.flags & CLASS_METHOD or function.name.endswith((".__new__", ".__init_subclass__"))
        return frozenset({f"c:{function.owner}" if is_class else f"i:{function.owner}"})

    def is_generator(self, function: Function) -> bool:
        """Tell whether calling it runs none of its body."""
        return bool(function.flags & GENERATOR)
