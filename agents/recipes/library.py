"""Which function of a library a call surely means, and whether the project puts another one in its place."""

import ast
from collections.abc import Container

from agents.recipes import stores
from agents.recipes.once import once, once_by_name
from agents.recipes.project import Module, Project
from agents.recipes.references import reached
from agents.recipes.scope import names


def called(node: ast.Call, among: Container[str], module: Module, project: Project) -> str | None:
    """Return which of some library functions is surely called, by its dotted name; None: don't know, or another is."""
    dotted = names(module).dotted(node.func)
    return dotted if dotted is not None and dotted in among and not is_replaced(dotted, project) else None


@once_by_name
def is_builtin_replaced(name: str, project: Project) -> bool:
    """Say whether a test patches this name, or a module puts it into `builtins` or into another module."""
    index = stores.index(project)
    put = (one for store in index.stores(name) for one in reached(store.receiver, store.module))
    return index.is_patched(name) or not _modules(project).isdisjoint(put)


@once_by_name
def is_replaced(dotted: str, project: Project) -> bool:
    """Say whether a test patches a name with any part of `dotted`, or a module sets the attribute it names."""
    index = stores.index(project)
    if any(map(index.is_patched, (dotted, *dotted.split(".")))):
        return True
    owner, _, name = dotted.rpartition(".")
    receivers = (one for store in index.stores(name) for one in reached(store.receiver, store.module))
    return any(f".{one}".endswith(f".{owner}") for one in receivers)  # `mod.os.path.join = …` too


@once
def _modules(project: Project) -> frozenset[str]:
    return frozenset(("builtins", *(module.name for module in project.everything)))
