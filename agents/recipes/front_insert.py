"""Append in a loop and turn the list round once, instead of inserting every element in front of all others."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.functions import Function, FunctionNode, function_at, functions, own_calls
from agents.recipes.gains import function_share
from agents.recipes.own_list import OwnList, own_list
from agents.recipes.project import Module, Project
from agents.recipes.requests import container_request
from agents.recipes.splice import NotSpliceable, Rewrite, source
from agents.recipes.uses import Use, UseKind, inserts_first
from profiling.facts import ContainerFacts, Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_LENGTH = 64
"""Longest list seen below which nothing is gained (docs/recipes.md)."""
_MOVE_NS = 0.1
"""What `insert(0, …)` costs for each element behind it, less `append` (see the card's cost note)."""

_ORDER_BLIND = frozenset({UseKind.LENGTH, UseKind.TRUTH})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reversed:
    """A local list built from its end: the loop that does it, and its `insert(0, …)` calls."""

    own: OwnList
    loop: ast.For | ast.While
    inserts: tuple[ast.Call, ...]


class FrontInsert:
    """`out.insert(0, x)` in a loop → `out.append(x)`, and `out.reverse()` behind it."""

    card = Card(
        id="front-insert",
        title="Append and reverse once instead of inserting in front",
        rank=21,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.8,
        cost_note="measured 2026-11, 15 pairs; 64 elements: 1.3x on CPython 3.9, 1.2x on 3.10, 1.8x [1.8, 1.8] on "
        "3.11, 1.5x on 3.12 and 3.13; 1000 elements: 4.4x, 4.4x, 8.3x [8.1, 8.3], 6.0x, 6.3x; 5000 elements: 13x, "
        "15x, 29x, 15x, 21x; about 0.2 ns an element and insert",
        mechanism="list.insert(0, x) moves every element of the list up by one; append moves none, and one reverse at "
        "the end gives the same order.",
        hazard="Checked: the list starts with at most one element, nothing but its length and truth is looked at until "
        "the loop ends, and no place outside its block could see it half made; remains: a debugger or traceback that "
        "shows locals sees the elements in another order meanwhile.",
    )
    examples = (
        Example(
            before="""\
def path_to(node):
    path = []
    while node is not None:
        path.insert(0, node.name)  # from the root
        node = node.parent
    return path
""",
            after="""\
def path_to(node):
    path = []
    while node is not None:
        path.append(node.name)  # from the root
        node = node.parent
    path.reverse()
    return path
""",
        ),
        Example(
            before="""\
def backwards(groups, last):
    found = [last]
    for group in groups:
        for item in group:
            if len(found) < 100:
                found.insert(0, item)
    print(found)
""",
            after="""\
def backwards(groups, last):
    found = [last]
    for group in groups:
        for item in group:
            if len(found) < 100:
                found.append(item)
    found.reverse()
    print(found)
""",
        ),
        Example(
            before="""\
def newest(items):
    found = []
    for item in items:
        found.insert(0, item)
        if found[-1] != items[0]:
            raise ValueError(item)
    return found
""",
            after=None,
            because="the loop looks at an element",
        ),
        Example(
            before="""\
def newest(items, first, second):
    found = [first, second]
    for item in items:
        found.insert(0, item)
    return found
""",
            after=None,
            because="two elements that were there before would change places",
        ),
        Example(
            before="""\
def newest(items):
    found = []
    try:
        for item in items:
            found.insert(0, item)
    except ValueError:
        print("stopped")
    return found
""",
            after=None,
            because="after an exception the list would be seen as it was built",
        ),
        Example(
            before="""\
def newest(items):
    found = []
    for item in items:
        found.insert(0, item)
        if item is None:
            return found
    return found
""",
            after=None,
            because="it is handed out in the middle of the loop",
        ),
        Example(
            before="""\
def push(found, items):
    for item in items:
        found.insert(0, item)
""",
            after=None,
            because="the list is a parameter: others hold it",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every local list that one loop builds from its end."""
        del project
        for function in functions(module) if "insert" in module.text else ():
            for name in sorted(_inserted_names(function.node)):
                found = _reversed(function.node, name, module)
                if found is not None and _is_spliceable(found, module):
                    yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the lists got long enough."""
        seen = next((facts.containers[one.id] for one in site.requests if one.id in facts.containers), None)
        if seen is None:
            return Veto(reason="the list was not seen being made")
        longest = max(seen.sizes, default=0)
        if longest < MIN_LENGTH:
            return Veto(reason=f"the list was at most {longest} long, less than {MIN_LENGTH}")
        moved = _moved(seen)
        share = function_share(profile, site.key, saved_s=moved * _MOVE_NS * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        evidence = f"facts:lists={seen.made} max_len={longest} moved={moved} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Append where the list was inserted into, and reverse it behind the loop."""
        del choice, project
        function = function_at(module, site.key)
        found = _reversed(function.node, site.node_path, module) if function else None
        if found is None:
            raise NotSpliceable(f"{module.file}:{site.line}: {site.node_path} is not built from its end here")
        return _patch(found, module)


RECIPE = FrontInsert()


def _moved(seen: ContainerFacts) -> int:
    """Return how many elements were moved: half the square of every final length."""
    return sum(size * size // 2 * count for size, count in seen.sizes.items())


def _inserted_names(function: FunctionNode) -> set[str]:
    calls = (call for call in own_calls(function, "insert") if inserts_first(call))
    owners = (call.func.value for call in calls if isinstance(call.func, ast.Attribute))
    return {owner.id for owner in owners if isinstance(owner, ast.Name)}


def _reversed(function: FunctionNode, name: str, module: Module) -> _Reversed | None:
    """Return the list of this name if one loop fills it from its end and nothing sees it before the loop is done."""
    own = own_list(function, name, module)
    if own is None or not _starts_short(own.value):
        return None
    inserts = [use for use in own.found if _insert_of(use) is not None]
    places = {own.places[use.node] for use in inserts}
    end = max(places, default=own.start)
    loop = own.block[end]
    if len(places) != 1 or not isinstance(loop, ast.For | ast.While):
        return None
    if not all(use in inserts or use.kind in _ORDER_BLIND for use in own.at(own.start, end)):
        return None
    calls = tuple(call for use in inserts if (call := _insert_of(use)) is not None)
    return _Reversed(own=own, loop=loop, inserts=calls)


def _starts_short(value: ast.expr) -> bool:
    """Say whether a new list has no element or one: turned round it is the same."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "list" and not value.args
    if not isinstance(value, ast.List):
        return False
    return len(value.elts) <= 1 and not any(isinstance(element, ast.Starred) for element in value.elts)


def _insert_of(use: Use) -> ast.Call | None:
    """Return the call when the use is a statement `name.insert(0, x)`."""
    call = use.path[1] if use.kind is UseKind.METHOD else None
    if not isinstance(call, ast.Call) or not inserts_first(call) or not isinstance(use.path[2], ast.Expr):
        return None
    return call


def _site(function: Function, found: _Reversed, module: Module) -> Site:
    return Site(
        recipe=FrontInsert.card.id,
        key=function.key,
        module=module.file,
        line=found.inserts[0].lineno,
        requests=(container_request(module, found.own.value),),
        node_path=found.own.name,
    )


def _is_spliceable(found: _Reversed, module: Module) -> bool:
    try:
        _patch(found, module)
    except NotSpliceable:
        return False
    return True


def _patch(found: _Reversed, module: Module) -> Patch:
    rewrite, name = Rewrite(module), found.own.name
    for call in found.inserts:
        if "#" in source(module, call):
            raise NotSpliceable(f"{module.file}:{call.lineno}: a comment may stand in the call")
        value = call.args[1]
        written = source(module, value)
        if isinstance(value, ast.Yield | ast.YieldFrom):
            written = f"({written})"
        rewrite.replace(call, f"{name}.append({written})")
    rewrite.insert_after(found.loop, f"{name}.reverse()")
    return rewrite.patch()
