"""Where the whole stack is described and one entry of it used: which entry, and what of it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from agents.recipes import library
from agents.recipes.functions import FunctionNode, own_nodes
from agents.recipes.project import Module, Project
from agents.recipes.scope import names
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import nodes

FIELDS = ("frame", "filename", "lineno", "function")
"""Of what describes a frame, in its order as a tuple; the source lines behind them are left out."""
_LENGTH = 6
_PLACE = frozenset({"filename", "lineno", "function"})
_POSITIONS = "[]"
_LIBRARY = ("sys._getframe", "inspect.getframeinfo", "inspect.getsourcefile", "inspect.getfile", "inspect.FrameInfo")


class Form(StrEnum):
    """What is put in the place of the entry."""

    FIELD = "field"
    """One field of a frame that is surely there, in the place of that field of its description."""
    PLACE = "place"
    """File, line and function of such a frame, in the place of its description."""
    ENTRY = "entry"
    """The description of whichever frame, or the error where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One `inspect.stack()[index]` of which no source lines are used.

    Attributes:
        call: of `inspect.stack`.
        entry: the subscript.
        node: what is replaced: the entry, or for `Form.FIELD` the field of it.
        form: by what.
        field: for `Form.FIELD`, which.
    """

    call: ast.Call
    entry: ast.Subscript
    node: ast.expr
    form: Form
    field: str = ""


def lookups(function: FunctionNode, module: Module, project: Project) -> Iterator[Lookup]:
    """Yield every walk of the stack that a function makes for one entry, but for those that a test replaces."""
    for node in own_nodes(function):
        call = node.value if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) else None
        if isinstance(node, ast.Subscript) and isinstance(call, ast.Call) and _is_walk(call, module, project):
            found = _lookup(call, node, function, module)
            if found is not None:
                yield found


def _lookup(call: ast.Call, entry: ast.Subscript, function: FunctionNode, module: Module) -> Lookup | None:
    above = parents(module)
    used, depth = above[entry], _number(entry.slice)
    part, parts = _part(used, entry), _parts_used(entry, function, module)
    if depth == 0 or (depth == 1 and not _is_watched(entry, function, above)):
        field = _named(part, used)
        if field and isinstance(used, ast.Attribute | ast.Subscript):
            return Lookup(call=call, entry=entry, node=used, form=Form.FIELD, field=field)
        if parts and parts <= _PLACE and isinstance(used, ast.Assign):
            return Lookup(call=call, entry=entry, node=entry, form=Form.PLACE)
    is_given = bool(call.args or call.keywords)
    if not parts or depth == 0 or (depth is None and (is_given or not _is_index(entry.slice))):
        return None
    return Lookup(call=call, entry=entry, node=entry, form=Form.ENTRY)


def _is_walk(call: ast.Call, module: Module, project: Project) -> bool:
    """Say whether it is `inspect.stack()`, at most with a constant number of source lines, in an unpatched world."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    is_plain = len(given) <= 1 and all(_number(one) is not None for one in given)
    is_named = all(keyword.arg == "context" for keyword in call.keywords)
    if not is_plain or not is_named or not library.called(call, {"inspect.stack"}, module, project):
        return False
    return not any(library.is_replaced(name, project) for name in _LIBRARY)


def _number(node: ast.expr) -> int | None:
    """Return the number that is written, None when it is another expression, or less than 0."""
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def _is_index(node: ast.expr) -> bool:
    """Say whether an index is made of names, attributes, numbers, + and -: it is asked for once, as before."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Sub) and _is_index(node.left) and _is_index(node.right)
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) or _number(node) is not None


def _part(used: ast.AST, entry: ast.expr) -> str:
    """Return which part of a description is read: a field by its name, positions, or empty for don't know."""
    if isinstance(used, ast.Attribute) and isinstance(used.ctx, ast.Load):
        return used.attr if used.attr in FIELDS else ""
    if not isinstance(used, ast.Subscript) or used.value is not entry or not isinstance(used.ctx, ast.Load):
        return ""
    if isinstance(used.slice, ast.Slice):
        return _POSITIONS if _stops_early(used.slice) else ""
    index = _number(used.slice)
    return _POSITIONS if index is not None and index < len(FIELDS) else ""


def _stops_early(positions: ast.Slice) -> bool:
    """Say whether a slice ends before the source lines."""
    lower = 0 if positions.lower is None else _number(positions.lower)
    upper = None if positions.upper is None else _number(positions.upper)
    return positions.step is None and lower is not None and upper is not None and upper <= len(FIELDS)


def _named(part: str, used: ast.AST) -> str:
    """Return the field that a part is by name."""
    index = _number(used.slice) if part == _POSITIONS and isinstance(used, ast.Subscript) else None
    return FIELDS[index] if index is not None else part if part in FIELDS else ""


def _is_watched(node: ast.AST, function: FunctionNode, above: Mapping[ast.AST, ast.AST]) -> bool:
    """Say whether the function itself may handle the error of a stack that is not deep enough."""
    while node is not function:
        node = above[node]
        if isinstance(node, ast.With | ast.AsyncWith | ast.Try) or type(node).__name__ == "TryStar":
            return True
    return False


def _parts_used(entry: ast.Subscript, function: FunctionNode, module: Module) -> frozenset[str]:
    """Return every part of a description that is ever read; empty for don't know."""
    used = parents(module)[entry]
    part = _part(used, entry)
    if part:
        return frozenset({part})
    target = _target(used, entry)
    if target is None or reads_its_frame(function, module):
        return frozenset()
    if isinstance(target, ast.Name):
        return _parts_of_local(target, function, module)
    return frozenset({_POSITIONS} if _leaves_the_source(target, function, module) else ())


def _target(statement: ast.AST, value: ast.expr) -> ast.expr | None:
    """Return what alone an assignment binds."""
    if isinstance(statement, ast.AnnAssign):
        return statement.target if statement.value is value else None
    return statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None


def _parts_of_local(target: ast.Name, function: FunctionNode, module: Module) -> frozenset[str]:
    """Return the parts that are read of a local which is bound but once; empty when anything else is done with it."""
    known, above = names(module), parents(module)
    scope = known.inside(function)
    bound = [node for node in known.bindings(target.id, scope) if not _is_deletion(node)]
    if known.resolve(target.id, target) is not scope or bound != [target]:
        return frozenset()
    read = [node for node in nodes(function, ast.Name) if node.id == target.id and isinstance(node.ctx, ast.Load)]
    parts = frozenset(_part(above[node], node) for node in read)
    return frozenset() if "" in parts else parts


def _is_deletion(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)


def _leaves_the_source(target: ast.expr, function: FunctionNode, module: Module) -> bool:
    """Say whether an unpacked description's source lines go to locals that nobody reads."""
    if not isinstance(target, ast.Tuple | ast.List):
        return False
    star = next((at for at, one in enumerate(target.elts) if isinstance(one, ast.Starred)), None)
    if star is None and len(target.elts) != _LENGTH:
        return False
    unread = target.elts[min(len(FIELDS), len(FIELDS) if star is None else star) :]
    return all(_is_unread(one.value if isinstance(one, ast.Starred) else one, function, module) for one in unread)


def _is_unread(target: ast.expr, function: FunctionNode, module: Module) -> bool:
    known = names(module)
    if not isinstance(target, ast.Name) or known.resolve(target.id, target) is not known.inside(function):
        return False
    read = (node for node in nodes(function, ast.Name) if node.id == target.id)
    return all(isinstance(node.ctx, ast.Store) for node in read)
