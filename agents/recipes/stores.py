"""Which attributes are stored where in the whole project, and which names its tests patch."""

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from agents.recipes.functions import FunctionNode, called_name
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.references import reached
from agents.recipes.walking import nodes, parents_below

_SETTERS = frozenset({"setattr", "delattr", "__setattr__", "__delattr__"})
_PATCHERS = frozenset(
    {"patch", "setattr", "delattr", "object", "multiple", "dict", "setitem", "spy", "stub", "replace"}
)
_BY_NAME = frozenset({"__dict__", "vars", "globals", "locals", "setattr", "delattr", "exec", "eval"})

_NAMESPACES = frozenset({"globals", "exec", "vars"})
_TELLING = _SETTERS | _PATCHERS | _BY_NAME | _NAMESPACES
"""Calls that are looked at; no others can say anything."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreIndex:
    """Stores by attribute name over modules and readers.

    Attributes:
        by_name: every store of an attribute name.
        patched: names that appear, as the whole or the last part of a dotted string, in a call that may replace
            attributes (`mock.patch("pkg.mod.name")`, `monkeypatch.setattr(mod, "name", …)`).
        dynamic: files that may set attributes under names that can't be read (`setattr(x, name, …)`, `__dict__`).
        namespaces: files whose module's names may be bound again unseen, by themselves (`globals()`, `exec`) or from
            outside (`setattr(pkg.mod, name, …)`, `vars(mod)`).
    """

    by_name: dict[str, tuple[Store, ...]]
    patched: frozenset[str]
    dynamic: frozenset[str]
    namespaces: frozenset[str] = frozenset()

    def stores(self, name: str) -> tuple[Store, ...]:
        """Return every place that sets or deletes an attribute of this name on any object."""
        return self.by_name.get(name, ())

    def is_replaced(self, name: str) -> bool:
        """Say whether some object's attribute `name` is set from outside its class, or patched in a test.

        Args:
            name: of a module-level function or a method: whoever replaces it would notice a rewrite.
        """
        return name in self.patched or any(not store.is_on_self for store in self.stores(name))


@once
def index(project: Project) -> StoreIndex:
    """Return the index of a project."""
    by_name: dict[str, list[Store]] = {}
    patched: set[str] = set()
    dynamic: set[str] = set()
    namespaces: set[str] = set()
    opened: set[str] = set()
    for module in project.everything:
        for store in _stores(module):
            by_name.setdefault(store.name, []).append(store)
        calls = [call for call in nodes(module.syntax, ast.Call) if called_name(call) in _TELLING]
        for call in calls:
            patched.update(_patched(call))
        attributes = (node for node in nodes(module.syntax, ast.Attribute) if node.attr == "__dict__")
        for node in (*(call for call in calls if _is_dynamic(call)), *attributes):
            dynamic.add(module.file)
            opened.update(_receivers(node, module))
        if any(called_name(call) in _NAMESPACES for call in calls):
            namespaces.add(module.file)
    namespaces.update(module.file for module in project.everything if _is_opened(module, opened))
    return StoreIndex(
        by_name={name: tuple(found) for name, found in by_name.items()},
        patched=frozenset(patched),
        dynamic=frozenset(dynamic),
        namespaces=frozenset(namespaces),
    )


def _is_opened(module: Module, reached_names: Collection[str]) -> bool:
    """Say whether a dynamic access may reach the module: by its file, or by a name that ends with its own."""
    return module.file in reached_names or any(f".{name}".endswith(f".{module.name}") for name in reached_names)


def _stores(module: Module) -> Iterator[Store]:
    """Yield the stores of a module in the order of the text."""
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
