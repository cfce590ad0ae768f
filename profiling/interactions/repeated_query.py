"""Repeated queries (N+1): one line asks a database the same for each element, where one query would answer for all."""

import ast
from collections.abc import Iterator
from typing import get_args

from profiling.interactions.lines import parsed
from profiling.interactions.observed import Observed
from profiling.interactions.sides import LATENCY_S
from profiling.model import Dimension
from profiling.profile import CallLine, RepeatedQuery
from profiling.target import Evidence, Interaction, InteractionKind

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_COMPREHENSIONS = get_args(_Comprehension)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_TIMES = 5
"""So often in one call of a function is a query repeated there, as in one run (docs/profiling.md)."""
_ROWS = "(?), …"
_READS = frozenset({"SELECT", "VALUES", "WITH"})
_READ_FIXES = {
    "django": "select_related or prefetch_related, or one query with __in",
    "sqlalchemy": "eager loading (selectinload, joinedload), or one query with in_()",
}
_WRITE_FIXES = {
    "django": "bulk_create, bulk_update, or update() of a whole queryset",
    "sqlalchemy": "one statement with a list of rows",
}


def find(observed: Observed) -> Iterator[Interaction]:
    """Yield repeated queries inside a loop of the project; without one, those that take 5 ms or more.

    A line that a server or a test runner calls again and again is in no loop of the project, nor is one under a loop of
    a template.
    """
    for query, loop in looped(observed):
        yield _interaction(query, loop)


def looped(observed: Observed) -> Iterator[tuple[RepeatedQuery, CallLine | None]]:
    """Yield the repeated queries that are found, most time first, with the loop around each.

    A statement that holds the values of many rows asks for many already.
    """
    for query in observed.profile.queries:
        if _ROWS in query.statement:
            continue
        loop = loop_around(query, observed)
        if loop is not None or (query.wall_s >= LATENCY_S and _is_repeated_below(query, observed)):
            yield query, loop


def loop_around(query: RepeatedQuery, observed: Observed) -> CallLine | None:
    """Return the innermost loop that repeats a query: its first line, in the function asking or in one that led there.

    A loop that is entered again and again, and asks a time or two, repeats nothing: what enters it does.
    """
    for place in _places(query):
        if not _is_repeated_in(place, query, observed):
            continue
        tree = parsed(observed.root, place.key.file)
        line = None if tree is None else _loop_line(tree, place.line, place.column)
        if line is not None:
            return CallLine(key=place.key, line=line)
    return None


def _places(query: RepeatedQuery) -> tuple[CallLine, ...]:
    return (CallLine(key=query.key, line=query.line, column=query.column), *query.callers)


def _is_repeated_below(query: RepeatedQuery, observed: Observed) -> bool:
    """Say whether a call of the function asking, or of one that led there, asks often: a library loops in between."""
    return any(_is_repeated_in(place, query, observed) for place in _places(query))


def _is_repeated_in(place: CallLine, query: RepeatedQuery, observed: Observed) -> bool:
    """Say whether one call of a function asks often; true where its calls were not counted."""
    calls = next((one.calls for one in observed.profile.functions if one.key == place.key), None)
    return not calls or query.count >= _TIMES * calls


def root_fix(query: RepeatedQuery) -> str:
    """Return what would ask once for all."""
    is_read = query.statement.partition(" ")[0].upper() in _READS
    fixes = _READ_FIXES if is_read else _WRITE_FIXES
    layer = query.library if query.library in fixes else query.driver
    return fixes.get(layer, "one query for all elements (a join, IN)" if is_read else "executemany in one transaction")


def figures(query: RepeatedQuery) -> str:
    """Return how often, what, and how long it took."""
    through = f" through {query.library}" if query.library not in (None, query.driver) else ""
    each_ms = query.wall_s / query.count * 1000
    return (
        f"line {query.line} asked {query.driver}{through} the same {query.count} times, {query.wall_s:.2g} s in all,"
        f" {each_ms:.2g} ms each: {query.statement}"
    )


def _interaction(query: RepeatedQuery, loop: CallLine | None) -> Interaction:
    return Interaction(
        kind=InteractionKind.REPEATED_QUERY,
        key=query.key,
        evidence=(
            Evidence(dimension=Dimension.WALL_S, value=query.wall_s, text=figures(query)),
            Evidence(dimension=Dimension.CPU_S, value=query.cpu_s, text=f"{_cpu(query)}, {_where(loop)}"),
        ),
        root_fix=root_fix(query),
    )


def _cpu(query: RepeatedQuery) -> str:
    return f"{query.cpu_s:.2g} s of it CPU" if query.cpu_s > 0 else "its CPU is not known"


def _where(loop: CallLine | None) -> str:
    if loop is None:
        return "in no loop of the project: called again and again, or a library loops"
    return f"in the loop at {loop.key.file}:{loop.line} ({loop.key.qualname})"


def _loop_line(tree: ast.Module, line: int, column: int | None) -> int | None:
    """Return the first line of the innermost loop or comprehension that repeats a place, in the place's function.

    A comprehension may stand on a line beside what is asked once for all that it lists: `executemany(…, [… for …])`.
    Where no column tells, loops are believed before comprehensions.
    """
    own = list(_own_nodes(_innermost_scope(tree, line)))
    loops = [node.lineno for node in own if isinstance(node, _LOOPS) and _spans(line, node.body[0], node.body[-1])]
    comprehensions = [node for node in own if isinstance(node, _COMPREHENSIONS) and _spans(line, node, node)]
    if column is None:
        return max(loops or [node.lineno for node in comprehensions], default=None)
    repeating = [node.lineno for node in comprehensions if _repeats(node, line, column)]
    return max([*loops, *repeating], default=None)


def _spans(line: int, first: ast.stmt | ast.expr, last: ast.stmt | ast.expr) -> bool:
    return first.lineno <= line <= (last.end_lineno or last.lineno)


def _repeats(node: _Comprehension, line: int, column: int) -> bool:
    """Say whether a comprehension evaluates a place for each element: all but the first that it goes through."""
    return _holds(node, line, column) and not _holds(node.generators[0].iter, line, column)


def _holds(node: ast.expr, line: int, column: int) -> bool:
    end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return (node.lineno, node.col_offset) <= (line, column) < end


def _innermost_scope(tree: ast.Module, line: int) -> ast.AST:
    around = [
        node for node in ast.walk(tree) if isinstance(node, _SCOPES) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(around, key=lambda node: (node.lineno, node.col_offset), default=tree)


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below a scope that are in no further one."""
    pending = list(ast.iter_child_nodes(scope))
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _SCOPES):
            pending += ast.iter_child_nodes(node)
