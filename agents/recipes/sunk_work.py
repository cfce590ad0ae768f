"""Compute a value only on the ways through a function that use it."""

import ast
from collections.abc import Iterator
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import function_at, functions
from agents.recipes.gains import function_share
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, line_start, source
from agents.recipes.sunk_values import SunkValue, sunk_values
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_UNUSED = 500
"""Values made for nobody in the workload below which nothing is gained that can be measured."""
_MADE_NS, _ELEMENT_NS = 60.0, 5.0
"""What making a value costs at least, and what each of its characters or elements does (see the cost note)."""


class SunkWork:
    """`text = f"…"` before `if bad: raise Error(text)` → the same in the branch."""

    card = Card(
        id="sunk-work",
        title="Compute a value only where it is used",
        rank=36,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.7,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, a "
        "message never used: with one value 4.6x / 3.9x / 4.3x [4.2, 4.5] / 6.6x / 5.8x, with a set of three 31x / "
        "28x / 38x [36, 40] / 48x / 45x, with a list of 100 232x / 231x / 289x [231, 301] / 393x / 387x; 52 to 91 ns "
        "a value, 12 ns a character and more",
        mechanism="A value that is made before it is known whether anybody needs it is often made for nobody.",
        hazard="Checked: making it raises and changes nothing, only what comes behind the way out or in the branch "
        "reads its name, and nothing is changed in between; remains: a debugger or traceback that shows locals does "
        "not see it before.",
    )
    examples = (
        Example(
            before="""\
def check(name, known):
    message = f"{name!r} is none of {known!r}"
    if name not in known:
        raise KeyError(message)
    return known[name]
""",
            after="""\
def check(name, known):
    if name not in known:
        message = f"{name!r} is none of {known!r}"
        raise KeyError(message)
    return known[name]
""",
        ),
        Example(
            before="""\
def shown(rows, width, log):
    for row in rows:
        line = "%s: %s" % (row, repr(rows))
        size = len(row)
        if size > width:
            continue
        if not row:
            log("empty")
            continue

        log(line)
        print(line)
""",
            after="""\
def shown(rows, width, log):
    for row in rows:
        size = len(row)
        if size > width:
            continue
        if not row:
            log("empty")
            continue

        line = "%s: %s" % (row, repr(rows))
        log(line)
        print(line)
""",
        ),
        Example(
            before="""\
def check(name, known):
    place = known.index(name)
    if name:
        return place
    return None
""",
            after=None,
            because="making the value may raise",
        ),
        Example(
            before="""\
def check(name, add):
    before = f"{name}"
    if add(name):
        return before
    return None
""",
            after=None,
            because="the test may change what the text is made of",
        ),
        Example(
            before="""\
def check(name, bad):
    text = f"{name}"
    if bad:
        print(text)
    return text
""",
            after=None,
            because="every way through uses it",
        ),
        Example(
            before="""\
def check(name, bad):
    text = f"{name}"
    name = name.strip()
    if bad:
        print(text)
    return name
""",
            after=None,
            because="the name has another value in between",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every value that some ways have no use for."""
        for function in functions(module):
            for found in sunk_values(function, module, project):
                if can_be_made(partial(_patch, found, module)):
                    made, used = (expression_request(module, one) for one in (found.statement.value, found.use))
                    yield site_at(self.card.id, function, found.statement, module, made, used)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the value was often made for nobody."""
        made, used = (facts.expressions.get(request.id) for request in site.requests)
        if made is None:
            return Veto(reason="the value was never made in the workload")
        unused = made.evaluations - (used.evaluations if used else 0)
        if unused < MIN_UNUSED:
            return Veto(reason=f"{max(0, unused)} values were made for nobody, less than {MIN_UNUSED}")
        cost_ns = _MADE_NS + _ELEMENT_NS * made.total_len / made.evaluations
        share = function_share(profile, site.key, saved_s=unused * cost_ns * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        evidence = f"facts:made={made.evaluations} unused={unused} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Move the assignment."""
        del choice
        function = function_at(module, site.key)
        for found in sunk_values(function, module, project) if function else ():
            if place_of(found.statement) == site.node_path:
                return _patch(found, module)
        raise NotSpliceable(f"{module.file}:{site.line}: every way through uses the value")


RECIPE = SunkWork()


def _patch(found: SunkValue, module: Module) -> Patch:
    statement, written = found.statement, source(module, found.statement)
    whole = module.text[line_start(module, statement.lineno) : end_of_lines(module, statement)]
    if whole.strip() != written or "\n" in written:
        raise NotSpliceable(f"{module.file}:{statement.lineno}: the assignment shares its line or has several")
    if any(_is_below_comment(one, module) for one in (statement, found.before)):
        raise NotSpliceable(f"{module.file}:{statement.lineno}: a comment would stand above something else")
    rewrite = Rewrite(module)
    rewrite.remove(statement)
    rewrite.insert_before(found.before, written)
    return rewrite.patch()


def _is_below_comment(statement: ast.stmt, module: Module) -> bool:
    lines = module.text[: line_start(module, statement.lineno)].splitlines()
    return bool(lines) and lines[-1].lstrip().startswith("#")
