"""Ask an iterator for what is next with a mark for its end, where ends are met often: each raises an exception."""

import ast
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.bound_names import is_surely_bound
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, FunctionNode, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.no_stop import lets_no_stop_out
from agents.recipes.positions import Span
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request, function_request, loop_request
from agents.recipes.scope import names
from agents.recipes.splice import (
    NotSpliceable,
    Rewrite,
    end_of_lines,
    indentation,
    line_start,
    source,
)
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import walk
from profiling.facts import Facts, FunctionRequest
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_ENDS = 1000
"""Ends met in the workload below which nothing is gained."""
_END_NS, _ITEM_NS = 70.0, 6.0
"""What an end that raises nothing saves, and what the mark costs an item (see the card's cost note)."""

_LOOPS = ast.For | ast.AsyncFor | ast.While


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """`try: name = next(iterator) …`, `except StopIteration: jump`.

    Attributes:
        statement: the `try`.
        first: the assignment, its first statement.
        call: `next(iterator)`.
        name: what takes the item.
        jump: what is done at the end: `break`, `continue` or `return`.
        loop: the innermost loop around it in the function, None when there is none.
        anchor: the statement before which the mark is made: the outermost loop around it, or the `try` itself.
        mark: a free name for it.
    """

    statement: ast.Try
    first: ast.Assign
    call: ast.Call
    name: str
    jump: ast.stmt
    loop: ast.For | ast.AsyncFor | ast.While | None
    anchor: ast.stmt
    mark: str

    @property
    def is_all(self) -> bool:
        """Say whether the `try` is there for this call alone."""
        return len(self.statement.body) == 1 and not self.statement.orelse


class IteratorEnd:
    """`try: x = next(it)`, `except StopIteration: break` → `x = next(it, _end)`, `if x is _end: break`."""

    card = Card(
        id="iterator-end",
        title="Ask an iterator for a mark at its end instead of catching what it raises",
        rank=65,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.6,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, an end "
        "4.4x / 4.8x / 4.9x [4.7, 5.0] / 5.5x / 4.4x, 68 to 119 ns each; an item 1.0x / 0.9x / 0.87x [0.86, 0.89] / "
        "0.8x / 0.8x, at most 6.5 ns each",
        mechanism="An iterator at its end makes an exception that is raised and caught; next with a default gives that "
        "at once.",
        hazard="Checked: next is the builtin, nothing that might see the mark reads the name, and whatever else may "
        "raise StopIteration is still caught; remains: the last item is let go when the iterator ends.",
    )
    examples = (
        Example(
            before="""\
def pairs(parents, items, width):
    items = iter(items)
    for parent in parents:
        for _ in range(width):
            try:
                item = next(items)
                yield parent, item
            except StopIteration:  # no more
                break
""",
            after="""\
def pairs(parents, items, width):
    items = iter(items)
    _end = object()
    for parent in parents:
        for _ in range(width):
            try:
                item = next(items, _end)
                if item is _end:
                    break
                yield parent, item
            except StopIteration:  # no more
                break
""",
        ),
        Example(
            before="""\
def merged(queues):
    found = []
    for queue in queues:
        try:
            head = next(queue)
        except StopIteration:
            continue
        found.append(head)
    return found
""",
            after="""\
def merged(queues):
    found = []
    _end = object()
    for queue in queues:
        head = next(queue, _end)
        if head is _end:
            continue
        found.append(head)
    return found
""",
        ),
        Example(
            before="def last(queue):\n    while True:\n        try:\n            item = next(queue)\n"
            "        except StopIteration:\n            break\n    return item\n",
            after=None,
            because="the last item is read behind the loop, where it would be the mark",
        ),
        Example(
            before="def first(queue):\n    try:\n        item = next(queue)\n    except StopIteration as end:\n"
            "        return end.value\n    return item\n",
            after=None,
            because="what the end carries is used",
        ),
        Example(
            before="def first(queue):\n    try:\n        item = next(queue)\n    except (StopIteration, TypeError):\n"
            "        return None\n    return item\n",
            after=None,
            because="other exceptions are caught too",
        ),
        Example(
            before="def first(queue):\n    try:\n        item = next(queue)\n    except StopIteration:\n"
            "        item = make()\n    return item\n",
            after=None,
            because="the function goes on with another item",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every `next` whose end leaves the block."""
        for function in functions(module) if "StopIteration" in module.text else ():
            for found in _all(function.node, module, project):
                if can_be_made(partial(_patch, found, module)):
                    yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when many ends were met."""
        items = facts.expressions.get(site.requests[0].id)
        given, tried = items.evaluations if items else 0, _tried(site, facts)
        ends = max(0, tried - given)
        if ends < MIN_ENDS:
            return Veto(reason=f"{ends} of {tried} times the iterator had ended, fewer than {MIN_ENDS}")
        share = function_share(profile, site.key, saved_s=(ends * _END_NS - given * _ITEM_NS) * 1e-9)
        if share <= 0:
            return Veto(reason=f"nothing to gain for {site.key.qualname}: {ends} of {tried} times it had ended")
        evidence = f"facts:ends={ends} items={given} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Give `next` the mark and look for it."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function.node, module, project) if function else ():
            if place_of(found.statement) == site.node_path:
                return _patch(found, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no iterator is asked here")


RECIPE = IteratorEnd()


def _all(function: FunctionNode, module: Module, project: Project) -> Iterator[_Asked]:
    if reads_its_frame(function, module):
        return
    every = [found for node in own(function, ast.Try) if (found := _asked(node, function, module)) is not None]
    for found in every:
        alike = [other for other in every if other.name == found.name]
        if _is_licensed(found, module, project) and _is_unseen(alike, function, module):
            yield found


def _asked(node: ast.Try, function: FunctionNode, module: Module) -> _Asked | None:
    jump, first = _jump(node, module), node.body[0]
    if jump is None or not isinstance(first, ast.Assign) or len(first.targets) != 1:
        return None
    target, call = first.targets[0], first.value
    if not isinstance(target, ast.Name) or not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
        return None
    if not isinstance(call.func, ast.Name) or call.func.id != "next" or isinstance(call.args[0], ast.Starred):
        return None
    loops = _loops_around(node, function, module)
    return _Asked(
        statement=node,
        first=first,
        call=call,
        name=target.id,
        jump=jump,
        loop=loops[0] if loops else None,
        anchor=loops[-1] if loops else node,
        mark=next(name for name in _marks() if names(module).is_free(name)),
    )


def _jump(node: ast.Try, module: Module) -> ast.stmt | None:
    """Return what the only handler, one of StopIteration, does: leave the block, and nothing else."""
    handler = node.handlers[0] if len(node.handlers) == 1 and not node.finalbody else None
    if handler is None or handler.name is not None or len(handler.body) != 1:
        return None
    if not isinstance(handler.type, ast.Name) or handler.type.id != "StopIteration":
        return None
    jump = handler.body[0]
    if isinstance(jump, ast.Return):
        is_plain = jump.value is None or isinstance(jump.value, ast.Constant) or _is_bound(jump.value, module)
        return jump if is_plain else None
    return jump if isinstance(jump, ast.Break | ast.Continue) else None


def _marks() -> Iterator[str]:
    yield "_end"
    yield from (f"_end_{number}" for number in itertools.count(2))


def _is_bound(value: ast.expr, module: Module) -> bool:
    return isinstance(value, ast.Name) and is_surely_bound(value, module)


def _loops_around(node: ast.stmt, function: FunctionNode, module: Module) -> list[ast.For | ast.AsyncFor | ast.While]:
    """Return the loops of the function around a statement, the innermost first."""
    above, step, found = parents(module), parents(module)[node], []
    while step is not function:
        if isinstance(step, _LOOPS):
            found.append(step)
        step = above[step]
    return found


def _is_licensed(found: _Asked, module: Module, project: Project) -> bool:
    known = names(module)
    builtins = ("next", "object", "StopIteration")
    if not all(known.is_builtin(name, found.statement) for name in builtins):
        return False
    return not found.is_all or lets_no_stop_out(found.call.args[0], module, project)


def _is_unseen(alike: Sequence[_Asked], function: FunctionNode, module: Module) -> bool:
    """Say whether a name is read only where an item was just given: in such a `try`, or behind it in its block."""
    known, name = names(module), alike[0].name
    scope = known.inside(function)
    reached = {node for found in alike for statement in _behind(found, module) for node in walk(statement)}
    for node in walk(function):
        if isinstance(node, ast.Name) and node.id == name:
            if known.scope(node) is not scope or known.resolve(name, node) is not scope:
                return False
            is_written = isinstance(node.ctx, ast.Store) and not isinstance(parents(module)[node], ast.AugAssign)
            if not is_written and node not in reached:
                return False
    return True


def _behind(found: _Asked, module: Module) -> Iterator[ast.stmt]:
    """Yield the statements that are reached only after the `try` has got an item."""
    yield from found.statement.body[1:]
    yield from found.statement.orelse
    holder = parents(module)[found.statement]
    for _, block in ast.iter_fields(holder):
        if isinstance(block, list) and found.statement in block:
            yield from block[block.index(found.statement) + 1 :]


def _site(function: Function, found: _Asked, module: Module) -> Site:
    around = loop_request(module, found.loop) if found.loop else function_request(function.key)
    return site_at(
        IteratorEnd.card.id, function, found.statement, module, expression_request(module, found.call), around
    )


def _tried(site: Site, facts: Facts) -> int:
    """Return how often the block around the `try` was run."""
    around = site.requests[1]
    if isinstance(around, FunctionRequest):
        called = facts.functions.get(around.id)
        return called.calls if called else 0
    turns = facts.loops.get(around.id)
    return turns.trips if turns else 0


def _patch(found: _Asked, module: Module) -> Patch:
    rewrite = Rewrite(module)
    asked = f"next({source(module, found.call.args[0])}, {found.mark})"
    if "#" in source(module, found.call):
        raise NotSpliceable(f"{module.file}:{found.call.lineno}: a comment may stand in the call")
    test = f"if {found.name} is {found.mark}:\n    {source(module, found.jump)}"
    rewrite.insert_before(found.anchor, f"{found.mark} = object()")
    if found.is_all:
        _unwrap(rewrite, found, f"{found.name} = {asked}\n{test}", module)
    else:
        rewrite.replace(found.call, asked)
        rewrite.insert_after(found.first, test)
    return rewrite.patch()


def _unwrap(rewrite: Rewrite, found: _Asked, new: str, module: Module) -> None:
    """Put the statements in the place of the whole `try`."""
    statement, indent = found.statement, indentation(module, found.statement)
    where = Span(start=line_start(module, statement.lineno), end=end_of_lines(module, statement))
    if "#" in module.text[where.start : where.end]:
        raise NotSpliceable(f"{module.file}:{statement.lineno}: a comment would be lost")
    text = "".join(f"{indent}{line}\n" for line in new.split("\n"))
    rewrite.replace_statement_parts(statement, [(where, text)], ast.parse(new).body)
