"""Make a range once that every turn of a loop around it makes again."""

import ast
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from agents.model import Patch
from agents.recipes import shapes
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.bound_names import is_bound_on_the_way
from agents.recipes.builtin_values import shape_of
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import FunctionNode, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.project import Module, Project
from agents.recipes.requests import loop_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_RANGES = 1000
"""Ranges in the workload below which nothing is gained."""
MIN_RANGES_EACH = 4
"""Ranges in an entry of the outer loop below which it does not pay to make one before."""
_RANGE_NS = 20.0
"""What a range costs more than to look for one that was made (see the card's cost note)."""

_Loop = ast.For | ast.AsyncFor | ast.While


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repeated:
    """`for … in range(…)` in a loop that changes none of the arguments.

    Attributes:
        inner: the loop over the range.
        call: the range.
        outer: the outermost loop around it that leaves the arguments alone.
        unsure: names among the arguments that may be no int.
        name: a free one for what is made.
    """

    inner: ast.For
    call: ast.Call
    outer: _Loop
    unsure: tuple[str, ...]
    name: str


class KeptRange:
    """`for x in xs: for i in range(n): …` → `_turns = range(n)` before the loops, `for i in _turns: …`."""

    card = Card(
        id="kept-range",
        title="Make a range once before the loops that go through it",
        rank=66,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.5,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, loops "
        "that do nothing else: two turns, of a parameter 2.0x / 2.0x / 1.8x [1.7, 1.9] / 1.5x / 1.5x, surely an int "
        "2.2x / 2.2x / 2.2x [2.0, 2.2] / 1.8x / 1.7x; five turns 1.8x / 1.8x / 1.5x / 1.4x / 1.5x; 30 turns 1.2x / "
        "1.2x / 1.1x / 1.1x / 1.2x; no turn, of a parameter 0.9x; 21 to 54 ns a range",
        mechanism="A range is never changed and can be gone through any number of times; made once, it need not be "
        "looked up, called and built again in every turn of the loop around it.",
        hazard="Checked: range is the builtin, its arguments are not bound again in the loop, and one that is not an "
        "int for sure, tested while the program runs, is handed to range where it was before.",
    )
    examples = (
        Example(
            before="""\
def grid(rows, width):
    found = []
    for row in rows:
        for column in range(width):  # from the left
            found.append((row, column))
    return found
""",
            after="""\
def grid(rows, width):
    found = []
    _turns = range(width) if type(width) is int else None
    for row in rows:
        for column in _turns or range(width):  # from the left
            found.append((row, column))
    return found
""",
        ),
        Example(
            before="""\
def corners(boxes):
    for box in boxes:
        for index in range(0, 8, 2):
            yield box[index]
""",
            after="""\
def corners(boxes):
    _turns = range(0, 8, 2)
    for box in boxes:
        for index in _turns:
            yield box[index]
""",
        ),
        Example(
            before="def run(n):\n    while n:\n        for i in range(n):\n            print(i)\n        n -= 1\n",
            after=None,
            because="the loop counts the argument down",
        ),
        Example(
            before="def run(rows):\n    for row in rows:\n        for i in range(len(row)):\n            print(i)\n",
            after=None,
            because="the length may be another one in every turn",
        ),
        Example(
            before="def run(n):\n    for i in range(n):\n        print(i)\n",
            after=None,
            because="the range is made once",
        ),
        Example(
            before="def run(n, step):\n    while n:\n        for i in range(0, n, step):\n            print(i)\n",
            after=None,
            because="a step of 0 raises, and nothing may raise earlier",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every range that a loop makes again and again."""
        for function in functions(module) if "range" in module.text else ():
            for found in _all(function.node, module, project):
                if can_be_made(partial(_patch, found, module)):
                    requests = (loop_request(module, found.inner), loop_request(module, found.outer))
                    yield site_at(self.card.id, function, found.inner, module, *requests)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when many ranges were made that had a turn."""
        inner, outer = (facts.loops.get(request.id) for request in site.requests)
        made, entered = inner.entries if inner else 0, outer.entries if outer else 0
        if made < MIN_RANGES or made < MIN_RANGES_EACH * entered:
            return Veto(reason=f"{made} ranges were made in {entered} entries of the outer loop")
        used = made - (inner.entries_by_trips.get(0, 0) if inner else 0)
        share = function_share(profile, site.key, saved_s=(2 * used - made) * _RANGE_NS * 1e-9)
        if share <= 0:
            return Veto(reason=f"nothing to gain for {site.key.qualname}: {used} of {made} ranges had a turn")
        return Choice(expected_share=share, evidence=f"facts:ranges={made} used={used} profile:saved_share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Make the range before the outer loop and go through it."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function.node, module, project) if function else ():
            if place_of(found.inner) == site.node_path:
                return _patch(found, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no range is made again here")


RECIPE = KeptRange()


def _all(function: FunctionNode, module: Module, project: Project) -> Iterator[_Repeated]:
    if reads_its_frame(function, module):
        return
    for node in own(function, ast.For):
        found = _repeated(node, function, module, project)
        if found is not None:
            yield found


def _repeated(node: ast.For, function: FunctionNode, module: Module, project: Project) -> _Repeated | None:
    call, known = _range(node.iter, module), names(module)
    outer = _outermost(node, call, function, module) if call is not None else None
    if outer is None or call is None:
        return None
    arguments = (argument for argument in call.args if isinstance(argument, ast.Name))
    unsure = tuple({one.id: one for one in arguments if shape_of(one, module, project) != shapes.INT})
    if unsure and not all(known.is_builtin(name, node) for name in ("type", "int")):
        return None
    name = next(name for name in _free_names() if known.is_free(name))
    return _Repeated(inner=node, call=call, outer=outer, unsure=unsure, name=name)


def _range(node: ast.expr, module: Module) -> ast.Call | None:
    """Return a call of `range` that can only fail because an argument is no int."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.keywords:
        return None
    if node.func.id != "range" or not names(module).is_builtin("range", node.func) or not 1 <= len(node.args) <= 3:
        return None
    is_plain = all(isinstance(argument, ast.Name) or _int(argument) is not None for argument in node.args)
    return node if is_plain and all(map(_int, node.args[2:])) else None


def _int(node: ast.expr) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _int(node.operand)
        return -value if value is not None else None
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def _outermost(node: ast.For, call: ast.Call, function: FunctionNode, module: Module) -> _Loop | None:
    """Return the outermost loop around a range before which it can be made."""
    above, step, found = parents(module), parents(module)[node], None
    while step is not function:
        if isinstance(step, _Loop):
            if not all(_is_settled(argument, step, function, module) for argument in call.args):
                break
            found = step
        step = above[step]
    return found


def _is_settled(argument: ast.expr, loop: _Loop, function: FunctionNode, module: Module) -> bool:
    """Say whether an argument has its value before a loop and keeps it there."""
    if not isinstance(argument, ast.Name):
        return True
    known = names(module)
    scope, bound = known.inside(function), known.bindings(argument.id, known.inside(function))
    if known.resolve(argument.id, argument) is not scope or any(known.scope(node) is not scope for node in bound):
        return False
    inside = set(walk(loop))
    return not any(node in inside for node in bound) and is_bound_on_the_way(argument.id, loop, scope, module)


def _free_names() -> Iterator[str]:
    yield "_turns"
    yield from (f"_turns_{number}" for number in itertools.count(2))


def _patch(found: _Repeated, module: Module) -> Patch:
    written = source(module, found.call)
    if "#" in written or "\n" in written or not is_as_written(module, found.call):
        raise NotSpliceable(f"{module.file}:{found.call.lineno}: the range is spread over lines")
    rewrite = Rewrite(module)
    made = f"{written} if {_test(found.unsure)} else None" if found.unsure else written
    rewrite.insert_before(found.outer, f"{found.name} = {made}")
    rewrite.replace(found.call, f"{found.name} or {written}" if found.unsure else found.name)
    return rewrite.patch()


def _test(unsure: Sequence[str]) -> str:
    return " and ".join(f"type({name}) is int" for name in unsure)
