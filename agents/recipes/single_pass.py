"""Lists that are built only to be stepped through once, where building each element when it is due shows nowhere."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.recipes.functions import FunctionNode, own
from agents.recipes.own_list import OwnList, own_list
from agents.recipes.project import Module, Project
from agents.recipes.quiet import changes_nothing
from agents.recipes.scope import names
from agents.recipes.settled import Interval, Settled
from agents.recipes.tables import parents
from agents.recipes.uses import Use, ends_at_once, is_repeated, reads_its_frame
from agents.recipes.walking import walk

_ADDING = frozenset({"max", "min", "sum"})
_TAKING = _ADDING | {"all", "any"}
_STEPPING = frozenset({"enumerate", "filter", "map", "zip"})
_INTEGERS = frozenset({"bool", "callable", "float", "hash", "int", "isinstance", "issubclass", "len", "ord"})
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
_TRUTHS = (ast.In, ast.NotIn, ast.Is, ast.IsNot)
_NESTED = (ast.Lambda, ast.GeneratorExp)


@dataclass(frozen=True, slots=True, kw_only=True)
class SinglePass:
    """One list.

    Attributes:
        built: the comprehension, the call `list(…)`, or the `[]` that a loop fills.
        loop: of the last kind, the loop.
        element, generators: of the equal comprehension; no generators for `list(…)`.
    """

    built: ast.expr
    loop: ast.For | None
    element: ast.expr
    generators: tuple[ast.comprehension, ...]


def single_passes(function: FunctionNode, module: Module, project: Project) -> Iterator[SinglePass]:
    """Yield the lists of a function that may be generators, in source order."""
    if reads_its_frame(function, module):
        return
    search = _Search(function, module, project)
    built: Sequence[ast.ListComp | ast.List | ast.Call] = own(function, ast.ListComp, ast.List, ast.Call)
    for node in built:
        found = search.single_pass(node)
        if found is not None:
            yield found


class _Search:
    """The lists of one function."""

    def __init__(self, function: FunctionNode, module: Module, project: Project) -> None:
        self._function = function
        self._module = module
        self._project = project
        self._names = names(module)
        self._above = parents(module)

    def single_pass(self, node: ast.ListComp | ast.List | ast.Call) -> SinglePass | None:
        copied = self._copied(node) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and copied is None:
            return None
        if isinstance(node, ast.List):
            return None if node.elts else self._filled(node)
        element = node.elt if isinstance(node, ast.ListComp) else copied
        assert element is not None
        generators = tuple(node.generators) if isinstance(node, ast.ListComp) else ()
        found = SinglePass(built=node, loop=None, element=element, generators=generators)
        if generators and self._is_added_up(node, found):
            return found
        between = self._between(node)
        return found if between is not None and self._may_be_late(found, between) else None

    def _copied(self, node: ast.Call) -> ast.expr | None:
        """Return what `list(…)` copies."""
        is_plain = isinstance(node.func, ast.Name) and node.func.id == "list" and len(node.args) == 1
        if not is_plain or node.keywords or not self._is_builtin(node.func) or isinstance(node.args[0], ast.Starred):
            return None
        return node.args[0] if isinstance(node.args[0], ast.Call) else None

    def _between(self, node: ast.expr) -> Interval | None:
        """Return from where to where a list is built and stepped through, when that is done at most once."""
        statement = self._statement(node)
        if statement is None:
            return None
        if self._is_stepped(node):
            return Interval(statement=statement, last=statement, is_direct=self._is_direct(node))
        name = self._bound_name(node)
        own = own_list(self._function, name, self._module) if name else None
        if own is None or own.value is not node:
            return None
        uses = own.at(own.start, len(own.block))
        return self._interval(own, uses[0], own.start + 1) if self._is_one_pass(uses, own) else None

    def _interval(self, own: OwnList, use: Use, following: int) -> Interval:
        """Return from where a list is made to where it is used.

        Args:
            own: the list.
            use: the one that steps through it.
            following: index of the first statement that is not part of its making.
        """
        place = own.places[use.node]
        is_direct = place == following and isinstance(use.node, ast.expr) and self._is_direct(use.node)
        return Interval(statement=own.block[own.start], last=own.block[place], is_direct=is_direct)

    def _is_direct(self, node: ast.expr) -> bool:
        """Say whether its statement does nothing before the first step."""
        parent = self._above[node]
        return isinstance(parent, ast.For) and parent.iter is node

    def _is_one_pass(self, uses: Sequence[Use], own: OwnList) -> bool:
        if len(uses) != 1 or not isinstance(uses[0].node, ast.Name) or not self._is_stepped(uses[0].node):
            return False
        return own.places[uses[0].node] > own.start and not is_repeated(uses[0], own.block[own.places[uses[0].node]])

    def _filled(self, node: ast.List) -> SinglePass | None:
        """Return the list that the loop right behind `name = []` fills, when what follows steps through it once."""
        name = self._bound_name(node)
        own = own_list(self._function, name, self._module) if name else None
        if own is None or own.value is not node or own.start + 1 >= len(own.block):
            return None
        loop = own.block[own.start + 1]
        uses = own.at(own.start, len(own.block))
        if not isinstance(loop, ast.For) or len(uses) != 2 or not self._is_one_pass(uses[1:], own):
            return None
        found = _as_comprehension(node, loop, own.name)
        interval = self._interval(own, uses[1], own.start + 2)
        if found is None or interval.last is loop or not self._keeps_its_names(loop):
            return None
        return found if self._may_be_late(found, interval) else None

    def _keeps_its_names(self, loop: ast.For) -> bool:
        """Say whether nothing outside a loop uses what its targets bind."""
        inside = set(walk(loop))
        bound = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        used = [node for node in walk(self._function) if isinstance(node, ast.Name) and node.id in bound]
        scope = self._names.inside(self._function)
        return all(node in inside for node in used) and all(
            self._names.resolve(name, loop) is scope and len(self._names.bindings(name, scope)) == 1 for name in bound
        )

    def _may_be_late(self, found: SinglePass, interval: Interval) -> bool:
        settled = Settled(self._function, self._module, interval)
        if not found.generators:
            return settled.stream(found.element, is_eager=True) is not None
        return settled.elements(found.element, found.generators) is not None

    def _is_stepped(self, node: ast.expr) -> bool:
        """Say whether an expression is stepped through once, before its statement is done or in its loop."""
        parent = self._above[node]
        if isinstance(parent, ast.For):
            return parent.iter is node
        if isinstance(parent, ast.comprehension):
            path = self._path(parent)
            return parent.iter is node and not parent.is_async and ends_at_once(path, self._is_builtin_name)
        if not isinstance(parent, ast.Call) or not isinstance(parent.func, ast.Name) or node not in parent.args:
            return False
        if not self._is_builtin(parent.func):
            return False
        if parent.func.id in _TAKING:
            return len(parent.args) == 1 or parent.func.id == "sum"
        return parent.func.id in _STEPPING and self._is_stepped(parent)

    def _is_added_up(self, node: ast.expr, found: SinglePass) -> bool:
        """Say whether a builtin takes numbers from it: that does nothing between two elements, whatever makes them."""
        call = self._above[node]
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.keywords:
            return False
        start = call.args[1:]
        if call.func.id not in _ADDING or not self._is_builtin(call.func) or len(start) > (call.func.id == "sum"):
            return False
        if call.args[0] is not node or not all(isinstance(value, ast.Constant) for value in start):
            return False
        if not all(map(self._is_number, (found.element, *start))):
            return False
        later = [part for generator in found.generators for part in (*generator.ifs, generator.target)]
        later += [found.element, *(generator.iter for generator in found.generators[1:])]
        is_async = any(generator.is_async for generator in found.generators)
        return not is_async and all(map(self._ends_nothing, later)) and self._is_plain_start(found)

    def _is_plain_start(self, found: SinglePass) -> bool:
        first = found.generators[0].iter
        return not any(isinstance(node, ast.NamedExpr | ast.Await | ast.Yield) for node in walk(first))

    def _ends_nothing(self, node: ast.expr) -> bool:
        """Say whether evaluating it can't raise StopIteration, which a generator turns into another exception."""
        parts = list(walk(node))
        if any(isinstance(part, ast.NamedExpr) or (isinstance(part, ast.Name) and part.id == "next") for part in parts):
            return False
        return changes_nothing(node, self._function, self._module, self._project)

    def _is_number(self, node: ast.expr) -> bool:
        """Say whether an expression surely gives a bool, an int or a float when it gives anything."""
        if isinstance(node, ast.Constant):
            return type(node.value) in (bool, int, float)
        if isinstance(node, ast.Call):
            return isinstance(node.func, ast.Name) and node.func.id in _INTEGERS and self._is_builtin(node.func)
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, _ARITHMETIC) and self._is_number(node.left) and self._is_number(node.right)
        if isinstance(node, ast.UnaryOp):
            return isinstance(node.op, ast.Not) or self._is_number(node.operand)
        if isinstance(node, ast.IfExp):
            return self._is_number(node.body) and self._is_number(node.orelse)
        return isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], _TRUTHS)

    def _bound_name(self, node: ast.expr) -> str:
        """Return the name in `name = …`; none where it is annotated, as a list very likely."""
        statement = self._above[node]
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        return targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else ""

    def _statement(self, node: ast.AST) -> ast.stmt | None:
        """Return the statement around an expression; None when another function or a generator evaluates it later."""
        while not isinstance(node, ast.stmt):
            if isinstance(node, _NESTED):
                return None
            node = self._above[node]
        return node

    def _path(self, node: ast.AST) -> tuple[ast.AST, ...]:
        steps = []
        while not isinstance(node, ast.stmt):
            node = self._above[node]
            steps.append(node)
        return tuple(steps)

    def _is_builtin(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and self._names.is_builtin(node.id, node)

    def _is_builtin_name(self, name: str) -> bool:
        return self._names.is_builtin(name, self._function.body[0])


def _as_comprehension(built: ast.List, loop: ast.For, name: str) -> SinglePass | None:
    """Return the comprehension equal to nested loops and tests around one `name.append(x)`."""
    generators: list[ast.comprehension] = []
    statement: ast.stmt = loop
    while not isinstance(statement, ast.Expr):
        if not isinstance(statement, ast.For | ast.If) or statement.orelse or len(statement.body) != 1:
            return None
        if isinstance(statement, ast.For):
            generators.append(ast.comprehension(target=statement.target, iter=statement.iter, ifs=[], is_async=0))
        else:
            generators[-1].ifs.append(statement.test)
        statement = statement.body[0]
    call = statement.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "append":
        return None
    is_own = isinstance(call.func.value, ast.Name) and call.func.value.id == name
    if not is_own or len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
        return None
    return SinglePass(built=built, loop=loop, element=call.args[0], generators=tuple(generators))
