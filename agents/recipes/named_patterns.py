"""Names that stand for one constant text whenever a pattern is asked for by them."""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from agents.recipes import stores
from agents.recipes.bound_names import is_surely_bound
from agents.recipes.functions import FunctionNode
from agents.recipes.project import Module, Project
from agents.recipes.scope import Names, names
from agents.recipes.tables import constant_value, parents

_MINORS = range(9, 21)
"""Of the versions of Python 3 whose code can be looked at here, with room for later ones."""
_TESTS: Mapping[type[ast.cmpop], Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_CHARACTERS = frozenset({"chr", "unichr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedText:
    """What a name stands for.

    Attributes:
        statement: where it gets its value: an assignment, or an `if` that asks for the version of Python.
        value: what it gets; where there is a test: if that is true.
        test, other: of an `if`: what is asked, and what the name gets if it is false.
        values: constants of which Python 3.9 and newer take one.
        is_local: the statement stands in the function, not at the module's top level.
    """

    statement: ast.stmt
    value: ast.expr
    test: ast.expr | None = None
    other: ast.expr | None = None
    values: tuple[ast.Constant, ...]
    is_local: bool


def named_text(node: ast.expr, function: FunctionNode, module: Module, project: Project) -> NamedText | None:
    """Return what a name in a function stands for, None when that is no constant text or not known."""
    known = names(module)
    scope = known.resolve(node.id, node) if isinstance(node, ast.Name) else None
    if scope is None or not isinstance(node, ast.Name):
        return None
    if scope is known.top:
        return _of_module(node.id, module, project)
    if scope is not known.inside(function) or known.scope(node) is not scope:
        return None
    above, bound = parents(module), known.bindings(node.id, scope)
    makers = [above[binding] for binding in bound]
    if not all(_gives(maker, binding) for maker, binding in zip(makers, bound, strict=True)):
        return None
    if len(makers) == 1:
        return _once(makers[0], node, module)
    holder = above[makers[0]]
    if len(makers) == 2 and isinstance(holder, ast.If) and above[makers[1]] is holder:
        return _by_version(holder, node, module, project)
    return None


def _of_module(name: str, module: Module, project: Project) -> NamedText | None:
    value, bound = constant_value(module, name, project), names(module).bindings(name)
    if not isinstance(value, ast.Constant) or len(bound) != 1:
        return None
    statement = parents(module)[bound[0]]
    assert isinstance(statement, ast.stmt)
    return NamedText(statement=statement, value=value, values=(value,), is_local=False)


def _gives(maker: ast.AST, binding: ast.AST) -> bool:
    return isinstance(maker, ast.Assign) and maker.targets == [binding]


def _once(maker: ast.AST, node: ast.Name, module: Module) -> NamedText | None:
    value = maker.value if isinstance(maker, ast.Assign) else None
    if not isinstance(maker, ast.Assign) or not isinstance(value, ast.Constant) or not is_surely_bound(node, module):
        return None
    return NamedText(statement=maker, value=value, values=(value,), is_local=True)


def _by_version(holder: ast.If, node: ast.Name, module: Module, project: Project) -> NamedText | None:
    """Return what a name gets in an `if` that does nothing but give names constants by the version of Python."""
    known = names(module)
    index = stores.index(project)
    if index.is_replaced("version_info") or index.is_replaced("sys") or not _stands_before(holder, node, module):
        return None
    truth = {_holds(holder.test, known, minor) for minor in _MINORS}
    taken, given = _values(holder.body, known), _values(holder.orelse, known)
    if None in truth or node.id not in taken or node.id not in given:
        return None
    branches = [taken[node.id]] if True in truth else []
    branches += [given[node.id]] if False in truth else []
    values = tuple(value for value in branches if isinstance(value, ast.Constant))
    if len(values) != len(branches):
        return None
    return NamedText(
        statement=holder,
        value=taken[node.id],
        test=holder.test,
        other=given[node.id],
        values=values,
        is_local=True,
    )


def _values(block: list[ast.stmt], known: Names) -> dict[str, ast.expr]:
    """Return what each name gets in a block; nothing when the block does anything else."""
    found: dict[str, ast.expr] = {}
    for statement in block:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if not isinstance(statement, ast.Assign) or not isinstance(target, ast.Name) or target.id in found:
            return {}
        if len(statement.targets) != 1 or not _is_plain(statement.value, known):
            return {}
        found[target.id] = statement.value
    return found


def _is_plain(value: ast.expr, known: Names) -> bool:
    """Say whether it is a constant, or one character by its number."""
    if isinstance(value, ast.Constant):
        return True
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name) or value.keywords:
        return False
    is_character = value.func.id in _CHARACTERS and known.resolve(value.func.id, value.func) is None
    return is_character and len(value.args) == 1 and isinstance(value.args[0], ast.Constant)


def _holds(test: ast.expr, known: Names, minor: int) -> bool | None:
    """Say whether a test of `sys.version_info` holds in Python 3.`minor`, None when it is no such test."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or type(test.ops[0]) not in _TESTS:
        return None
    asked, bound = _asked(test.left, known, minor), test.comparators[0]
    if asked is None or isinstance(bound, ast.Tuple) is not (len(asked) > 1):
        return None
    parts = [_number(part) for part in (bound.elts if isinstance(bound, ast.Tuple) else [bound])]
    wanted = tuple(part for part in parts if part is not None)
    return _TESTS[type(test.ops[0])](asked, wanted) if len(wanted) == len(parts) <= 2 else None


def _asked(node: ast.expr, known: Names, minor: int) -> tuple[int, ...] | None:
    """Return what a test looks at in Python 3.`minor`: the version, or its first number alone."""
    if known.dotted(node) == "sys.version_info":
        return (3, minor, 1)
    is_first = isinstance(node, ast.Subscript) and _number(node.slice) == 0
    owner = node.value if isinstance(node, ast.Subscript) and is_first else None
    is_major = known.dotted(node) == "sys.version_info.major"
    return (3,) if is_major or (owner is not None and known.dotted(owner) == "sys.version_info") else None


def _number(node: ast.expr) -> int | None:
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def _stands_before(statement: ast.stmt, node: ast.AST, module: Module) -> bool:
    """Say whether a statement stands before a node in its block, or in one around it."""
    above, below = parents(module), node
    holder = above[statement]
    while above.get(below) is not None and above[below] is not holder:
        below = above[below]
    return any(statement in block[: block.index(below)] for block in _blocks(holder) if below in block)


def _blocks(holder: ast.AST) -> Iterator[list[ast.AST]]:
    yield from (block for _, block in ast.iter_fields(holder) if isinstance(block, list))
