"""Follow containers through the local name they are bound to, by probes. Pure; beside `ratchet_facts`.

A local name is followed when plain assignments, in-place operators and `del` are all that binds it: then the probes at
these know at any time whether it holds a container of a nominated place, with no object kept alive for it.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from profiling.harness import ratchet_facts_walk as walk

    _Function = ast.FunctionDef | ast.AsyncFunctionDef
else:
    import ratchet_facts_walk as walk

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+=",
    ast.BitOr: "|=",
    ast.BitAnd: "&=",
    ast.Sub: "-=",
    ast.BitXor: "^=",
    ast.Mult: "*=",
}
_ITERATING = frozenset(
    "sorted sum min max any all list tuple set frozenset enumerate reversed iter zip map filter dict".split()
)
_ITEM = {ast.Load: "get", ast.Store: "set", ast.Del: "del"}


class Containers(walk.Walk):
    """One pass over one tree, before those that look for positions: its probes stand where what they wrap stood.

    Attributes:
        wanted: indices by (line, column, end line, end column).
        found: indices of the places that were met; followed: those of them that are bound to a followed name.
        names: how many names are followed: they are numbered.
    """

    def __init__(self, wanted: list[Mapping[str, Any]]) -> None:
        self.wanted: dict[tuple[int, int, int, int], int] = {}
        for each in wanted:
            place = (each["line"], each["column"], each["end_line"], each["end_column"])
            self.wanted[place] = int(each["index"])
        self.found: set[int] = set()
        self.followed: set[int] = set()
        self.names = 0

    def module(self, tree: ast.Module) -> ast.Module:
        """Follow names first, then look at what is made elsewhere."""
        for node in [node for node in ast.walk(tree) if isinstance(node, walk.FUNCTIONS)]:
            self._function(node)
        return super().module(tree)

    def _function(self, node: _Function) -> None:
        followable = _followable(node)
        names: dict[str, int] = {}
        for name, value in _assignments(node):
            if name in followable and walk.span(value) in self.wanted and name not in names:
                names[name] = self.names
                self.names += 1
        if names:
            follow = _Follow(self, names)
            node.body[:] = [new for each in node.body for new in follow.visited(each, node)]  # type: ignore[misc]
            ends = [walk.statement(_bound(name, number, None), node) for name, number in names.items()]
            walk.finally_(node, ends)

    def take(self, value: ast.expr) -> int | None:
        """Return the index of a place that was asked for, once."""
        index = self.wanted.pop(walk.span(value), None)
        if index is not None:
            self.found.add(index)
        return index

    def _visited(self, node: object, _parent: ast.AST) -> list[object]:
        if walk.is_untouched(node):
            return [node]
        index = None
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            index = self.take(node) if not isinstance(node, (ast.Starred, ast.Slice, ast.Constant)) else None
        if not isinstance(node, ast.JoinedStr):
            self._children(node)  # type: ignore[arg-type]  # a node, as was asked
        if index is None:
            return [node]
        return [walk.placed(walk.call(walk.CONTAINERS, "made", index, node), node)]  # type: ignore[arg-type]


class _Follow(walk.Walk):
    """Puts the probes of some names into one function."""

    def __init__(self, containers: Containers, names: Mapping[str, int]) -> None:
        self.containers = containers
        self.names = dict(names)
        self.depth = 0

    def visited(self, node: object, parent: ast.AST) -> list[object]:
        """Return what stands in a node's place."""
        return self._visited(node, parent)

    def _visited(self, node: object, parent: ast.AST) -> list[object]:
        if walk.is_untouched(node) or isinstance(node, (*walk.DEFINITIONS, ast.JoinedStr)):
            return [node]  # what is done in a function inside is not done in this one
        if isinstance(node, walk.COMPREHENSIONS):
            return self._comprehension(node)
        if isinstance(node, ast.Name):
            return [self._used(node, _use(node, parent)) if self._is_read(node) else node]
        if isinstance(node, ast.Call):
            return self._call(node)
        before = self._before(node)  # type: ignore[arg-type]  # a node, as was asked
        self._children(node)  # type: ignore[arg-type]  # likewise
        self._assignment(node)
        return [*before, node]

    def _is_read(self, node: ast.Name) -> bool:
        return node.id in self.names and isinstance(node.ctx, ast.Load)

    def _used(self, node: ast.Name, use: str) -> ast.expr:
        probe = walk.call(walk.CONTAINERS, "used", self.names[node.id], use, self.depth, node)
        return walk.placed(probe, node)

    def _comprehension(self, node: ast.AST) -> list[object]:
        """Follow the names into a comprehension, but for those that are its own there."""
        own = {name.id for each in node.generators for name in ast.walk(each.target) if isinstance(name, ast.Name)}  # type: ignore[attr-defined]
        names, self.names = self.names, {name: number for name, number in self.names.items() if name not in own}
        self.depth += 1
        self._children(node)
        self.depth -= 1
        self.names = names
        return [node]

    def _call(self, node: ast.Call) -> list[object]:
        """Name the method where a followed name's is called."""
        function = node.func
        receiver = function.value if isinstance(function, ast.Attribute) else None
        if isinstance(function, ast.Attribute) and isinstance(receiver, ast.Name) and self._is_read(receiver):
            first = node.args[0] if node.args else None
            at_start = isinstance(first, ast.Constant) and first.value == 0 and type(first.value) is int
            use = f"{function.attr}(0)" if at_start and function.attr in {"pop", "insert"} else function.attr
            function.value = self._used(receiver, use)
            node.args[:] = [new for item in node.args for new in self._visited(item, node)]  # type: ignore[misc]
            node.keywords[:] = [new for item in node.keywords for new in self._visited(item, node)]  # type: ignore[misc]
        else:
            self._children(node)
        return [node]

    def _before(self, node: ast.AST) -> list[object]:
        """Return what must happen before a statement: an in-place operator is a use, `del` an end."""
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id in self.names:
            use = _OPERATORS.get(type(node.op), "other")
            name = walk.placed(ast.Name(id=node.target.id, ctx=ast.Load()), node.target)
            return [walk.statement(self._used(name, use), node)]
        if isinstance(node, ast.Delete):
            names = [each.id for each in node.targets if isinstance(each, ast.Name) and each.id in self.names]
            return [walk.statement(_bound(name, self.names[name], None), node) for name in names]
        return []

    def _assignment(self, node: object) -> None:
        """Say at a followed name's binding whether it holds a container of a nominated place from now on."""
        for name, value in _bindings(node):
            if name in self.names and self.depth == 0:
                index = self.containers.take(value)
                if index is not None:
                    self.containers.followed.add(index)
                node.value = walk.placed(_bound(name, self.names[name], value, index), value)  # type: ignore[attr-defined]


def _bound(name: str, number: int, value: ast.expr | None, index: int | None = None) -> ast.Call:
    """Return `"MARK".bound(number, index, value, name if "MARK".holds(number) else None)`."""
    old = ast.IfExp(
        test=walk.call(walk.CONTAINERS, "holds", number),
        body=ast.Name(id=name, ctx=ast.Load()),
        orelse=ast.Constant(value=None),
    )
    made = ast.Constant(value=None) if value is None else value
    return walk.call(walk.CONTAINERS, "bound", number, -1 if index is None else index, made, old)


def _bindings(node: object) -> Iterator[tuple[str, ast.expr]]:
    """Yield the name and the value of a plain assignment."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        yield node.targets[0].id, node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value


def _assignments(function: _Function) -> Iterator[tuple[str, ast.expr]]:
    for node in _own_nodes(function):
        yield from _bindings(node)


def _followable(function: _Function) -> set[str]:
    """Return the names that plain assignments, in-place operators and `del` alone bind in a function."""
    bound: set[str] = set()
    allowed: set[int] = set()
    refused: set[str] = set()
    for node in _own_nodes(function):
        if isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            allowed.add(id(node.target))
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            allowed.add(id(node.targets[0]))
        elif isinstance(node, ast.Delete):
            allowed |= set(map(id, node.targets))
        refused |= _bound_otherwise(node)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            (bound if id(node) in allowed else refused).add(node.id)
    return bound - refused


def _bound_otherwise(node: ast.AST) -> set[str]:
    """Return the names a node binds without a Name node, or takes from another scope."""
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        return set(node.names)
    if isinstance(node, walk.DEFINITIONS):
        inside = [each for each in ast.walk(node) if isinstance(each, ast.Nonlocal)]
        return {getattr(node, "name", ""), *(name for each in inside for name in each.names)}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ExceptHandler):
        return {node.name or ""}
    if type(node).__name__ in {"MatchAs", "MatchStar", "MatchMapping"}:
        return {getattr(node, "name", None) or getattr(node, "rest", None) or ""}
    return set()


def _own_nodes(function: _Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function's own scope, parents first; of definitions inside it no more than their node."""
    pending: list[ast.AST] = list(reversed(function.body))
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, walk.COMPREHENSIONS):
            pending += [each for each in ast.walk(node) if isinstance(each, ast.NamedExpr)]
        elif not isinstance(node, walk.DEFINITIONS):
            pending += reversed(list(ast.iter_child_nodes(node)))


def _use(node: ast.Name, parent: ast.AST) -> str:
    """Return what is done with a name that is read, by what it stands in."""
    if isinstance(parent, ast.Compare) and node in parent.comparators:
        operator = parent.ops[parent.comparators.index(node)]
        return "contains" if isinstance(operator, (ast.In, ast.NotIn)) else "other"
    if isinstance(parent, ast.Subscript) and parent.value is node:
        what = "slice" if isinstance(parent.slice, ast.Slice) else "item"
        return _ITEM[type(parent.ctx)] + what
    if isinstance(parent, (ast.For, ast.AsyncFor, ast.comprehension)) and parent.iter is node:
        return "iter"
    if isinstance(parent, ast.Call) and isinstance(parent.func, (ast.Name, ast.Attribute)) and node in parent.args:
        return _argument_use(parent.func)
    return _plain_use(node, parent)


def _argument_use(function: ast.Name | ast.Attribute) -> str:
    if isinstance(function, ast.Attribute):
        return "iter" if function.attr == "join" else "other"
    if function.id in _ITERATING:
        return "iter"
    return {"len": "len", "bool": "truth"}.get(function.id, "other")


def _plain_use(node: ast.Name, parent: ast.AST) -> str:
    if isinstance(parent, (ast.If, ast.While, ast.IfExp, ast.Assert)) and parent.test is node:
        return "truth"
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        return "truth"
    if isinstance(parent, (ast.Starred, ast.YieldFrom)):
        return "iter"
    return "return" if isinstance(parent, ast.Return) else "other"
