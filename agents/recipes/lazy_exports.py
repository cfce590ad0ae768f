"""Which names a package takes from its submodules for others alone, so that they may be imported when asked for."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agents.recipes import stores
from agents.recipes.deferral import (
    bound_name,
    eager_names,
    is_dynamic,
    names_by_id,
    names_of,
    only_binds,
    words_in_annotations,
    words_in_doctests,
)
from agents.recipes.import_effects import modules_by_name
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.references import explicit_imports, exports, references
from agents.recipes.scope import absolute, names

_PARAMETER = "name"
"""Of `__getattr__`, which binds the names of the module, and that of the package's first part, itself."""
_HOOKS = ("__dir__", "__getattr__", "__path__")


@dataclass(frozen=True, slots=True, kw_only=True)
class LazyExport:
    """One `from .child import name, …` of a package.

    Attributes:
        statement: at the top level of its `__init__.py`.
        child: name of the submodule, without the package's.
        loaded: names of all submodules that importing it loads, itself included, sorted.
    """

    statement: ast.ImportFrom
    child: str
    loaded: tuple[str, ...]


def lazy_exports(module: Module, project: Project) -> Iterator[LazyExport]:
    """Yield the imports of a package that only its users need.

    They still get every name with `from package import name`, `package.name`, `from package import *`, and the
    submodules that were loaded with `package.child`: `__getattr__` answers for all of these.
    """
    known, index = names(module), stores.index(project)
    if not module.file.endswith("/__init__.py") or exports(module).names is None:
        return
    if known.has_star_import or is_dynamic(module) or index.is_open(module) or stores.sets_unseen(module):
        return
    if any(known.bindings(hook) for hook in _HOOKS):
        return
    for statement in module.syntax.body:
        child = _child(statement, module, project)
        loaded = _loaded(child, module, project) if child else ()
        if isinstance(statement, ast.ImportFrom) and loaded and _is_for_others(statement, child, module, project):
            yield LazyExport(statement=statement, child=child, loaded=loaded)


def _child(statement: ast.stmt, module: Module, project: Project) -> str:
    """Return the submodule that a statement takes names from; empty when it is none of the project."""
    if not isinstance(statement, ast.ImportFrom):
        return ""
    package, _, child = absolute(module, statement).rpartition(".")
    is_own = package == module.name and f"{package}.{child}" in modules_by_name(project)
    imports = [one for one in module.syntax.body if isinstance(one, ast.ImportFrom)]
    is_only = sum(absolute(module, one) == f"{package}.{child}" for one in imports) == 1
    return child if is_own and is_only else ""


def _loaded(child: str, module: Module, project: Project) -> tuple[str, ...]:
    """Return the submodules that importing one surely loads; empty when these or others can't be told.

    Nobody else's attributes may depend on it: of a submodule of another package nothing would load it when asked for.
    """
    modules, seen, waiting = modules_by_name(project), set[str](), [f"{module.name}.{child}"]
    while waiting:
        dotted = waiting.pop()
        if dotted in seen or dotted == module.name or module.name.startswith(f"{dotted}."):
            continue
        seen.add(dotted)
        own = eager_names(modules[dotted]) & modules.keys()
        if own != _surely_imported(modules[dotted]) & modules.keys():
            return ()
        waiting += sorted(own)
    inside = {dotted.rpartition(".") for dotted in seen}
    if not all(package in ("", module.name) for package, _, _ in inside):
        return ()
    loaded = sorted(name for package, _, name in inside if package == module.name)
    is_free = not any(names(module).bindings(name) or name in names_by_id(module) for name in loaded)
    return tuple(loaded) if is_free else ()


@once
def _surely_imported(module: Module) -> frozenset[str]:
    """Return what is imported by statements that stand at the top level themselves."""
    imports = [statement for statement in module.syntax.body if isinstance(statement, ast.Import | ast.ImportFrom)]
    return frozenset(name for statement in imports for name in names_of(statement, module))


def _is_for_others(statement: ast.ImportFrom, child: str, module: Module, project: Project) -> bool:
    source = modules_by_name(project)[f"{module.name}.{child}"]
    each = all(_is_only_passed_on(alias, source, module, project) for alias in statement.names)
    return each and only_binds(statement, module, project)


def _is_only_passed_on(alias: ast.alias, source: Module, module: Module, project: Project) -> bool:
    """Say whether the package does nothing with a name but offer it, and it means one object for the whole run."""
    name, index, modules = bound_name(alias), stores.index(project), modules_by_name(project)
    if name not in (exports(module).names or ()) or name.startswith("__") or name in names_by_id(module):
        return False
    if name in (_PARAMETER, module.name.partition(".")[0]):
        return False
    if names(module).bindings(name) != (alias,) or len(names(source).bindings(alias.name)) != 1:
        return False
    if f"{module.name}.{name}" in modules or f"{source.name}.{alias.name}" in modules:
        return False
    if index.is_replaced(name) or index.is_replaced(alias.name) or index.is_open(source):
        return False
    words = words_in_annotations(module) | words_in_doctests(module)
    return name not in words and not _is_needed_inside(f"{module.name}.{name}", module, project)


def _is_needed_inside(dotted: str, module: Module, project: Project) -> bool:
    """Say whether a file that the package may import takes the name from it, maybe before the package is complete."""
    imported = _tops_imported(project).get(module.name.partition(".")[0], frozenset())
    for other in project.everything:
        top = other.name.partition(".")[0]
        is_inside = top == module.name.partition(".")[0] or top in imported
        if is_inside and other is not module and any(one.dotted == dotted for one in references(other)):
            return True
    return False


@once
def _tops_imported(project: Project) -> dict[str, frozenset[str]]:
    """Return the first parts of what the modules of each top-level package import, by its name."""
    found: dict[str, set[str]] = {}
    for module in project.everything:
        tops = {dotted.partition(".")[0] for dotted in explicit_imports(module)}
        found.setdefault(module.name.partition(".")[0], set()).update(tops)
    return {name: frozenset(tops) for name, tops in found.items()}
