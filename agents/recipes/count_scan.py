"""Count all elements of a list once, where a loop over it scans it anew to count each of them."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, function_at, functions, own_nodes
from agents.recipes.gains import function_share
from agents.recipes.imports import add_import, reach
from agents.recipes.project import Module, Project
from agents.recipes.quiet import changes_nothing
from agents.recipes.requests import container_request, expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_LENGTH = 32
"""Mean length below which counting each element anew is as fast (see the card's cost note)."""
_COMPARE_NS, _COUNT_NS = 6.0, 100.0
"""What a scan costs for each element of the list, and what counting once, with a lookup, costs for each element."""

_KINDS = frozenset({"bool", "bytes", "float", "int", "str"})
_BUILTINS = ("bool", "bytes", "float", "int", "list", "map", "set", "str", "tuple", "type")
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scan:
    """A loop or comprehension over a local, or over the set of it, that counts its elements in it.

    Attributes:
        statement: the loop, or the statement that evaluates the comprehension before anything else.
        name: the local.
        iterated: the local where the loop steps through it.
        calls: `name.count(element)`.
    """

    statement: ast.stmt
    name: str
    iterated: ast.Name
    calls: tuple[ast.Call, ...]


class CountScan:
    """`{x: xs.count(x) for x in xs}` → the counts come from one `Counter(xs)`, for lists of plain values."""

    card = Card(
        id="count-scan",
        title="Count all elements once instead of scanning the list for each",
        rank=63,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.8,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, each "
        "element there twice, 16 integers 0.8x / 0.9x / 0.8x [0.8, 0.9] / 1.0x / 1.1x, 64 integers 4.3x / 5.0x / 4.8x "
        "[4.5, 5.2] / 5.6x / 5.6x, 1000 texts 56x / 68x / 62x [55, 70] / 83x / 73x; 6 to 11 ns an element and scan",
        mechanism="xs.count(x) compares x with every element, so counting each of them is quadratic; a Counter finds "
        "all counts in one pass.",
        hazard="Checked: nothing in the loop changes the list, and while the program runs, that it is exactly a list "
        "or tuple of plain values, for which hash and == agree, else it is scanned as before.",
    )
    examples = (
        Example(
            before="""\
def histogram(words):
    return {word: words.count(word) for word in words}  # in order
""",
            after="""\
from collections import Counter


def histogram(words):
    _words_count = (
        Counter(words).__getitem__
        if type(words) in (list, tuple) and set(map(type, words)) <= {str}
        else lambda one: words.count(one)
    )
    return {word: _words_count(word) for word in words}  # in order
""",
            parameters=(("str", 1),),
        ),
        Example(
            before="""\
import collections


def repeated(numbers):
    found = []
    for number in numbers:
        if numbers.count(number) > 1 and number not in found:
            found.append(number)
    return found
""",
            after="""\
import collections


def repeated(numbers):
    found = []
    _numbers_count = (
        collections.Counter(numbers).__getitem__
        if type(numbers) in (list, tuple) and set(map(type, numbers)) <= {int}
        else lambda one: numbers.count(one)
    )
    for number in numbers:
        if _numbers_count(number) > 1 and number not in found:
            found.append(number)
    return found
""",
        ),
        Example(
            before="def known(words, text):\n    return [words.count(word) for word in text.split()]\n",
            after=None,
            because="what is counted is not from the list: it may be of any type",
        ),
        Example(
            before="""\
def consumed(items):
    for item in items:
        if items.count(item) > 1:
            items.remove(item)
    return items
""",
            after=None,
            because="the list changes in the loop",
        ),
        Example(
            before="""\
def told(items, tell):
    for item in items:
        tell(items.count(item))
""",
            after=None,
            because="the function called may change the list",
        ),
        Example(
            before="def lazily(items):\n    return (items.count(item) for item in items)\n",
            after=None,
            because="the list may change before the generator is stepped through",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every loop that counts the elements of what it steps through."""
        for function in functions(module) if ".count(" in module.text else ():
            for found in _all(function, module, project):
                if can_be_made(partial(_patch, found, ("int",), function, module, project)):
                    counts = (expression_request(module, call) for call in found.calls)
                    request = container_request(module, found.iterated)
                    yield site_at(self.card.id, function, found.statement, module, request, *counts)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when long lists of plain values were scanned."""
        seen = facts.containers.get(site.requests[0].id)
        if seen is None or not seen.sizes:
            return Veto(reason="no list was counted in the workload")
        lists = sum(seen.sizes.values())
        length = sum(size * count for size, count in seen.sizes.items()) / lists
        if length < MIN_LENGTH:
            return Veto(reason=f"the lists had {length:.0f} elements on average, less than {MIN_LENGTH}")
        kinds = tuple(sorted(seen.element_types))
        others = sorted(set(kinds) - _KINDS)
        if others or not kinds:
            return Veto(reason=f"elements were of type {', '.join(others) or 'unknown'}")
        counted = (facts.expressions[one.id] for one in site.requests[1:] if one.id in facts.expressions)
        scans = sum(fact.evaluations for fact in counted)
        saved_ns = scans * length * _COMPARE_NS - lists * length * _COUNT_NS
        share = function_share(profile, site.key, saved_s=saved_ns * 1e-9)
        if share <= 0:
            return Veto(reason=f"nothing to gain: {scans} scans of {lists} lists of {length:.0f}")
        evidence = f"facts:lists={lists} scans={scans} mean_len={length:.0f} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence, parameters=tuple((kind, 1) for kind in kinds))

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Count before the loop, and look the counts up in it."""
        function = function_at(module, site.key)
        for found in _all(function, module, project) if function else ():
            if function and place_of(found.statement) == site.node_path:
                kinds = tuple(name for name, _ in choice.parameters if name in _KINDS) or ("int",)
                return _patch(found, kinds, function, module, project)
        raise NotSpliceable(f"{module.file}:{site.line}: no list is counted here")


RECIPE = CountScan()


def _all(function: Function, module: Module, project: Project) -> Iterator[_Scan]:
    known = names(module)
    if reads_its_frame(function.node, module):
        return
    for node in own_nodes(function.node):
        found = _scan(node, module) if isinstance(node, ast.stmt) else None
        if found is None or not all(known.is_builtin(name, node) for name in _BUILTINS):
            continue
        is_local = known.resolve(found.name, found.statement) is known.inside(function.node)
        besides = frozenset(found.calls)
        if is_local and changes_nothing(_repeated(found.statement), function.node, module, project, besides):
            yield found


def _repeated(statement: ast.stmt) -> ast.AST:
    """Return what does the counting: the loop, or the comprehension that a statement evaluates."""
    if isinstance(statement, ast.Assign | ast.Return) and statement.value is not None:
        return statement.value
    return statement


def _scan(statement: ast.stmt, module: Module) -> _Scan | None:
    scanning = _repeated(statement)
    if isinstance(scanning, ast.For):
        target, iterable = scanning.target, scanning.iter
    elif isinstance(scanning, _Comprehension) and not scanning.generators[0].is_async:
        target, iterable = scanning.generators[0].target, scanning.generators[0].iter
    else:
        return None
    iterated = _iterated(iterable)
    if iterated is None or not isinstance(target, ast.Name):
        return None
    calls = tuple(node for node in walk(scanning) if _counts(node, iterated.id, target.id))
    found = _Scan(statement=statement, name=iterated.id, iterated=iterated, calls=tuple(_as_calls(calls)))
    return found if calls and _is_steady(found, scanning, target.id, module) else None


def _iterated(iterable: ast.expr) -> ast.Name | None:
    """Return the name in `name` or `set(name)`."""
    if isinstance(iterable, ast.Call) and isinstance(iterable.func, ast.Name) and iterable.func.id == "set":
        iterable = iterable.args[0] if len(iterable.args) == 1 and not iterable.keywords else iterable
    return iterable if isinstance(iterable, ast.Name) else None


def _counts(node: ast.AST, name: str, element: str) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "count":
        return False
    is_own = isinstance(node.func.value, ast.Name) and node.func.value.id == name
    arguments = [argument.id for argument in node.args if isinstance(argument, ast.Name)]
    return is_own and arguments == [element] and len(node.args) == 1 and not node.keywords


def _as_calls(nodes: Sequence[ast.AST]) -> Iterator[ast.Call]:
    yield from (node for node in nodes if isinstance(node, ast.Call))


def _is_steady(found: _Scan, scanning: ast.AST, element: str, module: Module) -> bool:
    """Say whether the list is only counted in and measured, and its element bound by the loop alone."""
    above = parents(module)
    inside = [node for node in walk(scanning) if isinstance(node, ast.Name)]
    lists = [node for node in inside if node.id == found.name and node is not found.iterated]
    bound = [node for node in inside if node.id == element and not isinstance(node.ctx, ast.Load)]
    counted = {call.func.value for call in found.calls if isinstance(call.func, ast.Attribute)}
    if len(bound) != 1 or any(isinstance(node, ast.NamedExpr | ast.GeneratorExp) for node in walk(scanning)):
        return False
    return all(node in counted or _is_measured(node, above[node]) for node in lists)


def _is_measured(node: ast.Name, parent: ast.AST) -> bool:
    is_len = isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "len"
    return is_len and isinstance(node.ctx, ast.Load)


def _patch(found: _Scan, kinds: Sequence[str], function: Function, module: Module, project: Project) -> Patch:
    reached = reach(project, module, function.node, package="collections", name="Counter")
    name, counter = found.name, f"_{found.name.strip('_')}_count"
    if reached is None or not names(module).is_free(counter):
        raise NotSpliceable(f"{module.file}:{found.statement.lineno}: Counter can't be reached, or {counter} is taken")
    one = "one" if name != "one" else "each"
    types = ", ".join(sorted(kinds))
    rewrite = Rewrite(module)
    rewrite.insert_before(
        found.statement,
        f"{counter} = (\n    {reached.expression}({name}).__getitem__\n"
        f"    if type({name}) in (list, tuple) and set(map(type, {name})) <= {{{types}}}\n"
        f"    else lambda {one}: {name}.count({one})\n)",
    )
    for call in found.calls:
        rewrite.replace(call.func, counter)
    if reached.line is not None:
        add_import(rewrite, module, reached.line)
    return rewrite.patch()
