"""Which function of a library a call surely means, and whether the project puts another one in its place."""

import ast
import builtins

from agents.recipes import stores
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.references import reached
from agents.recipes.scope import names


def called(node: ast.Call, module: Module, project: Project) -> str | None:
    """Return the dotted name of the library function that is called; None: don't know, or it may be replaced."""
    dotted = names(module).dotted(node.func)
    return dotted if dotted is not None and not is_replaced(dotted, project) else None


def is_builtin_replaced(name: str, project: Project) -> bool:
    """Say whether a test patches this name, or a module puts it into `builtins` or into another module."""
    return name in stores.index(project).patched or name in _put_into_modules(project)


def is_replaced(dotted: str, project: Project) -> bool:
    """Say whether a test patches a name with any part of `dotted`, or a module sets the attribute it names."""
    index = stores.index(project)
    if dotted in index.patched or not index.patched.isdisjoint(dotted.split(".")):
        return True
    owner, _, name = dotted.rpartition(".")
    receivers = (one for store in index.stores(name) for one in reached(store.receiver, store.module))
    return any(f".{one}".endswith(f".{owner}") for one in receivers)  # `mod.os.path.join = …` too


@once
def _put_into_modules(project: Project) -> frozenset[str]:
    """Return the builtin names that the project puts into `builtins` or into a module of its own."""
    modules = {"builtins", *(module.name for module in project.everything)}
    found = (store for name in dir(builtins) for store in stores.index(project).stores(name))
    return frozenset(store.name for store in found if not modules.isdisjoint(reached(store.receiver, store.module)))
