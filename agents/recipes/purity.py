"""Whether a function's result depends on its arguments alone and calling it changes nothing; unknown is impure."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from agents.recipes import stores
from agents.recipes.evaluation import evaluate_function
from agents.recipes.expressions import evaluate_expression
from agents.recipes.kinds import Kind, join
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.scope import names, root
from agents.recipes.summary import UNKNOWN, Definition, Purity, Summary

_MAX_DEPTH = 20
_MAX_REEXPORTS = 5


_NOTHING = Summary(purity=Purity.PURE, result=Kind.SCALAR)
_Key = tuple[ast.AST, Kind]


@dataclass(slots=True, kw_only=True)
class _Running:
    """A function that is looked into.

    Attributes:
        key: it, and how far its arguments are known.
        assumed: what calls of it inside of it, through others too, are taken to do.
        leans_on: place of the outermost running function that what was found so far depends on; its own: on no other.
    """

    key: _Key
    assumed: Summary
    leans_on: int


class Purities:
    """Summaries of one project's functions, each made once for each kind of arguments.

    Functions that call each other in a circle are first taken to do nothing, and looked at again for as long as that
    proves too little. What is reached is the smallest account of what may happen that agrees with itself. That is
    sound: whatever a call does, it does after finitely many calls within it, and by induction over their number each
    of these does no more than its account says. (The other end, to assume the worst, would be sound as well, and call
    every recursive function impure.) What can't be resolved is impure from the start.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._known: dict[_Key, Summary] = {}
        self._running: list[_Running] = []
        self._provisional: dict[_Key, tuple[Summary, int]] = {}

    def function(self, definition: Definition, arguments: Kind = Kind.SCALAR) -> Summary:
        """Return what is known of calling a function when no argument is less known than `arguments`."""
        key = (definition.node, arguments)
        if key in self._known:
            return self._known[key]
        place = next((place for place, one in enumerate(self._running) if one.key == key), None)
        if place is not None:
            self._lean_on(place)
            return self._running[place].assumed
        if key in self._provisional:
            found, leans_on = self._provisional[key]
            self._lean_on(leans_on)
            return found
        return self._settled(definition, key)

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

    def _settled(self, definition: Definition, key: _Key) -> Summary:
        place = len(self._running)
        if place >= _MAX_DEPTH:
            return UNKNOWN
        one = _Running(key=key, assumed=_NOTHING, leans_on=place)
        self._running.append(one)
        settled = UNKNOWN  # what stays known of it when its syntax is nested too deeply to be walked
        try:
            settled = self._repeat(definition, one)
        finally:
            self._running.pop()
            self._keep(key, settled, one.leans_on)
        return settled

    def _repeat(self, definition: Definition, one: _Running) -> Summary:
        """Look into a function until what is found agrees with what was assumed."""
        while True:
            found = evaluate_function(definition, self, one.key[1], {})
            wider = _joined(one.assumed, found)
            if _verdict(wider) == _verdict(one.assumed):
                return wider
            one.assumed = wider
            self._provisional.clear()  # they were found under what was assumed before

    def _keep(self, key: _Key, found: Summary, leans_on: int) -> None:
        """Keep what was found: for good, or for as long as what it leans on is assumed."""
        place = len(self._running)
        if leans_on < place:
            self._provisional[key] = (found, leans_on)
            self._lean_on(leans_on)
            return
        self._known[key] = found
        for inner, (summary, leaned_on) in list(self._provisional.items()):
            if leaned_on >= place:  # the circle is closed: what was assumed has become known
                self._known[inner] = summary
                del self._provisional[inner]

    def _lean_on(self, place: int) -> None:
        """Note that what runs now depends on what is assumed of an outer running function, or of itself."""
        if self._running:
            self._running[-1].leans_on = min(self._running[-1].leans_on, place)

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


def _joined(one: Summary, other: Summary) -> Summary:
    """Return the least that covers both; it only ever grows, so looking again ends."""
    worse = max(one, other, key=lambda summary: summary.purity)
    return Summary(
        purity=worse.purity,
        result=join(one.result, other.result),
        reason=worse.reason,
        raises_own=one.raises_own or other.raises_own,
    )


def _verdict(summary: Summary) -> tuple[Purity, Kind, bool]:
    return summary.purity, summary.result, summary.raises_own


__all__ = ["Definition", "Kind", "Purities", "Purity", "Summary", "purities", "summarise", "summarise_expression"]
