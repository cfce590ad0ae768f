"""How a function uses one local name, occurrence by occurrence: what rewrites of a container ask first."""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agents.recipes.functions import FunctionNode
from agents.recipes.once import once
from agents.recipes.project import Module
from agents.recipes.walking import nodes, once_below, parents_below

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

# Builtins that read an iterable to its end before they return and keep no hold of it.
CONSUMERS = frozenset({"all", "any", "frozenset", "list", "max", "min", "set", "sorted", "sum", "tuple"})
_LOOKING = frozenset({"bool", "len"})
_OTHER_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.arguments)
_PROBING = (ast.In, ast.NotIn)
_BINDING_OTHERWISE: tuple[type[ast.AST], ...] = (
    *(ast.Global, ast.Nonlocal, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.alias, ast.arg),
    *(ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping),
)
_FRAME_READERS = frozenset({"dir", "eval", "exec", "locals", "vars"})


class UseKind(StrEnum):
    """What one occurrence of the name does."""

    BIND_LIST = "bind_list"
    METHOD = "method"
    LENGTH = "length"
    TRUTH = "truth"
    ITERATE = "iterate"
    PROBE = "probe"
    INDEX = "index"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One occurrence.

    Attributes:
        node: the name, or the statement that binds it in another way.
        kind: what is done; OTHER for everything not understood, which forbids a rewrite.
        path: the nodes above it, innermost first, the function left out.
        method: of a METHOD call, its name.
        value: of a BIND_LIST, the expression that makes the list.
    """

    node: ast.AST
    kind: UseKind
    path: tuple[ast.AST, ...]
    method: str = ""
    value: ast.expr | None = None

    @property
    def is_in_inner_scope(self) -> bool:
        """Say whether it stands in a nested function or class, which may run at any time."""
        return any(isinstance(step, _OTHER_SCOPES) for step in self.path)

    @property
    def binds(self) -> bool:
        """Say whether it binds, deletes or declares the name."""
        return not isinstance(self.node, ast.Name) or not isinstance(self.node.ctx, ast.Load)


def uses(function: FunctionNode, name: str, is_builtin: Callable[[str], bool]) -> tuple[Use, ...]:
    """Return every occurrence of a name in a function, nested scopes included, in source order.

    Args:
        function: where to look.
        name: of a local; when it is a parameter, global or bound otherwise, some use is OTHER.
        is_builtin: says whether a name means the builtin here.
    """
    parents = parents_below(function)
    found = [_of_name(node, parents, is_builtin) for node in _names(function).get(name, ())]
    others = _other_bindings(function).get(name, ())
    found += [Use(node=node, kind=UseKind.OTHER, path=_path(node, parents)) for node in others]
    return tuple(sorted(found, key=lambda use: _position(use.node)))


def reads_its_frame(function: ast.AST, module: Module) -> bool:
    """Say whether locals may be read by name (`locals`, `eval` and their like), where renames and adds would show."""
    return function in _holding_frame_readers(module)


@once
def _holding_frame_readers(module: Module) -> frozenset[ast.AST]:
    """Return all nodes that hold such a name: in most modules there are none."""
    found: set[ast.AST] = set()
    for name in nodes(module.syntax, ast.Name):
        step: ast.AST | None = name if name.id in _FRAME_READERS else None
        while step is not None and step not in found:
            found.add(step)
            step = parents_below(module.syntax).get(step)
    return frozenset(found)


@once_below
def probed_names(function: ast.AST) -> frozenset[str]:
    """Return the names of what a function looks for something in."""
    probed = (node.comparators[-1] for node in nodes(function, ast.Compare) if isinstance(node.ops[-1], _PROBING))
    return frozenset(container.id for container in probed if isinstance(container, ast.Name))


def makes_list(value: ast.expr | None, is_builtin: Callable[[str], bool]) -> bool:
    """Say whether an expression surely makes a list that nothing else holds."""
    if isinstance(value, ast.List | ast.ListComp):
        return True
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name) or not is_builtin(value.func.id):
        return False
    plain = len(value.args) <= 1 and not any(isinstance(argument, ast.Starred) for argument in value.args)
    return plain and (value.func.id == "sorted" or (value.func.id == "list" and not value.keywords))


def inserts_first(call: ast.Call) -> bool:
    """Say whether it is `….insert(0, x)`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "insert" or len(call.args) != 2 or call.keywords:
        return False
    index, value = call.args
    is_first = isinstance(index, ast.Constant) and type(index.value) is int and index.value == 0
    return is_first and not isinstance(value, ast.Starred)


def block_of(use: Use, function: FunctionNode) -> list[ast.stmt]:
    """Return the list of statements in which the statement of a use stands."""
    statement = next(step for step in (use.node, *use.path) if isinstance(step, ast.stmt))
    above = (*use.path, function)
    holder = above[above.index(statement) + 1 if statement in above else 0]
    blocks = [block for _, block in ast.iter_fields(holder) if isinstance(block, list) and statement in block]
    return blocks[0]


def is_bound_before(statement: ast.stmt, found: Sequence[Use], function: FunctionNode) -> bool:
    """Say whether a statement is surely reached with a list bound: that is done before it in its block, or further out.

    Args:
        statement: in the function.
        found: the uses of the name.
        function: of both.
    """
    parents = parents_below(function)
    below: ast.AST = statement
    bindings = {
        next(step for step in use.path if isinstance(step, ast.stmt)) for use in found if use.kind is UseKind.BIND_LIST
    }
    while below is not function:
        holder = parents[below]
        blocks = [block for _, block in ast.iter_fields(holder) if isinstance(block, list) and below in block]
        if any(bindings.intersection(block[: block.index(below)]) for block in blocks):
            return True
        below = holder
    return False


def is_repeated(use: Use, statement: ast.stmt) -> bool:
    """Say whether a loop or comprehension of `statement`, which holds the use, evaluates it in every turn."""
    below: ast.AST = use.node
    for step in use.path:
        if isinstance(step, ast.While) and below not in step.orelse:
            return True
        if isinstance(step, ast.For | ast.AsyncFor) and below in step.body:
            return True
        if isinstance(step, ast.comprehension) and below is not step.iter:
            return True
        if isinstance(step, Comprehension) and (below is not step.generators[0]):
            return True
        if step is statement:
            return False
        below = step
    return False


@once_below
def _names(function: ast.AST) -> Mapping[str, Sequence[ast.Name]]:
    """Return the occurrences of every name in a function."""
    found: defaultdict[str, list[ast.Name]] = defaultdict(list)
    for node in nodes(function, ast.Name):
        found[node.id].append(node)
    return dict(found)


@once_below
def _other_bindings(function: ast.AST) -> Mapping[str, Sequence[ast.AST]]:
    """Return the nodes in a function that bind or declare names without a name node, by name."""
    found: defaultdict[str, list[ast.AST]] = defaultdict(list)
    for node in nodes(function, *_BINDING_OTHERWISE):
        for name in set(_bound_otherwise(node)) if node is not function else ():
            found[name].append(node)
    return dict(found)


def _of_name(node: ast.Name, parents: Mapping[ast.AST, ast.AST], is_builtin: Callable[[str], bool]) -> Use:
    path = _path(node, parents)
    if not path or any(isinstance(step, _OTHER_SCOPES) for step in path):
        return Use(node=node, kind=UseKind.OTHER, path=path)
    if isinstance(node.ctx, ast.Store):
        value = bound_value(path[0], node) or (bound_value(path[1], node) if len(path) > 1 else None)
        kind = UseKind.BIND_LIST if makes_list(value, is_builtin) else UseKind.OTHER
        return Use(node=node, kind=kind, path=path, value=value)
    if not isinstance(node.ctx, ast.Load):
        return Use(node=node, kind=UseKind.OTHER, path=path)
    return _of_load(node, path, is_builtin)


def _of_load(node: ast.Name, path: tuple[ast.AST, ...], is_builtin: Callable[[str], bool]) -> Use:
    parent, above = path[0], path[1] if len(path) > 1 else None
    if isinstance(parent, ast.Attribute):
        called = isinstance(above, ast.Call) and above.func is parent
        return Use(node=node, kind=UseKind.METHOD if called else UseKind.OTHER, path=path, method=parent.attr)
    return Use(node=node, kind=_kind_of_load(node, path, is_builtin), path=path)


def _kind_of_load(node: ast.Name, path: tuple[ast.AST, ...], is_builtin: Callable[[str], bool]) -> UseKind:
    parent = path[0]
    if isinstance(parent, ast.Call):
        return _kind_of_argument(node, path, is_builtin)
    if _is_stepped(node, path, is_builtin):
        return UseKind.ITERATE
    if isinstance(parent, ast.Compare):
        return UseKind.PROBE if _is_probed(node, parent) else UseKind.OTHER
    if isinstance(parent, ast.Subscript) and node is parent.value and isinstance(parent.ctx, ast.Load):
        return UseKind.INDEX
    return UseKind.TRUTH if is_truth_test(node, path) else UseKind.OTHER


def _kind_of_argument(node: ast.Name, path: tuple[ast.AST, ...], is_builtin: Callable[[str], bool]) -> UseKind:
    call = path[0]
    assert isinstance(call, ast.Call)
    if not isinstance(call.func, ast.Name) or not is_builtin(call.func.id) or call.args != [node]:
        return UseKind.OTHER
    if call.func.id in _LOOKING and not call.keywords:
        return UseKind.LENGTH
    if call.func.id in CONSUMERS:
        return UseKind.ITERATE
    stepping = call.func.id in {"enumerate", "reversed"} and not call.keywords and len(path) > 1
    return UseKind.ITERATE if stepping and _is_stepped(call, path[1:], is_builtin) else UseKind.OTHER


def _is_stepped(iterated: ast.expr, path: tuple[ast.AST, ...], is_builtin: Callable[[str], bool]) -> bool:
    """Say whether a loop or a comprehension that ends at once steps through an expression."""
    above = path[0]
    if isinstance(above, ast.For):
        return above.iter is iterated
    return isinstance(above, ast.comprehension) and above.iter is iterated and ends_at_once(path[1:], is_builtin)


def ends_at_once(path: tuple[ast.AST, ...], is_builtin: Callable[[str], bool]) -> bool:
    """Say whether the comprehension at the head of the path runs no more once its expression is done."""
    made, taken_by = path[0], path[1] if len(path) > 1 else None
    if not isinstance(made, ast.GeneratorExp):
        return True
    if not isinstance(taken_by, ast.Call) or not isinstance(taken_by.func, ast.Name):
        return False
    drops = taken_by.func.id in CONSUMERS or taken_by.func.id == "next"  # nobody can ask the generator again
    return taken_by.args[:1] == [made] and drops and is_builtin(taken_by.func.id)


def _is_probed(node: ast.Name, compare: ast.Compare) -> bool:
    return compare.comparators[-1] is node and isinstance(compare.ops[-1], _PROBING)


def is_truth_test(node: ast.AST, path: tuple[ast.AST, ...]) -> bool:
    """Say whether only the truth of an expression is looked at, through `not`, `and` and `or`."""
    for above in path:
        if isinstance(above, ast.If | ast.While | ast.IfExp | ast.Assert):
            return above.test is node
        if isinstance(above, ast.UnaryOp):
            return isinstance(above.op, ast.Not)
        if isinstance(above, ast.comprehension):
            return any(test is node for test in above.ifs)
        if not isinstance(above, ast.BoolOp):
            return False
        node = above
    return False


def bound_value(statement: ast.AST, target: ast.Name) -> ast.expr | None:
    """Return what a single-target assignment gives a name: the value, or its part of a tuple display."""
    if isinstance(statement, ast.AnnAssign):
        return statement.value if statement.target is target else None
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    bound, value = statement.targets[0], statement.value
    if bound is target:
        return value
    if not isinstance(bound, ast.Tuple) or not isinstance(value, ast.Tuple) or len(bound.elts) != len(value.elts):
        return None
    if any(isinstance(part, ast.Starred) for part in (*bound.elts, *value.elts)):
        return None
    return next((part for name, part in zip(bound.elts, value.elts, strict=True) if name is target), None)


def _bound_otherwise(node: ast.AST) -> Iterator[str]:
    """Yield the names a node binds without a name node, or declares."""
    if isinstance(node, ast.Global | ast.Nonlocal):
        yield from node.names
    elif isinstance(node, FunctionNode | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).split(".")[0]
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def _path(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> tuple[ast.AST, ...]:
    steps = []
    while parents.get(parents.get(node, node)) is not None:
        node = parents[node]
        steps.append(node)
    return tuple(steps)


def _position(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
