"""Look for the least elements instead of sorting all, where every order of comparing gives the same."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from agents.model import Patch
from agents.recipes import shapes
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.builtin_values import shape_of
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.imports import add_import, reach
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.shapes import Shape, element_of
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_LENGTH = 500
MIN_LENGTH_PER_TAKEN = 100
"""Least length, and for each of several elements taken, at which a heap is faster than a sort (see the cost note)."""
_SAVED_ELEMENT_NS = 8.0
"""What sorting costs an element more than looking at it once; measured for 1000 floats, more for others."""

_TOTALLY_ORDERED = frozenset({"int", "str", "bytes"})
_STR_KEYS = frozenset({"casefold", "lower", "upper", "swapcase", "strip", "lstrip", "rstrip"})
_SIZED = frozenset("bytes dict frozenset list range set str tuple".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Least:
    """`sorted(x)[0]`, `sorted(x)[-1]` or `sorted(x)[:k]`.

    Attributes:
        node: the subscript.
        call: `sorted(…)` in it.
        count: how many elements are taken.
        is_slice: it gives a list.
        function: of heapq that finds them.
        reverse: the keyword that says so already, None when there is none.
    """

    node: ast.Subscript
    call: ast.Call
    count: int
    is_slice: bool
    function: str
    reverse: ast.keyword | None


class LeastElements:
    """`sorted(x)[:3]` → `nsmallest(3, x)`, where the elements or their keys are totally ordered."""

    card = Card(
        id="least-elements",
        title="Find the least elements without sorting all",
        rank=40,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.6,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, "
        "integers: the least of 500 1.8x / 2.0x / 2.2x [2.1, 2.3] / 1.7x / 1.8x, of 1000 2.7x / 2.4x / "
        "2.8x [2.8, 2.9] / 2.0x / 2.1x; 10 of 1000 1.1x / 1.1x / 1.5x [1.5, 1.6] / 1.3x / 1.2x, 10 of "
        "10000 6.2x / 6.3x / 9.0x [8.7, 9.8] / 11x / 8.3x; the shortest of 1000 words 2.2x / 2.0x / 2.2x "
        "[2.1, 2.3] / 1.7x / 1.8x; the same data each time, so branches were predicted well: other data "
        "gain more",
        mechanism="Sorting compares every element about log n times; a search for the least ones looks at most of "
        "them once.",
        hazard="Checked: what is compared is exactly of one builtin type with a total order (int, str, bytes), so "
        "equal elements keep their order and none can be NaN; an empty input raises the same IndexError.",
    )
    examples = (
        Example(
            before="""\
def shortest(lines):
    lengths = [len(line) for line in lines]
    return sorted(lengths)[0]
""",
            after="""\
from heapq import nsmallest


def shortest(lines):
    lengths = [len(line) for line in lines]
    return nsmallest(1, lengths)[0]
""",
        ),
        Example(
            before="""\
import heapq


def longest(**texts):
    return sorted(texts, key=len, reverse=True)[:2]  # two
""",
            after="""\
import heapq


def longest(**texts):
    return heapq.nlargest(2, texts, key=len)  # two
""",
        ),
        Example(
            before="def least(items):\n    return sorted(items)[0]\n",
            after=None,
            because="nothing is known of the items: with NaN or sets among them, sorting and min disagree",
        ),
        Example(
            before="def last(words):\n    lengths = list(words)\n    return sorted(lengths, key=len)[-1]\n",
            after=None,
            because="of several longest words it is the last, a search finds the first",
        ),
        Example(
            before="def least(*items):\n    return sorted(items, key=lambda item: item.cost)[0]\n",
            after=None,
            because="the costs may be anything",
        ),
        Example(
            before="def least(items):\n    return sorted((item for item in items), key=len)[0]\n",
            after=None,
            because="an item without a length would stop the generator earlier than it did",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every sort of which only the least elements are taken."""
        for function in functions(module):
            for found in _all(function, module, project):
                if can_be_made(partial(_patch, found, function, module, project)):
                    request = expression_request(module, found.call)
                    site = site_at(self.card.id, function, found.node, module, request)
                    yield replace(site, node_path=_place(found))

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the sorted lists were long, and long for what is taken of them."""
        seen = facts.expressions.get(site.requests[0].id)
        if seen is None or not seen.evaluations:
            return Veto(reason="it was not evaluated in the workload")
        mean, taken = seen.total_len / seen.evaluations, int(site.node_path.rpartition("#")[2])
        wanted = MIN_LENGTH if taken == 1 else max(MIN_LENGTH, MIN_LENGTH_PER_TAKEN * taken)
        if mean < wanted:
            return Veto(reason=f"{mean:.0f} elements were sorted on average, fewer than {wanted}")
        share = function_share(profile, site.key, saved_s=seen.total_len * _SAVED_ELEMENT_NS * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        return Choice(
            expected_share=share, evidence=f"facts:sorts={seen.evaluations} mean_len={mean:.0f} taken={taken}"
        )

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put a search from heapq in the place of the sort."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function, module, project) if function else ():
            if function and _place(found) == site.node_path:
                return _patch(found, function, module, project)
        raise NotSpliceable(f"{module.file}:{site.line}: nothing is sorted for its least elements here")


RECIPE = LeastElements()


def _all(function: Function, module: Module, project: Project) -> Iterator[_Least]:
    for node in own(function.node, ast.Subscript):
        if isinstance(node.ctx, ast.Load):
            found = _least(node, module)
            if found is not None and _is_ordered(found, module, project):
                yield found


def _place(found: _Least) -> str:
    """Return where it stands, with how much is taken, which the choice asks for."""
    return f"{place_of(found.node)}#{found.count}"


def _least(node: ast.Subscript, module: Module) -> _Least | None:
    call, taken = node.value, _taken(node.slice)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or taken is None:
        return None
    if call.func.id != "sorted" or not names(module).is_builtin("sorted", call.func) or len(call.args) != 1:
        return None
    keywords = {keyword.arg: keyword for keyword in call.keywords}
    reverse = keywords.get("reverse")
    if isinstance(call.args[0], ast.Starred) or not keywords.keys() <= {"key", "reverse"}:
        return None
    if reverse is not None and not (isinstance(reverse.value, ast.Constant) and reverse.value.value is True):
        return None
    if taken == -1 and call.keywords:
        return None
    function = "nlargest" if reverse is not None or taken == -1 else "nsmallest"
    is_slice = isinstance(node.slice, ast.Slice)
    return _Least(node=node, call=call, count=abs(taken), is_slice=is_slice, function=function, reverse=reverse)


def _taken(index: ast.expr) -> int | None:
    """Return how many first elements are taken, -1 for the last one; None: something else is."""
    if isinstance(index, ast.Slice):
        starts = index.lower is None or _number(index.lower) == 0
        count = _number(index.upper) if index.upper and starts and index.step is None else None
        return count if count and count > 0 else None
    return {0: 1, -1: -1}.get(_number(index) or 0) if _number(index) is not None else None


def _number(node: ast.expr) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return -inner if inner is not None else None
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def _is_ordered(found: _Least, module: Module, project: Project) -> bool:
    """Say whether what is compared is totally ordered, and the order of iterating and asking for keys can't be seen."""
    items = found.call.args[0]
    shape = shape_of(items, module, project)
    if shape is None or not is_as_written(module, found.node):
        return False
    key = next((keyword.value for keyword in found.call.keywords if keyword.arg == "key"), None)
    held = element_of(shape)
    if key is None:
        return held is not None and held.type in _TOTALLY_ORDERED
    if isinstance(key, ast.Name) and names(module).is_builtin(key.id, key):
        return key.id == "len" and (shape.type in shapes.CONTAINERS or _is_sized(held))
    return _is_str_method(key, module) and held == shapes.STR


def _is_sized(shape: Shape | None) -> bool:
    return shape is not None and shape.type in _SIZED


def _is_str_method(key: ast.expr, module: Module) -> bool:
    if not isinstance(key, ast.Attribute) or not isinstance(key.value, ast.Name) or key.value.id != "str":
        return False
    return key.attr in _STR_KEYS and names(module).is_builtin("str", key.value)


def _patch(found: _Least, function: Function, module: Module, project: Project) -> Patch:
    reached = reach(project, module, function.node, package="heapq", name=found.function)
    if reached is None or "#" in source(module, found.node):
        raise NotSpliceable(f"{module.file}:{found.node.lineno}: heapq can't be reached, or a comment is in the way")
    rewrite = Rewrite(module)
    keys = [f"key={source(module, keyword.value)}" for keyword in found.call.keywords if keyword.arg == "key"]
    arguments = ", ".join([str(found.count), source(module, found.call.args[0]), *keys])
    rewrite.replace(found.node, f"{reached.expression}({arguments})" + ("" if found.is_slice else "[0]"))
    if reached.line is not None:
        add_import(rewrite, module, reached.line)
    return rewrite.patch()
