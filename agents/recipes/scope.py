"""Which names are bound where in a module, and what a name means at a place: a local, an import, a builtin."""

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import get_args

from agents.recipes.once import once
from agents.recipes.project import Module
from agents.recipes.walking import children, nodes

_FunctionLike = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_BUILTINS = frozenset(dir(builtins))
_NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar
_SCOPED = frozenset((*get_args(_FunctionLike), *get_args(_Comprehension), ast.ClassDef, ast.NamedExpr))
_BINDING = frozenset(
    (*get_args(_NAMED), ast.Name, ast.NamedExpr, ast.Global, ast.Nonlocal, ast.alias, ast.MatchMapping)
)


@dataclass(slots=True, kw_only=True, eq=False)
class Scope:
    """One scope while it is read; afterwards nobody changes it.

    Attributes:
        node: module, class, function, lambda or comprehension.
        parent: the scope around it, None for the module.
        bindings: nodes that bind, rebind or delete each name here: names, definitions, aliases, arguments, handlers,
            patterns. Those made through `global` or `nonlocal` stand in the scope they reach.
        declared_global, declared_nonlocal: names so declared here.
    """

    node: ast.AST
    parent: "Scope | None"
    bindings: dict[str, list[ast.AST]] = field(default_factory=dict)
    declared_global: set[str] = field(default_factory=set)
    declared_nonlocal: set[str] = field(default_factory=set)

    @property
    def is_class(self) -> bool:
        """Say whether functions inside do not see its names."""
        return isinstance(self.node, ast.ClassDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What a module-level name was imported as.

    Attributes:
        target: `re`, `os.path` or, for `from re import sub`, `re.sub`; relative imports resolved.
        statement: the import.
        alias: the part of it.
    """

    target: str
    statement: ast.Import | ast.ImportFrom
    alias: ast.alias


class Names:
    """The names of one module."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._scope_of: dict[ast.AST, Scope] = {}
        self._inside: dict[ast.AST, Scope] = {}
        self.has_star_import = False
        self.top = self._new_scope(module.syntax, None)
        for child in module.syntax.body:
            self._read(child, self.top)
        for scope in self._inside.values():
            self._send_out(scope)

    def scope(self, node: ast.AST) -> Scope:
        """Return the scope an expression or statement is evaluated in (of a definition: the one around it)."""
        return self._scope_of.get(node, self.top)

    def inside(self, definition: ast.AST) -> Scope:
        """Return the scope of the names that a module, class, function, lambda or comprehension makes."""
        return self._inside[definition]

    def resolve(self, name: str, node: ast.AST) -> Scope | None:
        """Return the scope whose binding a name has at a node, None when no scope of the module binds it."""
        scope: Scope | None = self.scope(node)
        first = True
        while scope is not None:
            if name in scope.declared_global:
                return self.top if name in self.top.bindings else None
            if name in scope.bindings and (first or not scope.is_class):
                return scope
            scope, first = scope.parent, False
        return None

    def is_builtin(self, name: str, node: ast.AST) -> bool:
        """Say whether a name surely means the builtin at a node."""
        return name in _BUILTINS and not self.has_star_import and self.resolve(name, node) is None

    def bindings(self, name: str, scope: Scope | None = None) -> tuple[ast.AST, ...]:
        """Return every node that binds, rebinds or deletes a name in a scope (default: the module's)."""
        return tuple((scope or self.top).bindings.get(name, ()))

    def is_free(self, name: str) -> bool:
        """Say whether a name is used nowhere in the module, in any scope, so that it can be given a meaning."""
        return name not in self._used and not self.has_star_import

    def imported(self, name: str, node: ast.AST) -> Import | None:
        """Return what a name was imported as, None when it is not surely one import at the module's top level."""
        bound = self.top.bindings.get(name, ())
        found = self._top_imports.get(bound[0]) if len(bound) == 1 else None
        return found if found is not None and self.resolve(name, node) is self.top else None

    def name_for(self, target: str) -> tuple[str, Import] | None:
        """Return the module-level name that is surely bound to an import of `target`, with that import."""
        return _names_by_target(self._module).get(target)

    def dotted(self, node: ast.expr) -> str | None:
        """Return what `re.sub`, `sub` or `p.join` is by import, e.g. `re.sub`; None: don't know."""
        first = node
        while isinstance(first, ast.Attribute):
            first = first.value
        found = self.imported(first.id, first) if isinstance(first, ast.Name) else None
        if found is None:
            return None
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        return ".".join([found.target, *reversed(parts)])

    @property
    def _used(self) -> frozenset[str]:
        return _identifiers(self._module)

    @cached_property
    def _top_imports(self) -> dict[ast.AST, Import]:
        return _top_imports(self._module)

    def _read(self, root: ast.AST, scope: Scope) -> None:
        scope_of, waiting = self._scope_of, [root]
        while waiting:
            node = waiting.pop()
            kind, scope_of[node] = type(node), scope
            if kind is ast.Name:
                if type(node.ctx) is not ast.Load:  # type: ignore[attr-defined]  # this is asked for every node there is
                    self._bind(node, scope)
                continue
            if kind in _BINDING:
                self._bind(node, scope)
            if kind in _SCOPED:
                self._read_scoped(node, scope)
            elif below := children(node):
                waiting += below[::-1]

    def _read_scoped(self, node: ast.AST, scope: Scope) -> None:
        """Read a node not all of whose parts are evaluated in the scope around it, or that binds."""
        if isinstance(node, _FunctionLike):
            self._read_function(node, scope)
        elif isinstance(node, ast.ClassDef):
            self._read_class(node, scope)
        elif isinstance(node, _Comprehension):
            self._read_comprehension(node, scope)
        elif isinstance(node, ast.NamedExpr):
            self._scope_of[node.target] = scope
            self._read(node.value, scope)

    def _bind(self, node: ast.AST, scope: Scope) -> None:
        for name in _bound(node):
            if isinstance(node, ast.Global):
                scope.declared_global.add(name)
            elif isinstance(node, ast.Nonlocal):
                scope.declared_nonlocal.add(name)
            else:
                _binding_scope(node, scope).bindings.setdefault(name, []).append(node)
        self.has_star_import = self.has_star_import or (isinstance(node, ast.alias) and node.name == "*")

    def _new_scope(self, node: ast.AST, parent: Scope | None) -> Scope:
        scope = self._inside[node] = Scope(node=node, parent=parent)
        for parameter in getattr(node, "type_params", ()):
            scope.bindings.setdefault(parameter.name, []).append(parameter)
            self._scope_of[parameter] = scope
        return scope

    def _read_function(self, node: _FunctionLike, scope: Scope) -> None:
        inner = self._new_scope(node, scope)
        arguments = node.args
        outside: list[ast.AST] = [*arguments.defaults, *(value for value in arguments.kw_defaults if value)]
        if not isinstance(node, ast.Lambda):
            outside += [*node.decorator_list, *([node.returns] if node.returns else [])]
        parameters = parameters_of(node)
        outside += [parameter.annotation for parameter in parameters if parameter.annotation]
        for child in outside:
            self._read(child, scope)
        self._scope_of[arguments] = inner
        for parameter in parameters:
            self._scope_of[parameter] = inner
            inner.bindings.setdefault(parameter.arg, []).append(parameter)
        for child in node.body if isinstance(node.body, list) else [node.body]:
            self._read(child, inner)

    def _read_class(self, node: ast.ClassDef, scope: Scope) -> None:
        inner = self._new_scope(node, scope)
        for child in (*node.decorator_list, *node.bases, *node.keywords):
            self._read(child, scope)
        for statement in node.body:
            self._read(statement, inner)

    def _read_comprehension(self, node: _Comprehension, scope: Scope) -> None:
        inner = self._new_scope(node, scope)
        for index, generator in enumerate(node.generators):
            self._scope_of[generator] = inner
            self._read(generator.iter, inner if index else scope)
            for child in (generator.target, *generator.ifs):
                self._read(child, inner)
        results = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        for child in results:
            self._read(child, inner)

    def _send_out(self, scope: Scope) -> None:
        """Move what `global` and `nonlocal` names bind to the scope they reach."""
        for name in scope.declared_global:
            self.top.bindings.setdefault(name, []).extend(scope.bindings.pop(name, []))
        for name in scope.declared_nonlocal:
            outer = scope.parent
            while outer is not None and (outer.is_class or name not in outer.bindings):
                outer = outer.parent
            if outer is not None:
                outer.bindings[name].extend(scope.bindings.pop(name, []))


@once
def names(module: Module) -> Names:
    """Return the names of a module."""
    return Names(module)


def parameters_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> tuple[ast.arg, ...]:
    """Return every parameter, star ones included."""
    arguments = node.args
    stars = [parameter for parameter in (arguments.vararg, arguments.kwarg) if parameter]
    return (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars)


def root(node: ast.expr) -> str:
    """Return the name that a chain of attributes starts from, empty when it starts from something else."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def absolute(module: Module, statement: ast.ImportFrom) -> str:
    """Return the dotted module a `from` import names, relative ones resolved."""
    if not statement.level:
        return statement.module or ""
    parts = module.package.split(".") if module.package else []
    kept = parts[: len(parts) - (statement.level - 1)]
    return ".".join([*kept, *([statement.module] if statement.module else [])])


def _binding_scope(node: ast.AST, scope: Scope) -> Scope:
    """Return where a node binds: a walrus in a comprehension binds in the function around it."""
    while isinstance(node, ast.NamedExpr) and isinstance(scope.node, _Comprehension) and scope.parent:
        scope = scope.parent
    return scope


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, ast.NamedExpr):
        yield node.target.id
    elif isinstance(node, ast.Global | ast.Nonlocal):
        yield from node.names
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).split(".")[0]
    else:
        yield from _bound_by_name(node)


def _bound_by_name(node: ast.AST) -> Iterator[str]:
    if isinstance(node, _NAMED) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


@once
def _identifiers(module: Module) -> frozenset[str]:
    found = {node.id for node in nodes(module.syntax, ast.Name)}
    found.update(node.arg for node in nodes(module.syntax, ast.arg))
    for node in nodes(module.syntax, *(_BINDING - {ast.Name})):
        found.update(_bound(node))
    return frozenset(found)


@once
def _names_by_target(module: Module) -> dict[str, tuple[str, Import]]:
    """Return the first module-level name bound to nothing but an import, by what is imported."""
    imports, found = _top_imports(module), dict[str, tuple[str, Import]]()
    for name, bound in names(module).top.bindings.items():
        imported = imports.get(bound[0]) if len(bound) == 1 else None
        if imported is not None:
            found.setdefault(imported.target, (name, imported))
    return found


@once
def _top_imports(module: Module) -> dict[ast.AST, Import]:
    found: dict[ast.AST, Import] = {}
    for statement in module.syntax.body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                target = alias.name if alias.asname else alias.name.split(".")[0]
                found[alias] = Import(target=target, statement=statement, alias=alias)
        elif isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                target = f"{absolute(module, statement)}.{alias.name}"
                found[alias] = Import(target=target, statement=statement, alias=alias)
    return found
