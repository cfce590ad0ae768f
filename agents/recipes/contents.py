"""What is put into a local container after it was made, if nobody but its function can put anything into it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.recipes import methods
from agents.recipes.project import Module
from agents.recipes.scope import Names, Scope, names
from agents.recipes.tables import parents
from agents.recipes.uses import is_truth_test
from agents.recipes.walking import walk

# Builtins that look into an argument and neither keep it nor give it back.
_LOOKERS = frozenset(
    "all any bool dict enumerate filter format frozenset isinstance iter len list map print range repr reversed set"
    " sorted str tuple type zip".split()
)
_COPIERS = frozenset({"copy.copy", "copy.deepcopy"})
_CHOOSERS = frozenset({"max", "min", "sum"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Something put in: a value, or all values of one (spread)."""

    value: ast.expr
    is_spread: bool


def additions(name: str, scope: Scope, module: Module, kind: str) -> tuple[Addition, ...] | None:
    """Return everything put into the container that a local names; None when others may reach it.

    Args:
        name: bound in the scope.
        scope: of a function.
        module: of both.
        kind: type name of the container; of a dict, the keys are what is put in.
    """
    found: list[Addition] = []
    loads = list(_loads(name, scope, module))
    if any(isinstance(parents(module)[node], ast.Return) for node in loads):
        if any(_is_read_later(node, scope, module) for node in loads):
            return None
        loads = [node for node in loads if not isinstance(parents(module)[node], ast.Return)]
    for node in loads:
        added = _added_at(node, parents(module), names(module), kind)
        if added is None:
            return None
        found += added
    return tuple(found)


def is_only_read(node: ast.Name, module: Module, kind: str) -> bool:
    """Say whether an occurrence of a container's name neither changes the container nor hands it on."""
    parent = parents(module)[node]
    if isinstance(parent, ast.Attribute):
        call = parents(module)[parent]
        return parent.attr in methods.READS.get(kind, ()) and isinstance(call, ast.Call) and call.func is parent
    if isinstance(parent, ast.Subscript):
        return parent.value is node and isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Compare):
        return parent.comparators[-1] is node and isinstance(parent.ops[-1], ast.In | ast.NotIn)
    return _is_looked_at(node, parent, parents(module), names(module))


def _loads(name: str, scope: Scope, module: Module) -> Iterator[ast.Name]:
    found = (node for node in walk(scope.node) if isinstance(node, ast.Name) and node.id == name)
    for node in found:
        if isinstance(node.ctx, ast.Load) and names(module).resolve(name, node) is scope:
            yield node


def _is_read_later(node: ast.Name, scope: Scope, module: Module) -> bool:
    """Say whether an occurrence may be evaluated when the function has returned."""
    iterates = parents(module)[node]
    lazily = isinstance(iterates, ast.comprehension) and isinstance(parents(module)[iterates], ast.GeneratorExp)
    return lazily or names(module).scope(node) is not scope


def _added_at(node: ast.Name, above: Mapping[ast.AST, ast.AST], known: Names, kind: str) -> list[Addition] | None:
    parent = above[node]
    if isinstance(parent, ast.Attribute):
        return _added_by_method(parent, above[parent], kind)
    if isinstance(parent, ast.Subscript):
        return _added_by_subscript(node, parent, above[parent], kind)
    return [] if _is_looked_at(node, parent, above, known) else None


def _added_by_method(method: ast.Attribute, call: ast.AST, kind: str) -> list[Addition] | None:
    if not isinstance(call, ast.Call) or call.func is not method:
        return None
    if method.attr in methods.READS.get(kind, ()) or method.attr in methods.SHRINKS:
        return []
    is_spread = methods.FILLS.get(kind, {}).get(method.attr)
    plain = bool(call.args) and not call.keywords and not any(isinstance(one, ast.Starred) for one in call.args)
    if is_spread is None or not plain:
        return None
    return [Addition(value=call.args[-1], is_spread=is_spread)] if len(call.args) == 1 or not is_spread else None


def _added_by_subscript(node: ast.Name, subscript: ast.Subscript, holder: ast.AST, kind: str) -> list[Addition] | None:
    if subscript.value is not node or not isinstance(subscript.ctx, ast.Store):
        return [] if subscript.value is node else None
    if kind == "dict":
        return [Addition(value=subscript.slice, is_spread=False)]
    if not isinstance(holder, ast.Assign) or holder.targets != [subscript]:
        return None
    return [Addition(value=holder.value, is_spread=isinstance(subscript.slice, ast.Slice))]


def _is_looked_at(node: ast.Name, parent: ast.AST, above: Mapping[ast.AST, ast.AST], known: Names) -> bool:
    if isinstance(parent, ast.Call):
        return _is_looked_into(node, parent, known)
    if isinstance(parent, ast.For | ast.comprehension):
        return parent.iter is node
    if isinstance(parent, ast.Starred):
        return not isinstance(parent.ctx, ast.Store)
    if isinstance(parent, ast.keyword):
        return parent.arg is None
    if isinstance(parent, ast.Compare):
        return all(isinstance(operator, ast.In | ast.NotIn | ast.Is | ast.IsNot) for operator in parent.ops)
    if isinstance(parent, ast.FormattedValue | ast.Expr):
        return True
    return is_truth_test(node, tuple(_path(node, above)))


def _is_looked_into(node: ast.Name, call: ast.Call, known: Names) -> bool:
    function = call.func
    if known.dotted(function) in _COPIERS:
        return call.args == [node] and not call.keywords
    if isinstance(function, ast.Attribute):
        return function.attr == "join" and isinstance(function.value, ast.Constant)
    if not isinstance(function, ast.Name) or not known.is_builtin(function.id, function):
        return False
    if function.id in _CHOOSERS:  # of several arguments they may give one back
        return call.args == [node]
    return function.id in _LOOKERS and node in call.args


def _path(node: ast.AST, above: Mapping[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in above:
        node = above[node]
        yield node
