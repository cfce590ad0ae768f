"""What is known of how much a name holds: a handful, written down in the source, or a list that may be long."""

import ast
from collections.abc import Iterator

from agents.recipes.once import once
from agents.recipes.project import Module
from agents.recipes.scope import Scope, names
from agents.recipes.walking import nodes, parents_below, walk

MOST_FEW = 16
"""Steps or elements that a search or a loop may have without being felt."""
_DEEPEST = 4
_GROWERS = frozenset({"append", "extend", "insert", "add", "update", "appendleft", "setdefault"})
_LIST_MAKERS = frozenset({"list", "sorted"})
_LIST_METHODS = frozenset({"splitlines", "readlines", "findall", "tolist"})
_LIST_TYPES = frozenset({"list", "List", "MutableSequence"})
_PASSED_THROUGH = frozenset({"enumerate", "reversed", "sorted", "list", "tuple", "set", "iter", "zip", "frozenset"})
_SPLITS = frozenset({"split", "rsplit", "partition"})
_NAME_SEPARATORS = frozenset({".", ":", "::", "/", "-", "_", "=", "@", "|"})
"""What parts of names and paths stand between: there are a handful of them."""
_VIEWS = frozenset({"items", "keys", "values", "copy"})
_Display = ast.List | ast.Tuple | ast.Set
_FunctionLike = ast.FunctionDef | ast.AsyncFunctionDef


def is_few(node: ast.expr, module: Module, depth: int = _DEEPEST) -> bool:
    """Say whether what an expression gives surely has a handful of elements."""
    if isinstance(node, _Display):
        return len(node.elts) <= MOST_FEW and not any(isinstance(one, ast.Starred) for one in node.elts)
    if isinstance(node, ast.Dict):
        return len(node.keys) <= MOST_FEW and None not in node.keys
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        return _is_short(node.slice)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes) and len(node.value) <= MOST_FEW
    if isinstance(node, ast.IfExp):
        return is_few(node.body, module, depth) and is_few(node.orelse, module, depth)
    if isinstance(node, ast.Call):
        return _gives_few(node, module, depth)
    return _holds_few(node, module, depth)


def is_long_list(node: ast.expr, module: Module, depth: int = _DEEPEST) -> bool:
    """Say whether everything that a name is bound to, as far as can be seen, is a list that may be long."""
    bound = values(node, module) if depth else ()
    unknown = [value for value in bound if not _makes_list(value, module, depth)]
    if not bound or (unknown and not (all(one is None for one in unknown) and _is_used_as_list(node, module))):
        return False
    return _may_be_long(node, module)


def _is_used_as_list(node: ast.expr, module: Module) -> bool:
    """Say whether something is appended to what an expression names, and nothing done that lists can't do."""
    methods = {grower.func.attr for grower in _growth(node, module) if isinstance(grower, ast.Call)}  # type: ignore[attr-defined]
    return not methods.isdisjoint({"append", "extend"}) and methods.isdisjoint({"add", "update", "appendleft"})


def values(node: ast.expr, module: Module) -> tuple[ast.expr | None, ...]:
    """Return all that a name or an attribute of `self` is bound to; None for what can't be seen."""
    if isinstance(node, ast.Name):
        scope = names(module).resolve(node.id, node)
        return _bound_in(scope, node.id, module) if scope is not None else ()
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return _attributes(module).get((_class_around(node, module), node.attr), ())
    return ()


def _gives_few(call: ast.Call, module: Module, depth: int) -> bool:
    function = call.func
    if isinstance(function, ast.Attribute):
        if function.attr in _SPLITS and call.args and isinstance(call.args[0], ast.Constant):
            return call.args[0].value in _NAME_SEPARATORS
        return function.attr in _VIEWS and not call.args and is_few(function.value, module, depth)
    if not isinstance(function, ast.Name) or not names(module).is_builtin(function.id, function):
        return False
    if function.id == "range":
        if any(_is_length_of_few(one, module, depth) for one in call.args):
            return True
        bounds = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, int)]
        return len(bounds) == len(call.args) and len(range(*bounds[:2])) <= MOST_FEW if bounds else False
    first = call.args if function.id == "zip" else call.args[:1]
    return function.id in _PASSED_THROUGH and any(is_few(one, module, depth) for one in first)


def _is_short(part: ast.Slice) -> bool:
    """Say whether a slice takes a handful: `[:3]`."""
    upper = part.upper.value if isinstance(part.upper, ast.Constant) else None
    return part.lower is None and isinstance(upper, int) and 0 <= upper <= MOST_FEW


def _is_length_of_few(node: ast.expr, module: Module, depth: int) -> bool:
    is_length = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"
    return is_length and all(is_few(one, module, depth) for one in node.args)  # type: ignore[attr-defined]


def _holds_few(node: ast.expr, module: Module, depth: int) -> bool:
    """Say whether a name is bound to nothing but a handful of elements, and nothing is ever added.

    What stands for `*args` is a handful too: people write such arguments down.
    """
    if isinstance(node, ast.Name) and _is_starred(node, module):
        return True
    bound = values(node, module) if depth else ()
    few = all(value is not None and is_few(value, module, depth - 1) for value in bound)
    return bool(bound) and few and not any(True for _ in _growth(node, module))


def _is_starred(node: ast.Name, module: Module) -> bool:
    scope = names(module).resolve(node.id, node)
    arguments = getattr(scope.node, "args", None) if scope is not None else None
    starred = getattr(arguments, "vararg", None)
    return scope is not None and scope.bindings.get(node.id) == [starred]


def _makes_list(value: ast.expr | None, module: Module, depth: int) -> bool:
    if isinstance(value, ast.List | ast.ListComp):
        return True
    if isinstance(value, ast.Call):
        return _calls_for_list(value, module, depth)
    if isinstance(value, ast.BinOp):
        sides = (value.left, value.right)
        return isinstance(value.op, ast.Add | ast.Mult) and any(_makes_list(side, module, depth - 1) for side in sides)
    if isinstance(value, ast.IfExp):
        return all(_makes_list(one, module, depth) for one in (value.body, value.orelse))
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice):
        return is_long_list(value.value, module, depth - 1)
    return isinstance(value, ast.Name) and is_long_list(value, module, depth - 1)


def _calls_for_list(call: ast.Call, module: Module, depth: int) -> bool:
    function = call.func
    if isinstance(function, ast.Attribute):
        copies = function.attr == "copy" and not call.args
        return function.attr in _LIST_METHODS or (copies and is_long_list(function.value, module, depth - 1))
    is_maker = isinstance(function, ast.Name) and function.id in _LIST_MAKERS
    return is_maker and names(module).is_builtin(ast.unparse(function), function)


def _may_be_long(node: ast.expr, module: Module) -> bool:
    """Say whether something puts more into a list than a handful: what it is made of, or what adds to it in a loop."""
    if any(value is None or not is_few(value, module) for value in values(node, module)):
        return True
    above = parents_below(module.syntax)
    for grower in _growth(node, module):
        step: ast.AST | None = grower
        while step is not None and not isinstance(step, _FunctionLike):
            if isinstance(step, ast.For | ast.AsyncFor | ast.While):
                return True
            step = above.get(step)
    return False


def _growth(node: ast.expr, module: Module) -> Iterator[ast.AST]:
    """Yield what adds elements to what a name or an attribute names."""
    scope = names(module).resolve(node.id, node) if isinstance(node, ast.Name) else None
    for grown, grower in _growers(module).get(ast.unparse(node), ()):
        if not isinstance(grown, ast.Name) or names(module).resolve(grown.id, grown) is scope:
            yield grower


@once
def _growers(module: Module) -> dict[str, list[tuple[ast.expr, ast.AST]]]:
    """Return what adds elements to something, with what it adds to, by its text."""
    found: dict[str, list[tuple[ast.expr, ast.AST]]] = {}
    calls = nodes(module.syntax, ast.Call)
    growing = [(call.func.value, call) for call in calls if _grows(call.func)]  # type: ignore[attr-defined]
    for grown, grower in [*growing, *((one.target, one) for one in nodes(module.syntax, ast.AugAssign))]:
        if isinstance(grown, ast.Name | ast.Attribute):
            found.setdefault(ast.unparse(grown), []).append((grown, grower))
    return found


def _grows(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in _GROWERS


def _bound_in(scope: Scope, name: str, module: Module) -> tuple[ast.expr | None, ...]:
    above = parents_below(module.syntax)
    found: list[ast.expr | None] = []
    for binding in names(module).bindings(name, scope):
        parent = above.get(binding)
        if isinstance(binding, ast.arg):
            found += [] if _is_replaced(name, scope) else [_annotated(binding.annotation)]
        elif isinstance(parent, ast.Assign | ast.AnnAssign):
            found += _assigned(parent)
        elif not isinstance(parent, ast.AugAssign | ast.Delete):
            found.append(None)
    return tuple(found)


def _is_replaced(name: str, scope: Scope) -> bool:
    """Say whether a function gives a parameter another value in any case (`items = list(items)`)."""
    body = scope.node.body if isinstance(scope.node, _FunctionLike) else []
    statements = [one for one in body if isinstance(one, ast.Assign)]
    return any(isinstance(target, ast.Name) and target.id == name for one in statements for target in one.targets)


def _assigned(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr | None]:
    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        return [_annotated(statement.annotation)]
    return [statement.value]


def _annotated(annotation: ast.expr | None) -> ast.expr | None:
    """Return an expression that makes what an annotation names, if that is a list."""
    named = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    last = named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", "")
    return _SOME_LIST if last in _LIST_TYPES else None


_SOME_LIST = ast.ListComp(elt=ast.Constant(value=None), generators=[])


def _class_around(node: ast.AST, module: Module) -> ast.ClassDef | None:
    above = parents_below(module.syntax)
    step = above.get(node)
    while step is not None and not isinstance(step, ast.ClassDef):
        step = above.get(step)
    return step


@once
def _attributes(module: Module) -> dict[tuple[ast.ClassDef | None, str], tuple[ast.expr | None, ...]]:
    """Return what the attributes of `self` are bound to, by class and name."""
    found: dict[tuple[ast.ClassDef | None, str], tuple[ast.expr | None, ...]] = {}
    above = parents_below(module.syntax)
    for node in walk(module.syntax):
        if not isinstance(node, ast.Attribute) or isinstance(node.ctx, ast.Load) or ast.unparse(node.value) != "self":
            continue
        parent, key = above.get(node), (_class_around(node, module), node.attr)
        if isinstance(parent, ast.AugAssign | ast.Delete):
            continue
        assigned = _assigned(parent) if isinstance(parent, ast.Assign | ast.AnnAssign) else [None]
        found[key] = (*found.get(key, ()), *assigned)
    return found
