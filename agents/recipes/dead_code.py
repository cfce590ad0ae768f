"""Leave out loops that only compute values nobody reads."""

import ast
from collections.abc import Iterator
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.dead_loops import DeadLoop, dead_loops
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, function_at, functions
from agents.recipes.gains import function_share
from agents.recipes.positions import Span
from agents.recipes.project import Module, Project
from agents.recipes.requests import loop_request
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, indentation, line_start, source
from agents.recipes.tables import parents
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_TRIPS = 100
"""Turns in the workload below which nothing is gained."""
_TURN_NS = 9.0
"""What a turn of such a loop costs at least (see the card's cost note)."""


class DeadCode:
    """A loop that counts or adds up whole numbers for nobody → nothing, or the `range(…)` that may raise."""

    card = Card(
        id="dead-code",
        title="Leave out loops whose results nobody reads",
        rank=61,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.9,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, "
        "counting to 100 against making the range alone 23x / 22x / 20x [19, 23] / 22x / 26x, to 100000 over 1700x; "
        "9 to 31 ns a turn",
        mechanism="What nobody reads need not be computed.",
        hazard="Checked: the loop ends, nothing in it can raise or show, its variables are locals that nothing else "
        "reads, the module imports no clock, and a range that may raise is still made; remains: a loop that is "
        "there to pass the time.",
    )
    examples = (
        Example(
            before="""\
def shared(groups):
    n = 0
    for _ in range(1000000):
        n += 1
    if not groups:
        return set()
    return set(groups[0]).intersection(*groups[1:])
""",
            after="""\
def shared(groups):
    if not groups:
        return set()
    return set(groups[0]).intersection(*groups[1:])
""",
        ),
        Example(
            before="""\
def listed(count):
    total = 0
    for i in range(count * 10):
        if i % 3 == 0:
            total += i
    return " ".join(str(i) for i in range(count))
""",
            after="""\
def listed(count):
    range(count * 10)
    return " ".join(str(i) for i in range(count))
""",
        ),
        Example(
            before="def count(rows):\n    n = 0\n    for _ in range(100):\n        n += 1\n    return n\n",
            after=None,
            because="the result is returned",
        ),
        Example(
            before="def add(step):\n    n = 0\n    for _ in range(100):\n        n += step\n",
            after=None,
            because="adding an unknown value may do or raise anything",
        ),
        Example(
            before="def drain(rows):\n    n = 0\n    for _ in rows:\n        n += 1\n",
            after=None,
            because="stepping through an unknown value may do anything",
        ),
        Example(
            before="""\
import time


def pace():
    start, n = time.perf_counter(), 0
    for _ in range(1000):
        n += 1
    return time.perf_counter() - start
""",
            after=None,
            because="the loop may be what is timed",
        ),
        Example(
            before="def run():\n    n = 0\n    for _ in range(100):\n        n += 1  # see #7\n",
            after=None,
            because="a comment would go with the loop",
        ),
        Example(
            before="def wait():\n    for _ in range(1000000):\n        pass\n",
            after=None,
            because="an empty loop may be there to pass the time",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every loop that may be left out."""
        for function in functions(module):
            for found in dead_loops(function.node, module, project):
                if can_be_made(partial(_patch, found, module)):
                    yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the loop ran often enough."""
        trips = sum(facts.loops[one.id].trips for one in site.requests if one.id in facts.loops)
        if trips < MIN_TRIPS:
            return Veto(reason=f"the loop had {trips} turns in the workload, less than {MIN_TRIPS}")
        share = function_share(profile, site.key, saved_s=trips * _TURN_NS * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        return Choice(expected_share=share, evidence=f"facts:trips={trips} profile:saved_share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Take the loop away, with the first values of its variables."""
        del choice
        function = function_at(module, site.key)
        for found in dead_loops(function.node, module, project) if function else ():
            if place_of(found.loop) == site.node_path:
                return _patch(found, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no loop is without use here")


RECIPE = DeadCode()


def _site(function: Function, found: DeadLoop, module: Module) -> Site:
    loops = (node for node in walk(found.loop) if isinstance(node, ast.For))
    return site_at(DeadCode.card.id, function, found.loop, module, *(loop_request(module, loop) for loop in loops))


def _patch(found: DeadLoop, module: Module) -> Patch:
    loop, rewrite = found.loop, Rewrite(module)
    indent = indentation(module, loop)
    where = Span(start=line_start(module, loop.lineno), end=end_of_lines(module, loop))
    for statement in (loop, *found.start):
        if "#" in module.text[line_start(module, statement.lineno) : end_of_lines(module, statement)]:
            raise NotSpliceable(f"{module.file}:{statement.lineno}: a comment would go with the loop")
    left = _left(found, module)
    ending = "\n" if module.text[where.start : where.end].endswith(("\r", "\n")) else ""
    rewrite.replace_statement_parts(
        loop, [(where, f"{indent}{left}{ending}" if left else "")], ast.parse(left).body if left else []
    )
    for statement in found.start:
        rewrite.remove(statement)
    return rewrite.patch()


def _left(found: DeadLoop, module: Module) -> str:
    """Return what stays in the place of a loop."""
    if found.kept is not None:
        return source(module, found.kept)
    blocks = (block for _, block in ast.iter_fields(parents(module)[found.loop]) if isinstance(block, list))
    block = next(block for block in blocks if found.loop in block)
    return "" if len(block) > 1 + len(found.start) else "pass"
