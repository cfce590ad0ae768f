"""Join many lists in one pass: `sum(lists, [])` copies everything joined so far for each of them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.builtin_values import shape_of
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, function_at, functions, own_calls
from agents.recipes.gains import function_share
from agents.recipes.imports import add_import, reach
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.shapes import element_of
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_LISTS = 32
"""Fewer lists are added up as fast (see the card's cost note)."""
_COPY_NS = 1.2
"""What copying an element of the lists joined so far costs."""
_SUM = re.compile(r"sum\s*\(")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sum:
    """`sum(lists, [])`.

    Attributes:
        call: it.
        kind: `list` or `tuple`, of every part and of the start.
        part: what makes each of the parts, if a comprehension does.
    """

    call: ast.Call
    kind: str
    part: ast.expr | None


class ChainedLists:
    """`sum(lists, [])` → `list(chain.from_iterable(lists))`, where every part surely is a list."""

    card = Card(
        id="chained-lists",
        title="Join lists in one pass",
        rank=33,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.8,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, "
        "lists of 3: 10 of them 0.7x / 0.8x / 0.8x [0.8, 0.9] / 0.8x / 0.7x, 32 1.8x / 1.9x / 1.9x [1.8, "
        "1.9] / 1.6x / 1.4x, 100 6.6x / 6.4x / 6.1x [5.3, 6.8] / 4.4x / 4.3x; 1000 60x [55, 61] on 3.11",
        mechanism="Every step of sum makes a new list of everything joined so far, which is quadratic; chain goes "
        "through each list once.",
        hazard="Checked: every part is exactly a list (or tuple, as the start), so no `+` of another class is asked; "
        "parts are made in the same order.",
    )
    examples = (
        Example(
            before="""\
def all_words(texts):
    return sum([f"{text} ".split() for text in texts], [])  # in order
""",
            after="""\
from itertools import chain


def all_words(texts):
    return list(chain.from_iterable([f"{text} ".split() for text in texts]))  # in order
""",
        ),
        Example(
            before="""\
import itertools


def leaves(tree):
    if not tree:
        return [tree]
    return sum((leaves(branch) for branch in tree), start=[])
""",
            after="""\
import itertools


def leaves(tree):
    if not tree:
        return [tree]
    return list(itertools.chain.from_iterable(leaves(branch) for branch in tree))
""",
        ),
        Example(
            before="def joined(lists):\n    return sum(lists, [])\n",
            after=None,
            because="the parts may be no lists: a tuple among them would no longer be an error",
        ),
        Example(
            before="def joined(texts, found):\n    return sum([list(text) for text in texts], found)\n",
            after=None,
            because="without any part the result is the very list that was given",
        ),
        Example(
            before="def joined(*nodes):\n    return sum((node.children() for node in nodes), [])\n",
            after=None,
            because="what the method gives is not known",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every sum of lists."""
        for function in functions(module) if _SUM.search(module.text) else ():
            for found in _all(function, module, project):
                if can_be_made(partial(_patch, found, function, module, project)):
                    parts = [found.part] if found.part is not None else []
                    requests = (expression_request(module, node) for node in (found.call, *parts))
                    yield site_at(self.card.id, function, found.call, module, *requests)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when many lists were joined: told by how often a part was made, else by the length of the result."""
        seen = facts.expressions.get(site.requests[0].id)
        if seen is None or not seen.evaluations:
            return Veto(reason="it was not evaluated in the workload")
        parts = facts.expressions.get(site.requests[-1].id) if len(site.requests) > 1 else None
        made = parts.evaluations if parts is not None else seen.total_len
        if made < MIN_LISTS * seen.evaluations:
            return Veto(reason=f"{made} lists in {seen.evaluations} sums, fewer than {MIN_LISTS} in each")
        copied = seen.total_len * made / seen.evaluations / 2
        share = function_share(profile, site.key, saved_s=copied * _COPY_NS * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        return Choice(expected_share=share, evidence=f"facts:sums={seen.evaluations} lists={made} copied={copied:.0f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put a chain in the place of the sum."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function, module, project) if function else ():
            if function and place_of(found.call) == site.node_path:
                return _patch(found, function, module, project)
        raise NotSpliceable(f"{module.file}:{site.line}: no lists are added up here")


RECIPE = ChainedLists()


def _all(function: Function, module: Module, project: Project) -> Iterator[_Sum]:
    for node in own_calls(function.node, "sum"):
        if isinstance(node.func, ast.Name):
            found = _sum(node, module, project)
            if found is not None:
                yield found


def _sum(call: ast.Call, module: Module, project: Project) -> _Sum | None:
    parts, start = call.args[:1], _start(call)
    if not parts or isinstance(parts[0], ast.Starred) or not isinstance(start, ast.List | ast.Tuple) or start.elts:
        return None
    kind = type(start).__name__.lower()
    if not all(names(module).is_builtin(name, call.func) for name in ("sum", kind)):
        return None
    held = element_of(shape_of(parts[0], module, project))
    if held is None or held.type != kind or not is_as_written(module, call):
        return None
    made = parts[0].elt if isinstance(parts[0], ast.ListComp | ast.GeneratorExp) else None
    return _Sum(call=call, kind=kind, part=made)


def _start(call: ast.Call) -> ast.expr | None:
    """Return the second argument, given by position or by name."""
    if len(call.args) == 2 and not call.keywords:
        return call.args[1]
    named = [keyword.value for keyword in call.keywords if keyword.arg == "start"]
    return named[0] if len(call.args) == 1 and len(named) == len(call.keywords) == 1 else None


def _patch(found: _Sum, function: Function, module: Module, project: Project) -> Patch:
    reached = reach(project, module, function.node, package="itertools", name="chain")
    if reached is None or "#" in source(module, found.call):
        raise NotSpliceable(f"{module.file}:{found.call.lineno}: chain can't be reached, or a comment is in the way")
    rewrite = Rewrite(module)
    parts = source(module, found.call.args[0])
    if isinstance(found.call.args[0], ast.GeneratorExp):
        parts = parts[1:-1]  # its parentheses are those of the call now
    rewrite.replace(found.call, f"{found.kind}({reached.expression}.from_iterable({parts}))")
    if reached.line is not None:
        add_import(rewrite, module, reached.line)
    return rewrite.patch()
