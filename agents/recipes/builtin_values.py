"""Finds the shape of an expression where it stands in a module: through locals, loops, constants and own functions."""

import ast
from collections.abc import Callable, Mapping

from agents.recipes import builtin_calls, shapes
from agents.recipes.contents import Addition, additions
from agents.recipes.functions import FunctionNode, own
from agents.recipes.project import Module, Project
from agents.recipes.purity import purities
from agents.recipes.scope import Scope, names
from agents.recipes.shapes import NONE, NOTHING, STR, Shape, element_of, join
from agents.recipes.tables import constant_value, parents
from agents.recipes.uses import Comprehension, bound_value
from agents.recipes.walking import walk

_MAX_STEPS = 3000
_MAX_ROUNDS = 4
_IMMUTABLE = frozenset({"str", "bytes", "int", "bool", "float", "NoneType", "range"})


def shape_of(
    expression: ast.expr, module: Module, project: Project, given: Mapping[str, Shape] | None = None
) -> Shape | None:
    """Return the shape of an expression of the module whenever it gives a value; None: don't know.

    Args:
        expression: where it stands.
        module: its module.
        project: for what it calls.
        given: what names of the expression's own scope are taken to be, because a test says so.
    """
    scope = names(module).scope(expression)
    return _Values(project, {(scope, name): shape for name, shape in (given or {}).items()}).of(expression, module)


class _Values:
    """One question: steps are counted, and what is asked for while it is looked for is assumed and then checked."""

    def __init__(self, project: Project, given: Mapping[tuple[Scope, str], Shape]) -> None:
        self._project = project
        self._steps = 0
        self._assumed: dict[object, Shape | None] = dict(given.items())

    def of(self, node: ast.expr, module: Module) -> Shape | None:
        """Return the shape of an expression."""
        self._steps += 1
        if self._steps > _MAX_STEPS:
            return None
        if isinstance(node, ast.Constant):
            return shapes.of_constant(node.value)
        if isinstance(node, ast.JoinedStr):
            return self._of_text(node, module)
        if isinstance(node, ast.Name):
            return self._of_name(node, module)
        if isinstance(node, ast.Call):
            return self._of_call(node, module)
        if isinstance(node, Comprehension):
            return self._of_comprehension(node, module)
        return self._of_display(node, module) or self._of_operator(node, module)

    def _of_text(self, node: ast.JoinedStr, module: Module) -> Shape | None:
        """Return a str's shape, unless one value is formatted alone: its class could give a subclass of str."""
        alone = node.values[0] if len(node.values) == 1 else None
        held = self.of(alone.value, module) if isinstance(alone, ast.FormattedValue) else STR
        return STR if held is not None and held.type in _IMMUTABLE else None

    def _of_display(self, node: ast.expr, module: Module) -> Shape | None:
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            held = join(*(self._part(part, module) for part in node.elts))
            return Shape(type(node).__name__.lower(), _held(held))
        if isinstance(node, ast.Dict):
            keys = [
                self.of(key, module) if key else element_of(self.of(value, module))
                for key, value in zip(node.keys, node.values, strict=True)
            ]
            return Shape("dict", _held(join(*keys)))
        return None

    def _part(self, node: ast.expr, module: Module) -> Shape | None:
        return element_of(self.of(node.value, module)) if isinstance(node, ast.Starred) else self.of(node, module)

    def _of_operator(self, node: ast.expr, module: Module) -> Shape | None:
        if isinstance(node, ast.BinOp):
            return shapes.of_operation(node.op, self.of(node.left, module), self.of(node.right, module))
        if isinstance(node, ast.UnaryOp):
            held = self.of(node.operand, module)
            return shapes.BOOL if isinstance(node.op, ast.Not) else held if held == shapes.INT else None
        if isinstance(node, ast.BoolOp):
            return join(*(self.of(value, module) for value in node.values))
        if isinstance(node, ast.IfExp):
            return join(self.of(node.body, module), self.of(node.orelse, module))
        if isinstance(node, ast.NamedExpr):
            return self.of(node.value, module)
        if isinstance(node, ast.Compare):
            return self._of_comparison(node, module)
        return self._of_subscript(node, module) if isinstance(node, ast.Subscript) else None

    def _of_comparison(self, node: ast.Compare, module: Module) -> Shape | None:
        if all(isinstance(operator, ast.In | ast.NotIn | ast.Is | ast.IsNot) for operator in node.ops):
            return shapes.BOOL
        compared = [self.of(part, module) for part in (node.left, *node.comparators)]
        return shapes.BOOL if all(one and one.type in _IMMUTABLE for one in compared) else None

    def _of_subscript(self, node: ast.Subscript, module: Module) -> Shape | None:
        held = self.of(node.value, module)
        if held is None or held.type not in ("list", "tuple", "str"):
            return NOTHING if held == NOTHING else None
        if isinstance(node.slice, ast.Slice):
            return held
        return element_of(held) if self.of(node.slice, module) in (shapes.INT, shapes.BOOL) else None

    def _of_comprehension(self, node: Comprehension, module: Module) -> Shape | None:
        given = node.key if isinstance(node, ast.DictComp) else node.elt
        types = {ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict", ast.GeneratorExp: "generator"}
        return Shape(types[type(node)], _held(self.of(given, module)))

    def _of_call(self, node: ast.Call, module: Module) -> Shape | None:
        function = node.func
        if isinstance(function, ast.Name) and names(module).is_builtin(function.id, function):
            return builtin_calls.given(node, lambda argument: self._part(argument, module))
        if isinstance(function, ast.Attribute) and names(module).dotted(function) is None:
            receiver = self.of(function.value, module)
            return shapes.of_method(receiver, function.attr) if receiver else None
        definition = purities(self._project).resolve(function, module)
        if definition is None or isinstance(definition.node, ast.AsyncFunctionDef) or _is_generator(definition.node):
            return None
        return self._settled(definition.node, lambda: self._given_by(definition.node, definition.module))

    def _given_by(self, function: FunctionNode, module: Module) -> Shape | None:
        returned = [node.value for node in own(function, ast.Return)]
        ends = [NONE] if _may_fall_through(function.body) else []
        return join(*ends, *(self.of(value, module) if value else NONE for value in returned))

    def _of_name(self, node: ast.Name, module: Module) -> Shape | None:
        scope = names(module).resolve(node.id, node)
        if scope is None or scope.is_class:
            return None
        if isinstance(scope.node, ast.Module):
            value = constant_value(module, node.id, self._project)
            found = self.of(value, module) if value else None
            return found if found is None or found.type in ("tuple", "frozenset") else Shape(found.type)
        return self._settled((scope, node.id), lambda: self._bound(node.id, scope, module))

    def _bound(self, name: str, scope: Scope, module: Module) -> Shape | None:
        """Return what all bindings of a local have in common, with what is put into it later."""
        found = join(*(self._binding(node, module) for node in scope.bindings[name]))
        if found is None or found.element is None or found.type in _IMMUTABLE:
            return found
        added = additions(name, scope, module, found.type)
        if added is None:
            return Shape(found.type)
        return Shape(found.type, join(found.element, *(_held(self._added(one, module)) for one in added)))

    def _added(self, addition: Addition, module: Module) -> Shape | None:
        given = self.of(addition.value, module)
        return element_of(given) if addition.is_spread else given

    def _binding(self, node: ast.AST, module: Module) -> Shape | None:
        if isinstance(node, ast.NamedExpr):
            return self.of(node.value, module)
        if isinstance(node, ast.arg):
            return _of_parameter(node, parents(module)[node])
        if not isinstance(node, ast.Name):
            return None
        above = parents(module)[node]
        if isinstance(node.ctx, ast.Del):
            return NOTHING
        if isinstance(above, ast.For | ast.comprehension) and above.target is node:
            return element_of(self.of(above.iter, module)) if not getattr(above, "is_async", 0) else None
        if isinstance(above, ast.AugAssign):
            return self._augmented(above, node, module)
        value = bound_value(above, node) or bound_value(parents(module).get(above, above), node)
        return self.of(value, module) if value else None

    def _augmented(self, statement: ast.AugAssign, target: ast.Name, module: Module) -> Shape | None:
        held, value = self._of_name(target, module), self.of(statement.value, module)
        if held and held.type == "list" and isinstance(statement.op, ast.Add):
            return Shape("list", _held(element_of(value)))
        return NOTHING if held == NOTHING else shapes.of_operation(statement.op, held, value)

    def _settled(self, key: object, find: Callable[[], Shape | None]) -> Shape | None:
        """Return the least answer that holds when it is assumed of everything it depends on itself."""
        if key in self._assumed:
            return self._assumed[key]
        self._assumed[key] = NOTHING
        try:
            for _ in range(_MAX_ROUNDS):
                found = find()
                if found == self._assumed[key]:
                    return found
                self._assumed[key] = found
            return None
        finally:
            del self._assumed[key]


def _held(shape: Shape | None) -> Shape | None:
    """Return what stays true of a value held in a container: others may change what it holds itself."""
    return shape if shape is None or shape.type in _IMMUTABLE else Shape(shape.type) if shape != NOTHING else NOTHING


def _of_parameter(parameter: ast.arg, arguments: ast.AST) -> Shape | None:
    if parameter is getattr(arguments, "vararg", None):
        return Shape("tuple")
    return Shape("dict") if parameter is getattr(arguments, "kwarg", None) else None


def _is_generator(function: FunctionNode) -> bool:
    yields = own(function, ast.Yield, ast.YieldFrom)
    inner = {part for node in own(function, ast.Lambda) for part in walk(node)} if yields else set()
    return any(node not in inner for node in yields)


def _may_fall_through(body: list[ast.stmt]) -> bool:
    """Say whether the end of a block may be reached; True when it can't be told."""
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise):
        return False
    if isinstance(last, ast.If):
        return not last.orelse or _may_fall_through(last.body) or _may_fall_through(last.orelse)
    return True


__all__ = ["Shape", "shape_of"]
