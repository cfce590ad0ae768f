"""Strings made anew each time a place is passed, though often equal, and then kept: pieces of what is parsed."""

import ast
from collections.abc import Iterator

from agents.recipes.functions import FunctionNode, own_nodes
from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.recipes.tables import parents
from agents.recipes.uses import bound_value

_MAKERS = frozenset(
    "capitalize casefold decode format group join lower lstrip removeprefix removesuffix replace rstrip strip sub title"
    " translate upper zfill".split()
)
_SPLITTERS = frozenset("findall groups partition rpartition rsplit split splitlines".split())
_KEEPERS = frozenset({"add", "append", "appendleft"})
_MAX_STEPS = 4


def kept_texts(function: FunctionNode, module: Module) -> Iterator[ast.expr]:
    """Yield the expressions that may give such a string where a container or an object takes it, in source order."""
    known = names(module)
    for node in own_nodes(function):
        for value in _taken(node, module):
            if known.scope(value) is known.inside(function) and _is_fresh(value, function, module, _MAX_STEPS):
                yield value


def _taken(node: ast.AST, module: Module) -> Iterator[ast.expr]:
    """Yield what a node puts into something that lasts."""
    if isinstance(node, ast.Assign):
        is_kept = len(node.targets) == 1 and isinstance(node.targets[0], ast.Attribute | ast.Subscript)
        yield from [node.value] if is_kept else []
    elif isinstance(node, ast.Dict):
        yield from (value for key, value in zip(node.keys, node.values, strict=True) if key is not None)
    elif isinstance(node, ast.List | ast.Tuple):
        yield from node.elts if isinstance(node.ctx, ast.Load) and _lasts(node, module) else []
    elif isinstance(node, ast.Call) and _keeps(node):
        yield from (*node.args, *(keyword.value for keyword in node.keywords if keyword.arg))


def _keeps(call: ast.Call) -> bool:
    """Say whether a call adds something to a container, or makes an instance of what is named like a class."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in _KEEPERS or call.func.attr[:1].isupper()
    return isinstance(call.func, ast.Name) and call.func.id[:1].isupper()


def _lasts(display: ast.List | ast.Tuple, module: Module) -> bool:
    """Say whether a display is handed on or put into something, not taken apart at once."""
    holder = parents(module)[display]
    if isinstance(holder, ast.Call):
        return _keeps(holder)
    if isinstance(holder, ast.Assign):
        return isinstance(holder.targets[0], ast.Attribute | ast.Subscript)
    return isinstance(holder, ast.Dict | ast.Return | ast.Yield | ast.ListComp)


def _is_fresh(node: ast.expr, function: FunctionNode, module: Module, steps: int) -> bool:
    if steps == 0:
        return False
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in _MAKERS
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant) and type(node.left.value) is str
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Slice) or _is_split(node.value, function, module, steps - 1)
    return isinstance(node, ast.Name) and _is_bound_fresh(node, function, module, steps - 1)


def _is_bound_fresh(node: ast.Name, function: FunctionNode, module: Module, steps: int) -> bool:
    """Say whether the only binding of a local gives it a fresh string."""
    binding = _binding(node, function, module)
    if binding is None:
        return False
    above = parents(module)
    statement = above[binding]
    value = bound_value(statement, binding)
    if value is not None:
        return _is_fresh(value, function, module, steps)
    if isinstance(statement, ast.For | ast.comprehension):
        return statement.target is binding and _is_split(statement.iter, function, module, steps)
    outer = above.get(statement)
    if not isinstance(statement, ast.Tuple | ast.List):
        return False
    if isinstance(outer, ast.Assign) and statement in outer.targets:
        return _is_split(outer.value, function, module, steps)
    return isinstance(outer, ast.For) and outer.target is statement and _is_reader(outer.iter, module)


def _is_split(node: ast.expr, function: FunctionNode, module: Module, steps: int) -> bool:
    """Say whether an expression gives the pieces of a string."""
    if steps <= 0:
        return False
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in _SPLITTERS
    if not isinstance(node, ast.Name):
        return isinstance(node, ast.ListComp) and _is_fresh(node.elt, function, module, steps - 1)
    binding = _binding(node, function, module)
    statement = parents(module)[binding] if binding is not None else None
    if isinstance(statement, ast.For) and statement.target is binding:
        return _is_reader(statement.iter, module)
    value = bound_value(statement, binding) if statement is not None and binding is not None else None
    return value is not None and _is_split(value, function, module, steps - 1)


def _binding(node: ast.Name, function: FunctionNode, module: Module) -> ast.Name | None:
    known = names(module)
    bound = known.bindings(node.id, known.inside(function)) if known.scope(node) is known.inside(function) else ()
    return bound[0] if len(bound) == 1 and isinstance(bound[0], ast.Name) else None


def _is_reader(node: ast.expr, module: Module) -> bool:
    """Say whether rows of a table in text are stepped through."""
    if not isinstance(node, ast.Call):
        return isinstance(node, ast.Name) and _reads_rows(node, module)
    return names(module).dotted(node.func) == "csv.reader"


def _reads_rows(node: ast.Name, module: Module) -> bool:
    known = names(module)
    scope = known.resolve(node.id, node)
    bound = known.bindings(node.id, scope) if scope else ()
    statement = parents(module).get(bound[0]) if len(bound) == 1 else None
    value = statement.value if isinstance(statement, ast.Assign) else None
    return isinstance(value, ast.Call) and names(module).dotted(value.func) == "csv.reader"
