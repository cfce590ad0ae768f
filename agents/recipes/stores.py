"""Which attributes are stored where in the whole project, and which names its tests patch."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from agents.recipes.functions import FunctionNode, called_name
from agents.recipes.once import once
from agents.recipes.project import IDENTIFIER, Module, NamePattern, Project, spelled
from agents.recipes.references import reached
from agents.recipes.walking import nodes, parents_below

_SETTERS = frozenset({"setattr", "delattr", "__setattr__", "__delattr__"})
_PATCHERS = frozenset(
    {"patch", "setattr", "delattr", "object", "multiple", "dict", "setitem", "spy", "stub", "replace"}
)
_BY_NAME = frozenset({"__dict__", "vars", "globals", "locals", "setattr", "delattr", "exec", "eval"})

_NAMESPACES = frozenset({"globals", "exec", "vars"})
_MULTIPLE = frozenset({"multiple"})
_DYNAMIC = _SETTERS | _BY_NAME | _MULTIPLE

_MAY_STORE = NamePattern(rf"\.(?=\s*(?:[\\#][^\n]*\n\s*)*({IDENTIFIER})(?![ \t]*[(.\[]))")
"""An attribute that is neither called nor looked into on its line; a comment may stand before its name."""
_LAST_WORD = NamePattern(rf"\b({IDENTIFIER})['\"]")
_ASKED_APART = 64
"""Modules asked about, from which on all that may open any are looked at, whatever they name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One place that sets or deletes an attribute: `receiver.name = …`, `setattr(receiver, "name", …)`.

    Attributes:
        name: of the attribute.
        module: where it happens.
        node: the target or call.
        receiver: the expression whose attribute it is.
        function: the innermost function it stands in, None at module or class level.
        owner: the class whose body holds that function directly, None otherwise.
    """

    name: str
    module: Module
    node: ast.expr
    receiver: ast.expr
    function: FunctionNode | None
    owner: ast.ClassDef | None

    @property
    def is_on_self(self) -> bool:
        """Say whether the receiver is the first parameter of the method it stands in."""
        if self.owner is None or self.function is None or not isinstance(self.receiver, ast.Name):
            return False
        positional = [*self.function.args.posonlyargs, *self.function.args.args]
        return bool(positional) and positional[0].arg == self.receiver.id


class StoreIndex:
    """Stores by attribute name over modules and readers. Of each name only the files are parsed that may set it."""

    def __init__(self, project: Project) -> None:
        self._modules = project.everything
        self._are_parsed = all(module.is_parsed for module in self._modules)
        self._stores: dict[str, tuple[Store, ...]] = {}
        self._is_patched: dict[str, bool] = {}
        self._is_open: dict[str, bool] = {}

    def stores(self, name: str) -> tuple[Store, ...]:
        """Return every place that sets or deletes an attribute of this name on any object."""
        found = self._stores.get(name)
        if found is None:
            setting = self._may_set.get(name, ())
            found = tuple(store for module in setting for store in _stores(module).get(name, ()))
            self._stores[name] = found
        return found

    def is_replaced(self, name: str) -> bool:
        """Say whether some object's attribute `name` is set from outside its class, or patched in a test.

        Args:
            name: of a module-level function or a method: whoever replaces it would notice a rewrite.
        """
        return self.is_patched(name) or any(not store.is_on_self for store in self.stores(name))

    def is_patched(self, name: str) -> bool:
        """Say whether a name stands in a call that may replace attributes, as a dotted string or the last part of one.

        That is `mock.patch("pkg.mod.name")`, `monkeypatch.setattr(mod, "name", …)` and their like.
        """
        found = self._is_patched.get(name)
        if found is None:
            patching = self._may_patch.get(name.rpartition(".")[2], ())
            spelling = (one for one in patching if "." not in name or one.is_parsed or name in one.text)
            found = self._is_patched[name] = any(name in _names_patched(module) for module in spelling)
        return found

    @cached_property
    def _may_set(self) -> Mapping[str, Sequence[Module]]:
        return _by_word(self._modules, _attributes_set)

    @cached_property
    def _may_patch(self) -> Mapping[str, Sequence[Module]]:
        return _by_word(self._modules, _words_patched)

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Store, ...]]:
        """Return every store by the name of the attribute."""
        found: dict[str, list[Store]] = {}
        for module in self._modules:
            for name, stores in _stores(module).items():
                found.setdefault(name, []).extend(stores)
        return {name: tuple(stores) for name, stores in found.items()}

    def is_open(self, module: Module) -> bool:
        """Say whether a module's names may be bound again unseen.

        That is by itself (`globals()`, `exec`), or from outside (`setattr(pkg.mod, name, …)`, `vars(mod)`).
        """
        found = self._is_open.get(module.file)
        if found is None:
            asks_all = self._are_parsed or len(self._is_open) >= _ASKED_APART
            opened = self._opened if asks_all else _with_tails(map(_opened, self._naming(module)))
            found = _opens_its_own(module) or module.name in opened or module.file in opened
            self._is_open[module.file] = found
        return found

    @cached_property
    def _opened(self) -> frozenset[str]:
        return _with_tails(map(_opened, self._modules))

    def _naming(self, module: Module) -> Iterator[Module]:
        """Yield the modules that may reach another by its name, and itself."""
        last = module.name.rpartition(".")[2]
        return (other for other in self._modules if other is module or last in spelled(other))


@once
def index(project: Project) -> StoreIndex:
    """Return the index of a project."""
    return StoreIndex(project)


@once
def _attributes_set(module: Module) -> frozenset[str]:
    """Return every name that the module's text may store as an attribute, and some that it does not."""
    if module.is_parsed:
        return frozenset(_stores(module))
    stored = _MAY_STORE.found(spelled(module))
    return stored | _last_words(module) if _may_call(module, _SETTERS) else stored


@once
def _words_patched(module: Module) -> frozenset[str]:
    """Return the last part of every name that the module's text may patch, and of some that it does not."""
    if module.is_parsed or _may_call(module, _MULTIPLE):
        return frozenset(name.rpartition(".")[2] for name in _names_patched(module))
    return _last_words(module)


@once
def _last_words(module: Module) -> frozenset[str]:
    """Return the last word of every text of the module, but of those that are spelled in pieces or with escapes."""
    return _LAST_WORD.found(module.text)


@once
def _names_patched(module: Module) -> frozenset[str]:
    """Return the names that the module patches, each whole and by its last part."""
    calls = nodes(module.syntax, ast.Call) if _may_call(module, _PATCHERS) else ()
    return frozenset(name for call in calls for name in _patched(call))


@once
def _dynamic_accesses(module: Module) -> tuple[ast.Call | ast.Attribute, ...]:
    """Return what may set attributes under names that can't be read."""
    if not _may_call(module, _DYNAMIC) and "__dict__" not in module.text:
        return ()
    calls = (call for call in nodes(module.syntax, ast.Call) if _is_dynamic(call))
    attributes = (node for node in nodes(module.syntax, ast.Attribute) if node.attr == "__dict__")
    return (*calls, *attributes)


def sets_unseen(module: Module) -> bool:
    """Say whether a module may set attributes under names that can't be read (`setattr(x, name, …)`, `__dict__`)."""
    return bool(_dynamic_accesses(module))


@once
def _opened(module: Module) -> frozenset[str]:
    """Return what the module's dynamic accesses may reach."""
    return frozenset(name for node in _dynamic_accesses(module) for name in _receivers(node, module))


def _with_tails(reached_names: Iterable[frozenset[str]]) -> frozenset[str]:
    """Return dotted names, and what they end with: `pkg.mod` may be the module `mod` of another root."""
    names = (name.split(".") for some in reached_names for name in some)
    return frozenset(".".join(parts[first:]) for parts in names for first in range(len(parts)))


@once
def _opens_its_own(module: Module) -> bool:
    """Say whether the module's names may be bound again by what it calls."""
    calls = nodes(module.syntax, ast.Call) if _may_call(module, _NAMESPACES) else ()
    return any(called_name(call) in _NAMESPACES for call in calls)


def _may_call(module: Module, names: frozenset[str]) -> bool:
    """Say whether any of some functions is called, as far as the text tells: most files need not be parsed for that."""
    text = "" if module.is_parsed else spelled(module)
    return module.is_parsed or any(_call(name).search(text) is not None for name in names)


@cache
def _call(name: str) -> re.Pattern[str]:
    # Without a border before the name, which would take ten times as long.
    return re.compile(rf"{name}(?:[\s)\\]|#[^\n]*)*\(")


def _by_word(modules: Sequence[Module], words: Callable[[Module], frozenset[str]]) -> Mapping[str, Sequence[Module]]:
    """Return the modules of each word, in their order."""
    found: dict[str, list[Module]] = {}
    for module in modules:
        for word in words(module):
            found.setdefault(word, []).append(module)
    return found


@once
def _stores(module: Module) -> Mapping[str, tuple[Store, ...]]:
    """Return the stores of a module by name, each in the order of the text."""
    by_name: dict[str, list[Store]] = {}
    for store in _in_order(module):
        by_name.setdefault(store.name, []).append(store)
    return {name: tuple(stores) for name, stores in by_name.items()}


def _in_order(module: Module) -> Iterator[Store]:
    attributes = (node for node in nodes(module.syntax, ast.Attribute) if not isinstance(node.ctx, ast.Load))
    calls = (node for node in nodes(module.syntax, ast.Call) if called_name(node) in _SETTERS)
    found: list[tuple[str, ast.expr, ast.expr]] = [(node.attr, node, node.value) for node in attributes]
    found += [store for call in calls for store in _set_by_name(call)]
    for name, place, receiver in sorted(found, key=lambda store: (store[1].lineno, store[1].col_offset)):
        function, owner = _around(place, parents_below(module.syntax))
        yield Store(name=name, module=module, node=place, receiver=receiver, function=function, owner=owner)


def _around(node: ast.AST, above: Mapping[ast.AST, ast.AST]) -> tuple[FunctionNode | None, ast.ClassDef | None]:
    """Return the innermost function a node stands in, and the class whose body holds that function directly."""
    step = above.get(node)
    while step is not None:
        if isinstance(step, FunctionNode):
            owner = above[step]
            return step, owner if isinstance(owner, ast.ClassDef) else None
        step = above.get(step)
    return None, None


def _set_by_name(call: ast.Call) -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """Yield the name, the place and the receiver of `setattr(receiver, "name", …)` and its like."""
    name = next((text for argument in call.args[:2] if (text := _text(argument)) is not None), None)
    if name is not None and "." not in name:
        yield name, call, call.args[0]


def _patched(node: ast.Call) -> Iterator[str]:
    if called_name(node) not in _PATCHERS:
        return
    texts = [_text(argument) for argument in node.args]
    keywords = [keyword.arg for keyword in node.keywords] if called_name(node) == "multiple" else []
    for text in (*texts, *(_text(keyword.value) for keyword in node.keywords), *keywords):
        if text is not None and all(part.isidentifier() for part in text.split(".")):
            yield text
            yield text.rpartition(".")[2]


def _is_dynamic(call: ast.Call) -> bool:
    called = called_name(call)
    if called == "multiple":
        return not all(keyword.arg for keyword in call.keywords)
    if called in _SETTERS:
        return all(_text(argument) is None for argument in call.args[:2])
    return called in _BY_NAME


def _receivers(node: ast.AST, module: Module) -> Iterator[str]:
    """Yield what a dynamic access may reach: dotted names of modules or others, the file if it is its own module."""
    receiver = node.value if isinstance(node, ast.Attribute) else None
    if isinstance(node, ast.Call):
        receiver = node.args[0] if node.args else None
    if isinstance(receiver, ast.Subscript):  # of `sys.modules`
        yield module.file
    elif isinstance(receiver, ast.Constant):
        yield str(receiver.value)
    else:
        yield from reached(receiver, module)


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
