"""Read an attribute that never changes once before a loop instead of in every turn."""

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.final_attributes import class_made, final_attribute
from agents.recipes.functions import Function, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.hierarchy import Class, hierarchy
from agents.recipes.instances import is_reached_through, receiver_of
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request, loop_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_READS = 1000
"""Reads in the workload that would no longer be made below which nothing is gained."""
_READ_NS = 2.0
"""What an attribute costs more than a local, at least (see the card's cost note)."""

_Loop = ast.For | ast.AsyncFor | ast.While


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """An attribute, or an attribute of one, that a loop reads.

    Attributes:
        path: the names behind the receiver's.
        reads: every place in the loop, first one first.
        name: of the local that takes it.
    """

    path: tuple[str, ...]
    reads: tuple[ast.Attribute, ...]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A loop, in no other one of the same function, and the attributes it reads that never change."""

    loop: _Loop
    receiver: str
    chains: tuple[_Chain, ...]


class HoistAttribute:
    """`for x in xs: … self.limit …` → `_limit = self.limit` before the loop."""

    card = Card(
        id="hoist-attribute",
        title="Read an attribute that never changes once before a loop",
        rank=19,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.3,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, loops "
        "of 20 turns that do nothing else: an attribute twice a turn 2.1x / 1.5x / 1.2x [1.1, 1.3] / 1.5x / 1.4x, a "
        "row of two twice a turn 2.9x / 2.2x / 1.3x [1.3, 1.5] / 1.7x / 1.7x, append to a list of self 1.2x / 1.2x / "
        "1.1x / 1.1x / 1.2x; 2 to 11 ns an attribute; a method bound before the loop is slower from 3.11 on and is not "
        "done",
        mechanism="A local variable is found faster than an attribute of an object, and two attributes in a row cost "
        "twice as much.",
        hazard="Checked: only __init__ stores the attribute, before any code sees the instance, no class around it "
        "gives the name another meaning or has attribute hooks, and nobody sets attributes by names that can't be "
        "read; remains: a subclass elsewhere that makes it a property, or a debugger that sets it.",
    )
    examples = (
        Example(
            before="""\
class Filter:
    def __init__(self, limit):
        self.limit = limit
        self.kept = []

    def run(self, values):
        for value in values:
            if value < self.limit:  # small
                self.kept.append(value)
        return self.kept
""",
            after="""\
class Filter:
    def __init__(self, limit):
        self.limit = limit
        self.kept = []

    def run(self, values):
        _limit = self.limit
        _kept = self.kept
        for value in values:
            if value < _limit:  # small
                _kept.append(value)
        return self.kept
""",
        ),
        Example(
            before="""\
class Style:
    def __init__(self, width):
        self.width = width


class Page:
    def __init__(self, width):
        self.style = Style(width)

    def lines(self, words):
        while words:
            yield words[: self.style.width]
            words = words[self.style.width :]
""",
            after="""\
class Style:
    def __init__(self, width):
        self.width = width


class Page:
    def __init__(self, width):
        self.style = Style(width)

    def lines(self, words):
        _style_width = self.style.width
        while words:
            yield words[: _style_width]
            words = words[_style_width :]
""",
        ),
        Example(
            before="class Count:\n    def __init__(self):\n        self.n = 0\n\n    def add(self, values):\n"
            "        for value in values:\n            self.n += value\n            print(self.n)\n",
            after=None,
            because="the loop changes it",
        ),
        Example(
            before="class Count:\n    def __init__(self):\n        self.n = 0\n\n    def set(self, n):\n"
            "        self.n = n\n\n    def show(self, values):\n        for value in values:\n"
            "            print(self.n, value)\n",
            after=None,
            because="another method may change it while the loop runs",
        ),
        Example(
            before="class Count:\n    @property\n    def n(self):\n        return len(self.__class__.__name__)\n\n"
            "    def show(self, values):\n        for value in values:\n            print(self.n, value)\n",
            after=None,
            because="a property computes it",
        ),
        Example(
            before="class Count(Base):\n    def __init__(self):\n        self.n = 0\n\n    def show(self, values):\n"
            "        for value in values:\n            print(self.n, value)\n",
            after=None,
            because="a class that is not in the project may change it, or make it a property",
        ),
        Example(
            before="class Count:\n    def __init__(self, values):\n        self.show(values)\n        self.n = 0\n\n"
            "    def show(self, values):\n        for value in values:\n            print(self.n, value)\n",
            after=None,
            because="the method runs before there is such an attribute, and goes well when there are no values",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every outermost loop that reads such attributes."""
        for function in functions(module):
            for found in _all(function, module, project):
                if can_be_made(partial(_patch, found, module)):
                    reads = [expression_request(module, read) for chain in found.chains for read in chain.reads]
                    yield site_at(self.card.id, function, found.loop, module, loop_request(module, found.loop), *reads)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the loop reads them often."""
        entered = facts.loops.get(site.requests[0].id)
        seen = (facts.expressions.get(request.id) for request in site.requests[1:])
        reads = sum(fact.evaluations for fact in seen if fact is not None)
        saved = reads - (entered.entries if entered else 0) * (len(site.requests) - 1)
        if saved < MIN_READS:
            return Veto(reason=f"{max(0, saved)} reads would be saved, less than {MIN_READS}")
        share = function_share(profile, site.key, saved_s=saved * _READ_NS * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        return Choice(expected_share=share, evidence=f"facts:reads={reads} profile:saved_share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Bind the attributes before the loop and read the locals in it."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function, module, project) if function else ():
            if place_of(found.loop) == site.node_path:
                return _patch(found, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no loop reads an attribute here that never changes")


RECIPE = HoistAttribute()


def _all(function: Function, module: Module, project: Project) -> Iterator[_Reading]:
    node, owner = function.node, function.owner
    if owner is None or owner not in module.syntax.body or not node.args.args or node.name == "__init__":
        return
    loops: list[_Loop] = [*own(node, ast.For), *own(node, ast.AsyncFor), *own(node, ast.While)]
    if not loops or reads_its_frame(node, module):
        return
    found = hierarchy(project).of(owner)
    if is_reached_through(found, node.name, project):
        return
    for loop in loops:
        if _is_in_loop(loop, module):
            continue
        chains = tuple(_chains(loop, function, found, module, project))
        if chains:
            yield _Reading(loop=loop, receiver=node.args.args[0].arg, chains=chains)


def _is_in_loop(loop: _Loop, module: Module) -> bool:
    """Say whether a loop stands in another one of the function."""
    above = parents(module)
    step = above[loop]
    while not isinstance(step, ast.FunctionDef | ast.AsyncFunctionDef):
        if isinstance(step, _Loop):
            return True
        step = above[step]
    return False


def _chains(loop: _Loop, function: Function, found: Class, module: Module, project: Project) -> Iterator[_Chain]:
    """Yield the attributes of the receiver that a loop reads in its turns, each as far as it never changes."""
    scope, receiver = names(module).inside(function.node), function.node.args.args[0].arg
    turns = [*loop.body, *([loop.test] if isinstance(loop, ast.While) else [])]
    reads: dict[tuple[str, ...], list[ast.Attribute]] = {}
    for node in (part for one in turns for part in walk(one)):
        if not isinstance(node, ast.Name) or node.id != receiver or names(module).scope(node) is not scope:
            continue
        if receiver_of(node, module) is None:
            return
        path, read = _farthest(node, found, module, project)
        if read is not None and is_as_written(module, read):
            reads.setdefault(path, []).append(read)
    taken: set[str] = set()
    for path, places in reads.items():
        name = next(one for one in _local_names(path) if one not in taken and names(module).is_free(one))
        taken.add(name)
        yield _Chain(path=path, reads=tuple(sorted(places, key=_position)), name=name)


def _local_names(path: tuple[str, ...]) -> Iterator[str]:
    plain = f"_{'_'.join(part.strip('_') for part in path)}"
    yield plain
    yield from (f"{plain}_{number}" for number in itertools.count(2))


def _position(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _farthest(
    node: ast.expr, found: Class | None, module: Module, project: Project
) -> tuple[tuple[str, ...], ast.Attribute | None]:
    """Return the longest row of attributes read from an instance that never change, and the last of them."""
    above, path = parents(module), tuple[str, ...]()
    step, last = above[node], None
    while found is not None and isinstance(step, ast.Attribute) and isinstance(step.ctx, ast.Load):
        attribute = final_attribute(step.attr, found, project)
        if attribute is None:
            break
        path, last = (*path, step.attr), step
        found = class_made(attribute.value, attribute.owner.module, project)
        step = above[step]
    return path, last


def _patch(found: _Reading, module: Module) -> Patch:
    rewrite = Rewrite(module)
    made = (f"{chain.name} = {'.'.join((found.receiver, *chain.path))}" for chain in found.chains)
    rewrite.insert_before(found.loop, "\n".join(made))
    for chain in found.chains:
        for read in chain.reads:
            if "#" in source(module, read) or "\n" in source(module, read):
                raise NotSpliceable(f"{module.file}:{read.lineno}: the attribute is spread over lines")
            rewrite.replace(read, chain.name)
    return rewrite.patch()
