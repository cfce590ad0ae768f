"""Take the first elements of a container without making a list of all of them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from agents.model import Patch
from agents.recipes import shapes
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.builtin_values import shape_of
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.imports import Reached, add_import, reach
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_LENGTH = 64
"""Shorter containers are listed as fast as `islice` is made (see the card's cost note)."""
_ELEMENT_NS, _SLICE_NS = 3.0, 100.0
"""What listing costs an element, and an `islice` at all."""
_MAKERS = frozenset({"list", "tuple"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _First:
    """`list(x)[0]` or `list(x)[:k]`.

    Attributes:
        node: the subscript.
        call: `list(x)` in it.
        count: how many elements are taken.
        is_slice: it gives a list.
    """

    node: ast.Subscript
    call: ast.Call
    count: str
    is_slice: bool


class FirstElements:
    """`list(x)[0]` → `list(islice(x, 1))[0]`, where `x` surely is a builtin container."""

    card = Card(
        id="first-elements",
        title="Take the first elements without listing the rest",
        rank=48,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.7,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, the "
        "first of a dict of 8 0.7x / 0.7x / 0.6x [0.6, 0.7] / 0.5x / 0.4x, of 64 1.8x / 1.8x / 2.0x [1.9, "
        "2.1] / 1.6x / 1.4x, of 1000 20x / 19x / 21x [20, 24] / 18x / 17x; 3 ns an element",
        mechanism="list(x)[0] copies every element to look at one; islice stops after those that are wanted.",
        hazard="Checked: x is exactly a builtin container or a view of one, made where the analysis sees it, so "
        "iterating it has no effect; an empty one raises the same IndexError.",
    )
    examples = (
        Example(
            before="""\
def newest(pairs):
    by_day = {day: text for day, text in pairs}
    return list(by_day)[0]  # the first that came
""",
            after="""\
from itertools import islice


def newest(pairs):
    by_day = {day: text for day, text in pairs}
    return list(islice(by_day, 1))[0]  # the first that came
""",
        ),
        Example(
            before="""\
import itertools


def options(**given):
    return tuple(given.items())[:3], itertools.count()
""",
            after="""\
import itertools


def options(**given):
    return tuple(itertools.islice(given.items(), 3)), itertools.count()
""",
        ),
        Example(
            before="def first(items):\n    return list(items)[0]\n",
            after=None,
            because="items may be an iterator, which the list reads to its end",
        ),
        Example(
            before="def first(text):\n    return list(len(line) for line in text.split())[0]\n",
            after=None,
            because="the other elements would no longer be made: that may do or raise something",
        ),
        Example(
            before="def last(**given):\n    return list(given)[-1]\n",
            after=None,
            because="the last element is behind all others",
        ),
        Example(
            before="def some(count, **given):\n    return list(given)[:count]\n",
            after=None,
            because="a negative count would mean another thing",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every place where more is listed than is taken."""
        for function in functions(module):
            for found in _all(function, module, project):
                if can_be_made(partial(_patch, found, function, module, project)):
                    request = expression_request(module, found.call)
                    yield site_at(self.card.id, function, found.node, module, request)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the containers were long."""
        seen = facts.expressions.get(site.requests[0].id)
        if seen is None or not seen.evaluations:
            return Veto(reason="it was not evaluated in the workload")
        mean = seen.total_len / seen.evaluations
        if mean < MIN_LENGTH:
            return Veto(reason=f"the containers had {mean:.0f} elements on average, fewer than {MIN_LENGTH}")
        saved_ns = seen.total_len * _ELEMENT_NS - seen.evaluations * _SLICE_NS
        share = function_share(profile, site.key, saved_s=saved_ns * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        return Choice(expected_share=share, evidence=f"facts:evaluations={seen.evaluations} mean_len={mean:.0f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Slice the container instead of the list."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function, module, project) if function else ():
            if function and place_of(found.node) == site.node_path:
                return _patch(found, function, module, project)
        raise NotSpliceable(f"{module.file}:{site.line}: no list is made for its first elements here")


RECIPE = FirstElements()


def _all(function: Function, module: Module, project: Project) -> Iterator[_First]:
    for node in own(function.node, ast.Subscript):
        if isinstance(node.ctx, ast.Load):
            found = _first(node, module)
            if found and _is_container(found.call.args[0], module, project):
                yield found


def _first(node: ast.Subscript, module: Module) -> _First | None:
    call = node.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in _MAKERS:
        return None
    plain = len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Starred)
    if not plain or not names(module).is_builtin(call.func.id, call.func):
        return None
    if isinstance(node.slice, ast.Constant):
        return _First(node=node, call=call, count="1", is_slice=False) if _is_count(node.slice, 0) else None
    part = node.slice
    if not isinstance(part, ast.Slice) or part.step or (part.lower and not _is_zero(part.lower)):
        return None
    upper = part.upper
    if not isinstance(upper, ast.Constant) or not isinstance(upper.value, int) or isinstance(upper.value, bool):
        return None
    return _First(node=node, call=call, count=str(upper.value), is_slice=True)


def _is_count(node: ast.Constant, value: int) -> bool:
    return type(node.value) is int and node.value == value


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and _is_count(node, 0)


def _is_container(node: ast.expr, module: Module, project: Project) -> bool:
    """Say whether iterating a value only looks at what is there already."""
    shape = shape_of(node, module, project)
    return shape is not None and shape.type in shapes.CONTAINERS and is_as_written(module, node)


def _patch(found: _First, function: Function, module: Module, project: Project) -> Patch:
    reached: Reached | None = reach(project, module, function.node, package="itertools", name="islice")
    written = source(module, found.node)
    if reached is None or "#" in written or not isinstance(found.call.func, ast.Name):
        raise NotSpliceable(f"{module.file}:{found.node.lineno}: islice can't be reached, or a comment is in the way")
    rewrite = Rewrite(module)
    taken = f"{reached.expression}({source(module, found.call.args[0])}, {found.count})"
    made = f"{found.call.func.id}({taken})"
    rewrite.replace(found.node, made if found.is_slice else f"{made}[0]")
    if reached.line is not None:
        add_import(rewrite, module, reached.line)
    return rewrite.patch()
