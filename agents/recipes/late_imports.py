"""Whether an import gives the same when it is made later: nobody takes the module away or binds the name again."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from agents.recipes import stores
from agents.recipes.functions import FunctionNode, functions
from agents.recipes.import_effects import modules_by_name
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.scope import absolute, names
from agents.recipes.walking import children, nodes

_REBOUND_AT_RUN_TIME = frozenset({"builtins", "sys", "warnings"})
"""Modules whose names are streams, hooks and filters that programs replace."""
_CHANGERS = frozenset({"__delitem__", "__setitem__", "clear", "pop", "popitem", "setdefault", "update"})
_PATCHERS = frozenset({"delitem", "dict", "setitem"})


def gives_the_same_later(statement: ast.Import | ast.ImportFrom, module: Module, project: Project) -> bool:
    """Say whether the names an import binds mean the same when it is first run at some later time."""
    changes = _changes(project)
    if changes.may_be_any or stores.index(project).is_replaced("__import__"):
        return False
    if not _takes_what_stays(statement, module, project):
        return False
    if isinstance(statement, ast.Import):
        return not any(changes.concern(alias.name) for alias in statement.names)
    source = absolute(module, statement)
    if source in _REBOUND_AT_RUN_TIME or changes.concern(source):
        return False
    return all(_is_steady(source, alias.name, project) for alias in statement.names)


def _takes_what_stays(statement: ast.Import | ast.ImportFrom, module: Module, project: Project) -> bool:
    """Say whether the project's modules that an import runs take only what is bound for good from one another."""
    own, seen = modules_by_name(project), {module.name}
    waiting = [statement.names[0].name] if isinstance(statement, ast.Import) else []
    if isinstance(statement, ast.ImportFrom):
        source = absolute(module, statement)
        waiting = [source, *(f"{source}.{alias.name}" for alias in statement.names)]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in own:
            continue
        seen.add(name)
        for source, taken in _taken(own[name]):
            if source in own and taken and not _is_steady(source, taken, project):
                return False
            waiting += [source, f"{source}.{taken}"]
    return True


@once
def _taken(module: Module) -> frozenset[tuple[str, str]]:
    """Return the modules a module imports while it is imported itself, each with a name that is taken from it."""
    found: set[tuple[str, str]] = set()
    known, waiting = names(module), list[ast.AST](module.syntax.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom):
            found.update((absolute(module, node), alias.name) for alias in node.names if alias.name != "*")
        elif isinstance(node, ast.Import):
            found.update((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.Attribute) and (dotted := known.dotted(node)):
            source, _, name = dotted.rpartition(".")
            found.add((source, name))
        if not isinstance(node, FunctionNode):
            waiting.extend(children(node))
    return frozenset(found)


def _is_steady(source: str, name: str, project: Project) -> bool:
    """Say whether a name of a module is bound for good once the module is imported; of other projects: trusted."""
    own, dotted = modules_by_name(project), f"{source}.{name}"
    if stores.index(project).is_replaced(name) or _changes(project).concern(dotted):
        return False
    module = own.get(source)
    if module is None:
        return True
    known = names(module)
    bound = known.bindings(name)
    if stores.index(project).is_open(module):
        return False
    if not bound:
        return (dotted in own or known.has_star_import) and not known.bindings("__getattr__")
    return all(known.scope(node) is known.top for node in bound)


@once
def run_at_the_end(project: Project) -> frozenset[str]:
    """Return the names of `__del__` and of all it may call, when the interpreter can't import any more.

    Calls are followed by name alone, since what is called on `self` may be defined in any class.
    """
    defined: defaultdict[str, list[FunctionNode]] = defaultdict(list)
    for module in project.modules.values():
        for function in functions(module):
            defined[function.node.name].append(function.node)
    found, fresh = set[str](), {"__del__"}
    while fresh:
        found |= fresh
        callers = [node for name in fresh for node in defined.get(name, ())]
        fresh = {name for caller in callers for name in _called(caller)} & defined.keys() - found
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changes:
    """Modules that the project puts into `sys.modules` or takes from there.

    Attributes:
        named: those told by name.
        may_be_any: tests or the like do it under names that can't be read.
    """

    named: frozenset[str]
    may_be_any: bool

    def concern(self, dotted: str) -> bool:
        """Say whether one of them is this module, or around it."""
        return any(dotted == name or dotted.startswith(f"{name}.") for name in self.named)


@once
def _changes(project: Project) -> _Changes:
    found = [(module, name) for module in project.everything for name in _changed_modules(module)]
    named = frozenset(name for _, name in found if name is not None)
    # What the program itself enters under names it makes are modules that it makes too; tests take away what there is.
    return _Changes(named=named, may_be_any=any(name is None and m.file in project.readers for m, name in found))


@once
def _changed_modules(module: Module) -> tuple[str | None, ...]:
    """Return the names under which a file changes `sys.modules`; None stands for one that can't be read."""
    changing = (*nodes(module.syntax, ast.Subscript), *nodes(module.syntax, ast.Call))
    return tuple(name for node in changing for name in _changed(node, module))


def _changed(node: ast.AST, module: Module) -> Iterator[str | None]:
    if isinstance(node, ast.Subscript) and _is_table(node.value) and not isinstance(node.ctx, ast.Load):
        yield _named(node.slice, module)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        table = node.args[0] if node.args else None
        if node.func.attr in _CHANGERS and _is_table(node.func.value):
            yield from _keys(table, module)
        elif node.func.attr in _PATCHERS and table is not None and _is_table(table):
            yield from _keys(node.args[1] if len(node.args) > 1 else None, module)


def _keys(node: ast.expr | None, module: Module) -> Iterator[str | None]:
    if isinstance(node, ast.Dict):
        yield from (_named(key, module) if key else None for key in node.keys)
    else:
        yield _named(node, module) if node else None


def _named(node: ast.expr, module: Module) -> str | None:
    if isinstance(node, ast.Name) and node.id == "__name__":
        return module.name
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_table(node: ast.expr) -> bool:
    """Say whether it is `sys.modules`, under any name of `sys`, or its text."""
    if isinstance(node, ast.Constant):
        return node.value == "sys.modules"
    return isinstance(node, ast.Attribute) and node.attr == "modules" and isinstance(node.value, ast.Name)


def _called(function: FunctionNode) -> Iterator[str]:
    calls = (node.func for node in nodes(function, ast.Call))
    for name in calls:
        if isinstance(name, ast.Attribute):
            yield name.attr
        elif isinstance(name, ast.Name):
            yield name.id
