"""Sort a list with its own method where a loop does it by hand, comparing each element with all others."""

import ast
import copy
import re
from collections.abc import Iterator, Sequence
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, FunctionNode, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.positions import Span
from agents.recipes.project import Module, Project
from agents.recipes.requests import container_request
from agents.recipes.scope import names
from agents.recipes.sorting_loops import SortingLoop, sorting_loop
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, indentation, line_start
from agents.recipes.tables import parents
from agents.recipes.unread import is_unread_outside, stored_names
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_LENGTH = 8
"""Longest list seen below which the test of the types costs what the sorting saves (see the card's cost note)."""
_TURN_NS = 12.0
"""What the loops cost for each pair of elements, at least: those that stop early or shrink visit half of them."""

_NEWLINE = re.compile(r"\r\n|\r|\n")
_BUILTINS = ("all", "bool", "float", "int", "list", "map", "set", "str", "type")
_NUMBERS = ("bool", "float", "int")
_SORTABLE = frozenset({*_NUMBERS, "str"})


class SortIdiom:
    """Nested loops that sort in place → `list.sort`, for lists of plain numbers or of text; others sort as before."""

    card = Card(
        id="sort-idiom",
        title="Sort with list.sort instead of nested loops",
        rank=60,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.9,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, random "
        "order; 8 integers by insertion 3.0x / 3.6x / 2.0x [1.9, 2.0] / 2.0x / 2.1x, 8 floats (each is compared with "
        "itself first) 1.6x / 1.9x / 1.2x [1.1, 1.2] / 1.1x / 1.2x, 64 floats 16x / 18x / 9.9x [9.3, 10] / 9.8x / 11x; "
        "300 integers by sweeps of neighbours 223x / 267x / 174x [158, 196] / 190x / 206x",
        mechanism="Loops that compare every element with every other take quadratic time in bytecode; list.sort takes "
        "n log n comparisons in C.",
        hazard="Checked: the loops do nothing but sort, nobody reads their variables afterwards, and while the program "
        "runs, that it is exactly a list of numbers without NaN, or of text, else the loops run as before; remains: "
        "while it sorts, another thread sees the list empty.",
    )
    examples = (
        Example(
            before="""\
def ranked(scores):
    print("sorting", len(scores))
    for i in range(len(scores)):
        for j in range(len(scores) - 1):
            if scores[j] > scores[j + 1]:  # wrong order
                kept = scores[j]
                scores[j] = scores[j + 1]
                scores[j + 1] = kept
    return scores
""",
            after="""\
def ranked(scores):
    print("sorting", len(scores))
    if type(scores) is list and set(map(type, scores)) <= {int}:
        scores.sort()
    else:
        for i in range(len(scores)):
            for j in range(len(scores) - 1):
                if scores[j] > scores[j + 1]:  # wrong order
                    kept = scores[j]
                    scores[j] = scores[j + 1]
                    scores[j + 1] = kept
    return scores
""",
        ),
        Example(
            before="""\
def falling(heights):
    n = len(heights)
    for i in range(n - 1):
        done = False
        for j in range(n - 1 - i):
            if heights[j] < heights[j + 1]:
                heights[j], heights[j + 1] = heights[j + 1], heights[j]
                done = True
        if not done:
            break
    return heights
""",
            after="""\
def falling(heights):
    n = len(heights)
    if type(heights) is list and set(map(type, heights)) <= {float, int} and all(one == one for one in heights):
        heights.sort(reverse=True)
    else:
        for i in range(n - 1):
            done = False
            for j in range(n - 1 - i):
                if heights[j] < heights[j + 1]:
                    heights[j], heights[j + 1] = heights[j + 1], heights[j]
                    done = True
            if not done:
                break
    return heights
""",
            parameters=(("float", 1), ("int", 1)),
        ),
        Example(
            before="""\
def by_name(words):
    for at in range(1, len(words)):
        word = words[at]
        place = at - 1
        while place >= 0 and words[place] > word:
            words[place + 1] = words[place]
            place -= 1
        words[place + 1] = word
""",
            after="""\
def by_name(words):
    if type(words) is list and set(map(type, words)) <= {str}:
        words.sort()
    else:
        for at in range(1, len(words)):
            word = words[at]
            place = at - 1
            while place >= 0 and words[place] > word:
                words[place + 1] = words[place]
                place -= 1
            words[place + 1] = word
""",
            parameters=(("str", 1),),
        ),
        Example(
            before="""\
def almost(items):
    for i in range(len(items) - 2):
        for j in range(len(items) - 1):
            if items[j] > items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
    return items
""",
            after=None,
            because="there is one sweep too few to sort every list",
        ),
        Example(
            before="""\
def shuffled(items):
    for i in range(len(items)):
        for j in range(len(items) - 1):
            if items[j] >= items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
    return items
""",
            after=None,
            because="equal elements change places: `list.sort` keeps their order",
        ),
        Example(
            before="""\
def counted(items):
    swaps = 0
    for i in range(len(items)):
        for j in range(len(items) - 1):
            if items[j] > items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
                swaps += 1
    return swaps
""",
            after=None,
            because="the swaps are counted",
        ),
        Example(
            before="""\
def last_index(items):
    for i in range(len(items)):
        for j in range(len(items) - 1):
            if items[j] > items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
    return i
""",
            after=None,
            because="a variable of the loops is read afterwards",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every loop that sorts a local."""
        del project
        for function in functions(module) if "range" in module.text else ():
            for found in _all(function.node, module):
                if can_be_made(partial(_patch, found, ("int",), module)):
                    yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the lists were long and held numbers or text."""
        seen = facts.containers.get(site.requests[0].id)
        if seen is None:
            return Veto(reason="it sorted nothing in the workload")
        longest = seen.max_size or 0
        if longest < MIN_LENGTH:
            return Veto(reason=f"the lists had at most {longest} elements, less than {MIN_LENGTH}")
        kinds = tuple(sorted(seen.element_types))
        reason = _reason(kinds, is_stable=site.node_path.startswith("stable:"))
        if reason:
            return Veto(reason=reason)
        pairs = sum(size * size * count for size, count in seen.sizes.items())
        share = function_share(profile, site.key, saved_s=pairs * _TURN_NS * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        evidence = f"facts:lists={seen.made} max_len={longest} of={'+'.join(kinds)} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence, parameters=tuple((kind, 1) for kind in kinds))

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put the loops behind a test that `list.sort` does the same."""
        del project
        function = function_at(module, site.key)
        for found in _all(function.node, module) if function else ():
            if _place(found) == site.node_path:
                kinds = tuple(name for name, _ in choice.parameters if name in _SORTABLE) or ("int",)
                return _patch(found, kinds, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no loop sorts a list here")


RECIPE = SortIdiom()


def _reason(kinds: Sequence[str], *, is_stable: bool) -> str:
    """Return why `list.sort` would not give what the loops give; empty: nothing against it."""
    others = sorted(set(kinds) - _SORTABLE)
    if others or not kinds:
        return f"elements were of type {', '.join(others)}" if others else "the lists seen were no lists or empty"
    if not is_stable and kinds not in (("int",), ("str",)):
        return f"the loops change the order of equal elements, which differ where they are {', '.join(kinds)}"
    return ""


def _all(function: FunctionNode, module: Module) -> Iterator[SortingLoop]:
    known, above = names(module), parents(module)

    def is_builtin(name: str) -> bool:
        return known.is_builtin(name, function.body[0])

    for node in own(function, ast.For):
        if not isinstance(node.body[-1], ast.For | ast.Assign | ast.If):
            continue
        found = sorting_loop(node, _before(node, above[node]), is_builtin)
        if found is None or not all(map(is_builtin, _BUILTINS)) or _is_guarded(node, above[node]):
            continue
        is_local = known.resolve(found.list_name, node) is known.inside(function)
        if is_local and is_unread_outside(stored_names([node]), [node], function, module):
            yield found


def _before(loop: ast.For, holder: ast.AST) -> ast.stmt | None:
    for _, block in ast.iter_fields(holder):
        if isinstance(block, list) and loop in block[1:]:
            found: ast.stmt = block[block.index(loop) - 1]
            return found
    return None


def _is_guarded(loop: ast.For, holder: ast.AST) -> bool:
    """Say whether a loop is what is left to do where `list.sort` would not do: the result of this rewrite."""
    if not isinstance(holder, ast.If) or holder.orelse != [loop] or len(holder.body) != 1:
        return False
    sorting = holder.body[0]
    call = sorting.value if isinstance(sorting, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "sort"


def _place(found: SortingLoop) -> str:
    return f"{'stable' if found.is_stable else 'unstable'}:{place_of(found.loop)}"


def _site(function: Function, found: SortingLoop, module: Module) -> Site:
    one = site_at(SortIdiom.card.id, function, found.loop, module, container_request(module, found.length.args[0]))
    return Site(
        recipe=one.recipe,
        key=one.key,
        module=one.module,
        line=one.line,
        requests=one.requests,
        node_path=_place(found),
    )


def _guard(found: SortingLoop, kinds: Sequence[str]) -> str:
    """Return the test that a list is one that both ways of sorting leave alike."""
    name = found.list_name
    numbers = sorted(set(kinds).intersection(_NUMBERS if found.is_stable else ("int",)))
    types = f"set(map(type, {name}))"
    tests = [f"{types} <= {{str}}"] if "str" in kinds else []
    if numbers:
        each = "one" if name != "one" else "each"
        ordered = f" and all({each} == {each} for {each} in {name})" if "float" in numbers else ""
        tests.append(f"{types} <= {{{', '.join(numbers)}}}{ordered}")
    alike = tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"
    return f"type({name}) is list and {alike}"


def _patch(found: SortingLoop, kinds: Sequence[str], module: Module) -> Patch:
    loop, rewrite = found.loop, Rewrite(module)
    indent = indentation(module, loop)
    where = Span(start=line_start(module, loop.lineno), end=end_of_lines(module, loop))
    step = "\t" if "\t" in indent else "    "
    reverse = "reverse=True" if found.is_descending else ""
    head = f"if {_guard(found, kinds)}:\n{step}{found.list_name}.sort({reverse})\nelse:\n"
    lines = _NEWLINE.split(module.text[where.start : where.end])
    moved = "\n".join(f"{step}{line}" if line.strip() else "" for line in lines)
    before = "".join(f"{indent}{line}\n" for line in head.splitlines())
    meant = ast.parse(f"{head}{step}pass").body[0]
    assert isinstance(meant, ast.If)
    meant.orelse = [copy.copy(loop)]
    rewrite.replace_statement_parts(loop, [(where, before + moved)], [meant])
    return rewrite.patch()
