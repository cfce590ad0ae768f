"""Make each element when it is due where a list is built only to be stepped through once: the list need not be held."""

import ast
from collections.abc import Iterator

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.functions import Function, function_at, functions
from agents.recipes.gains import memory_share
from agents.recipes.positions import Span, span
from agents.recipes.project import Module, Project
from agents.recipes.requests import container_request
from agents.recipes.single_pass import SinglePass, single_passes
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, is_as_written, line_start, source
from profiling.facts import ContainerFacts, Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_LENGTH = 100_000
"""Longest list seen below which the memory is not worth the time of a generator (docs/recipes.md)."""
_SLOT_BYTES = 8.5
_ELEMENT_BYTES = {"tuple": 64.0, "list": 72.0, "int": 28.0, "float": 24.0, "str": 52.0, "dict": 184.0}
"""Of a list's slot with its share of spare ones, and of one element, `sys.getsizeof` with the collector's head."""


class LazyList:
    """`for x in [f(y) for y in ys]:` → `for x in (f(y) for y in ys):`."""

    card = Card(
        id="lazy-list",
        title="Step through a generator instead of a list",
        rank=34,
        domain=Domain.MEMORY,
        dimension=Dimension.PEAK_MIB,
        confidence=0.7,
        cost_note="measured 2026-11, 200000 pairs: traced peak 18.3 MiB before, 1 KiB after on CPython 3.9 to 3.13 "
        "alike; CPU time of 15 pairs: 2.9x on 3.9, 1.9x on 3.10, 2.0x [1.8, 2.2] on 3.11, 2.1x on 3.12, 2.0x on 3.13, "
        "and with 1000 pairs 0.97x, 0.95x, 1.01x, 1.07x, 1.09x",
        mechanism="The list holds every element until the last is done with; a generator holds one at a time.",
        hazard="Checked: the list is stepped through once, and making its elements later, or not at all, changes "
        "nothing: no code but that of integers, text and tuples runs for it, nothing it reads is bound again or "
        "changed meanwhile; remains: short lists are up to a twentieth faster.",
    )
    examples = (
        Example(
            before="""\
def edges(n, bits):
    found = []
    for (i, j), bit in zip([(i, j) for j in range(1, n) for i in range(j)], bits):
        if bit:
            found.append((i, j))
    return found
""",
            after="""\
def edges(n, bits):
    found = []
    for (i, j), bit in zip(((i, j) for j in range(1, n) for i in range(j)), bits):
        if bit:
            found.append((i, j))
    return found
""",
        ),
        Example(
            before="""\
def weigh(words):
    return sum([len(word) for word in words if word])
""",
            after="""\
def weigh(words):
    return sum(len(word) for word in words if word)
""",
        ),
        Example(
            before="""\
def cells(width, height, visit):
    places = []
    for y in range(height):
        for x in range(width):
            if x != y:
                places.append((x, y))
    for place in places:
        visit(place)
""",
            after="""\
def cells(width, height, visit):
    places = ((x, y) for y in range(height) for x in range(width) if x != y)
    for place in places:
        visit(place)
""",
            parameters=(),
        ),
        Example(
            before="""\
import itertools


def rank(items, score):
    pairs = list(itertools.combinations(items, 2))
    for a, b in pairs:
        score(a, b)
""",
            after="""\
import itertools


def rank(items, score):
    pairs = itertools.combinations(items, 2)
    for a, b in pairs:
        score(a, b)
""",
        ),
        Example(
            before="""\
def drop(graph):
    for node in [node for node in graph]:
        graph.remove(node)
""",
            after=None,
            because="the copy is there because the loop changes what it goes through",
        ),
        Example(
            before="""\
def show(rows):
    for row in [str(row) for row in rows]:
        print(row)
""",
            after=None,
            because="a row that can't be shown would raise after others were printed",
        ),
        Example(
            before="""\
def both(n):
    numbers = [i * 2 for i in range(n)]
    total = sum(numbers)
    return [number / total for number in numbers]
""",
            after=None,
            because="it is stepped through twice",
        ),
        Example(
            before="""\
def first(items):
    return sum([next(items) for _ in range(3)])
""",
            after=None,
            because="a generator turns StopIteration into RuntimeError",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every list that may be a generator."""
        for function in functions(module):
            for found in single_passes(function.node, module, project):
                if _is_spliceable(found, module):
                    yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the list gets long and its function has a part in the peak."""
        seen = next((facts.containers[one.id] for one in site.requests if one.id in facts.containers), None)
        if seen is None:
            return Veto(reason="the list was not seen being made")
        longest = max((*seen.sizes, seen.max_size or 0))
        if longest < MIN_LENGTH:
            return Veto(reason=f"the list was at most {longest} long, less than {MIN_LENGTH}")
        saved_bytes = longest * (_SLOT_BYTES + _element_bytes(seen))
        share = memory_share(profile, site.key, saved_bytes=saved_bytes)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} has no part in the peak that the memory pass saw")
        evidence = f"facts:lists={seen.made} max_len={longest} bytes={saved_bytes:.0f} profile:peak_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put a generator in the place of the list."""
        del choice
        function = function_at(module, site.key)
        found = single_passes(function.node, module, project) if function else iter(())
        same = next((one for one in found if _place(one) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: no list stands here that is stepped through once")
        return _patch(same, module)


RECIPE = LazyList()


def _element_bytes(seen: ContainerFacts) -> float:
    """Return the mean size of an element, as far as its type tells."""
    counted = sum(seen.element_types.values())
    known = sum(_ELEMENT_BYTES.get(kind, 0.0) * count for kind, count in seen.element_types.items())
    return known / counted if counted else 0.0


def _place(found: SinglePass) -> str:
    return f"{found.built.lineno}:{found.built.col_offset}"


def _site(function: Function, found: SinglePass, module: Module) -> Site:
    return Site(
        recipe=LazyList.card.id,
        key=function.key,
        module=module.file,
        line=found.built.lineno,
        requests=(container_request(module, found.built),),
        node_path=_place(found),
    )


def _is_spliceable(found: SinglePass, module: Module) -> bool:
    try:
        _patch(found, module)
    except NotSpliceable:
        return False
    return True


def _patch(found: SinglePass, module: Module) -> Patch:
    if not is_as_written(module, found.built):
        raise NotSpliceable(f"{module.file}:{found.built.lineno}: it stands in an f-string")
    if found.loop is not None:
        return _of_loop(found, found.loop, module)
    if not found.generators:
        return _of_copy(found, module)
    try:
        return _of_comprehension(found, module, ("", ""))
    except NotSpliceable:  # not the only argument of a call
        return _of_comprehension(found, module, ("(", ")"))


def _of_comprehension(found: SinglePass, module: Module, brackets: tuple[str, str]) -> Patch:
    rewrite, where = Rewrite(module), span(module, found.built)
    expected = ast.GeneratorExp(elt=found.element, generators=list(found.generators))
    first, last = Span(start=where.start, end=where.start + 1), Span(start=where.end - 1, end=where.end)
    rewrite.replace_parts(found.built, [(first, brackets[0]), (last, brackets[1])], expected)
    return rewrite.patch()


def _of_copy(found: SinglePass, module: Module) -> Patch:
    rewrite = Rewrite(module)
    if "#" in source(module, found.built):
        raise NotSpliceable(f"{module.file}:{found.built.lineno}: a comment may stand in the call")
    rewrite.replace(found.built, source(module, found.element))
    return rewrite.patch()


def _of_loop(found: SinglePass, loop: ast.For, module: Module) -> Patch:
    rewrite = Rewrite(module)
    where = Span(start=line_start(module, loop.lineno), end=end_of_lines(module, loop))
    if "#" in module.text[where.start : where.end]:
        raise NotSpliceable(f"{module.file}:{loop.lineno}: a comment stands in the loop")
    steps = "".join(_step(generator, module) for generator in found.generators)
    rewrite.replace(found.built, f"({source(module, found.element)}{steps})")
    rewrite.replace_statement_parts(loop, [(where, "")], [])
    return rewrite.patch()


def _step(generator: ast.comprehension, module: Module) -> str:
    tests = "".join(f" if {_operand(test, module)}" for test in generator.ifs)
    return f" for {source(module, generator.target)} in {_operand(generator.iter, module)}{tests}"


def _operand(node: ast.expr, module: Module) -> str:
    """Return an expression as it may stand in a comprehension: a choice or a bare tuple in parentheses."""
    written = source(module, node)
    is_bare = isinstance(node, ast.IfExp) or (isinstance(node, ast.Tuple) and not written.startswith("("))
    return f"({written})" if is_bare else written
