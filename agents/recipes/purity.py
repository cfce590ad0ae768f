"""Whether a function's result depends on its arguments alone and calling it changes nothing; unknown is impure."""

import ast
from collections.abc import Mapping

from agents.recipes import stores
from agents.recipes.evaluation import evaluate_function
from agents.recipes.expressions import evaluate_expression
from agents.recipes.kinds import Kind
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.scope import names, root
from agents.recipes.summary import UNKNOWN, Definition, Purity, Summary

_MAX_DEPTH = 20
_MAX_REEXPORTS = 5


class Purities:
    """Summaries of one project's functions, each made once for each kind of arguments."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._known: dict[tuple[ast.AST, Kind], Summary] = {}
        self._running: list[tuple[ast.AST, Kind]] = []

    def function(self, definition: Definition, arguments: Kind = Kind.SCALAR) -> Summary:
        """Return what is known of calling a function when no argument is less known than `arguments`.

        A function that calls itself is first taken for pure and looked at again until nothing changes; functions that
        call each other in a circle are impure.
        """
        key = (definition.node, arguments)
        if key in self._running:
            is_self_call = self._running[-1] == key
            return self._known[key] if is_self_call else UNKNOWN
        if key not in self._known:
            self._known[key] = self._settled(definition, key)
        return self._known[key]

    def resolve(self, function: ast.expr, module: Module) -> Definition | None:
        """Return the undecorated project function that an expression surely names, None: don't know."""
        if stores.index(self.project).is_replaced(root(function)):
            return None
        if isinstance(function, ast.Name):
            found = self._own(function.id, function, module)
            if found is not None:
                return found
        dotted = names(module).dotted(function)
        return self._exported(dotted, _MAX_REEXPORTS) if dotted else None

    def _settled(self, definition: Definition, key: tuple[ast.AST, Kind]) -> Summary:
        if len(self._running) >= _MAX_DEPTH:
            return UNKNOWN
        self._known[key] = Summary(purity=Purity.PURE, result=Kind.SCALAR)
        self._running.append(key)
        settled = UNKNOWN  # what stays known of it when its syntax is nested too deeply to be walked
        try:
            while True:
                found = evaluate_function(definition, self, key[1], {})
                if _verdict(found) == _verdict(self._known[key]):
                    settled = found
                    return found
                self._known[key] = found
        finally:
            self._running.pop()
            self._known[key] = settled

    def _own(self, name: str, place: ast.AST, module: Module) -> Definition | None:
        known = names(module)
        bound = known.bindings(name) if known.resolve(name, place) is known.top else ()
        return self._definition(bound, module)

    def _exported(self, dotted: str, steps: int) -> Definition | None:
        place, _, name = dotted.rpartition(".")
        module = self.project.named(place)
        if module is None or steps == 0 or stores.index(self.project).is_replaced(name):
            return None
        found = self._definition(names(module).bindings(name), module)
        if found is not None:
            return found
        imported = names(module).imported(name, module.syntax)
        return self._exported(imported.target, steps - 1) if imported else None

    def _definition(self, bound: tuple[ast.AST, ...], module: Module) -> Definition | None:
        node = bound[0] if len(bound) == 1 else None
        if not isinstance(node, ast.FunctionDef) or node.decorator_list or node not in module.syntax.body:
            return None
        if stores.index(self.project).is_replaced(node.name):
            return None
        return Definition(module=module, node=node)


@once
def purities(project: Project) -> Purities:
    """Return the summaries of a project."""
    return Purities(project)


def summarise(
    definition: Definition,
    project: Project,
    arguments: Kind = Kind.SCALAR,
    assume: Mapping[ast.AST, Kind] | None = None,
) -> Summary:
    """Return what is known of a function.

    Args:
        definition: the function; methods and nested functions are fine.
        project: where the functions it calls are looked up.
        arguments: how far its arguments are known.
        assume: kinds of expressions in it that the caller has proved in another way (then they have no effect either).

    Returns:
        A summary that errs on the side of impure.
    """
    if not assume:
        return purities(project).function(definition, arguments)
    return evaluate_function(definition, purities(project), arguments, assume)


def summarise_expression(
    expression: ast.expr, module: Module, project: Project, local_kinds: Mapping[str, Kind] | None = None
) -> Summary:
    """Return what is known of an expression.

    Args:
        expression: anywhere in the module.
        module: its module.
        project: where the functions it calls are looked up.
        local_kinds: how far the names local to its function are known; those left out are unknown.
    """
    return evaluate_expression(expression, module, purities(project), local_kinds or {})


def _verdict(summary: Summary) -> tuple[Purity, Kind, bool]:
    return summary.purity, summary.result, summary.raises_own


__all__ = ["Definition", "Kind", "Purities", "Purity", "Summary", "purities", "summarise", "summarise_expression"]
