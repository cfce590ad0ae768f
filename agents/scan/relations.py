"""The rule about relations of database objects that are loaded one by one, where the query could load them with it."""

import ast
from collections.abc import Iterator

from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.recipes.walking import nodes, parents_below, walk
from agents.scan.model import Example, Place, Rule
from agents.scan.surroundings import dotted

_EAGER = frozenset(
    "contains_eager immediateload joinedload only options prefetch_related select_related selectinload subqueryload"
    " values values_list".split()
)
_SESSIONS = frozenset({"query", "scalars"})
_HANDLES = frozenset({"db", "s", "session"})
_RELATION_CALLS = frozenset({"all", "count", "exists", "filter", "first"})


def _relations(module: Module) -> Iterator[Place]:
    """Yield the first use of each relation of the elements of a query that a loop steps through."""
    loops: list[tuple[ast.For | ast.comprehension, list[ast.stmt] | list[ast.expr]]] = [
        *((loop, loop.body) for loop in nodes(module.syntax, ast.For)),
        *((loop, _results(loop, module)) for loop in nodes(module.syntax, ast.comprehension)),
    ]
    for loop, body in loops:
        element = loop.target.id if isinstance(loop.target, ast.Name) else ""
        if not element or not _is_lazy_query(loop.iter, module):
            continue
        told = set[str]()
        for node, relation in _touched(body, element):
            if relation not in told:
                told.add(relation)
                yield Place(line=node.lineno, seen=f"`{element}.{relation}` of each row of a query", node=node)


def _results(generator: ast.comprehension, module: Module) -> list[ast.expr]:
    holder = parents_below(module.syntax)[generator]
    found = [getattr(holder, name, None) for name in ("elt", "key", "value")]
    return [*generator.ifs, *(node for node in found if isinstance(node, ast.expr))]


def _touched(body: list[ast.stmt] | list[ast.expr], element: str) -> Iterator[tuple[ast.Attribute, str]]:
    """Yield what is asked of something that is asked of the element: `book.author.name`, `book.tags.all()`."""
    parts = (node for part in body for node in walk(part) if isinstance(node, ast.Attribute))
    for node in sorted(parts, key=lambda node: (node.lineno, node.col_offset)):
        inner = node.value
        if not isinstance(inner, ast.Attribute) or dotted(inner) != f"{element}.{inner.attr}":
            continue
        called = {id(call.func) for part in body for call in walk(part) if isinstance(call, ast.Call)}
        if id(node) not in called or node.attr in _RELATION_CALLS:
            yield node, inner.attr


def _is_lazy_query(node: ast.expr, module: Module) -> bool:
    """Say whether an expression is a query, or a name for one, that loads no relation along."""
    if isinstance(node, ast.Name):
        known = names(module)
        scope = known.resolve(node.id, node)
        bound = known.bindings(node.id, scope) if scope is not None else ()
        above = parents_below(module.syntax)
        held = above.get(bound[0]) if len(bound) == 1 else None
        return (
            isinstance(held, ast.Assign) and not isinstance(held.value, ast.Name) and _is_lazy_query(held.value, module)
        )
    words = {part.attr for part in walk(node) if isinstance(part, ast.Attribute)}
    words |= {part.id for part in walk(node) if isinstance(part, ast.Name)}
    return _is_query(node) and not words & _EAGER


def _is_query(node: ast.expr) -> bool:
    for part in walk(node):
        if not isinstance(part, ast.Attribute):
            continue
        if part.attr == "objects" and dotted(part.value).rpartition(".")[2][:1].isupper():
            return True
        if part.attr in _SESSIONS and dotted(part.value).rpartition(".")[2].lstrip("_") in _HANDLES:
            return True
    return False


RELATION_IN_LOOP = Rule(
    id="relation-in-loop",
    title="A relation is loaded once for each row of a query",
    action="load it with the query: `select_related` or `prefetch_related` (Django), `selectinload` or `joinedload`"
    " (SQLAlchemy)",
    confirm="the same statement from this line five times or more",
    find=_relations,
    examples=(
        Example(source="def f():\n    for b in Book.objects.all():\n        print(b.author.name)\n", lines=(3,)),
        Example(source="def f(session):\n    return [b.tags.all() for b in session.query(Book)]\n", lines=(2,)),
        Example(source="def f():\n    books = Book.objects.all()\n    for b in books:\n        g(b.a.b)\n", lines=(4,)),
        Example(
            source="def f():\n    for b in Book.objects.select_related('author'):\n        print(b.author.name)\n",
            lines=(),
        ),
        Example(source="def f():\n    for b in Book.objects.all():\n        print(b.title.upper())\n", lines=()),
    ),
)
RULES = (RELATION_IN_LOOP,)
