"""Wait for several coroutines at once, a bounded number of them, instead of one after the other."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agents.model import Patch
from agents.recipes import library
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, function_at, functions, own
from agents.recipes.imports import reach_module
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from agents.recipes.stores import index
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

AT_ONCE = 10
"""Coroutines that wait at the same time."""
MIN_LENGTH = 3
MIN_IDLE = 0.3
"""Share of the run's time without CPU below which there is no waiting to be shared."""

_SHARING = (ast.Global, ast.Nonlocal, ast.With, ast.AsyncWith, ast.Yield, ast.YieldFrom)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sequence:
    """`[await called(…) for target in items]`, alone the value of a statement of a coroutine."""

    node: ast.ListComp
    awaited: ast.Await
    target: ast.Name
    statement: ast.stmt


class GatheredAwaits:
    """`[await f(x) for x in xs]` → `await asyncio.gather(…)`, at most ten at once, in the same order."""

    card = Card(
        id="gathered-awaits",
        title="Wait for several coroutines at once",
        rank=24,
        domain=Domain.ASYNC,
        dimension=Dimension.WALL_S,
        confidence=0.5,
        cost_note="measured 2026-11, 15 interleaved pairs of wall time, 40 coroutines that wait 5 ms each, CPython "
        "3.9, 3.10, 3.11, 3.12, 3.13: 8.7x, 9.1x, 8.6x, 9.9x, 10.1x; nothing where they don't wait",
        mechanism="Coroutines awaited one after the other add up their waiting; ten at a time share it.",
        hazard="Checked: the coroutine belongs to the module, is given nothing but the element and constants, and "
        "neither it nor its caller holds a lock, a file or a transaction over it or changes an attribute, a table or "
        "a global; remains: what it calls in turn, limits of rate, and after an error the others go on.",
        needs_approval=True,
    )
    examples = (
        Example(
            before="""\
import asyncio


async def double(n):
    await asyncio.sleep(0.01)
    return 2 * n


async def run(numbers):
    found = [await double(n) for n in numbers]  # in order
    return sum(found)
""",
            after="""\
import asyncio


async def double(n):
    await asyncio.sleep(0.01)
    return 2 * n


async def run(numbers):
    at_once = asyncio.Semaphore(10)

    async def in_turn(n):
        async with at_once:
            return await double(n)

    found = await asyncio.gather(*map(in_turn, numbers))  # in order
    return sum(found)
""",
        ),
        Example(
            before="""\
import asyncio


async def fetch(session, n):
    await asyncio.sleep(0)


async def run(session, numbers):
    return [await fetch(session, n) for n in numbers]
""",
            after=None,
            because="all would use one session at the same time",
        ),
        Example(
            before="""\
import asyncio


async def run(client, numbers):
    return [await client.get(n) for n in numbers]
""",
            after=None,
            because="what is awaited is not known",
        ),
        Example(
            before="""\
import asyncio

SEEN = {}


async def note(n):
    SEEN[n] = len(SEEN)
    await asyncio.sleep(0)


async def run(numbers):
    return [await note(n) for n in numbers]
""",
            after=None,
            because="the coroutine changes a table that all share",
        ),
        Example(
            before="""\
import asyncio


async def double(n):
    await asyncio.sleep(0)


async def run(numbers, lock):
    async with lock:
        return [await double(n) for n in numbers]
""",
            after=None,
            because="something is held meanwhile",
        ),
        Example(
            before="""\
import asyncio


async def double(n):
    await asyncio.sleep(0)


async def run(numbers):
    return [await double(n) for n in numbers if n]
""",
            after=None,
            because="which elements are taken is asked in between",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every list of results of coroutines awaited one after the other."""
        for function in functions(module) if "await " in module.text else ():
            for found in _sequences(function, module, project):
                if can_be_made(lambda found=found: _patch(found, module, project)):  # type: ignore[misc]
                    yield site_at(self.card.id, function, found.node, module, expression_request(module, found.node))

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when several were awaited in a run that mostly waits."""
        seen = next((facts.expressions[one.id] for one in site.requests if one.id in facts.expressions), None)
        length = seen.total_len / seen.evaluations if seen and seen.evaluations else 0.0
        if length < MIN_LENGTH:
            return Veto(reason=f"{length:.1f} coroutines were awaited in turn, fewer than {MIN_LENGTH}")
        wall_s = profile.time_pass.wall_s
        idle = max(0.0, 1 - profile.time_pass.cpu_s / wall_s) if wall_s > 0 else 0.0
        if idle < MIN_IDLE:
            return Veto(reason=f"the run waited for {idle:.0%} of its time, less than {MIN_IDLE:.0%}")
        share = idle * (1 - 1 / min(length, AT_ONCE))
        return Choice(expected_share=share, evidence=f"facts:awaited_in_turn={length:.1f} profile:idle={idle:.2f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Gather the results, at most ten at once.

        Raises:
            NotSpliceable: the list does not stand there any more.
        """
        del choice
        function = function_at(module, site.key)
        found = _sequences(function, module, project) if function else iter(())
        same = next((one for one in found if place_of(one.node) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: nothing is awaited in turn here")
        return _patch(same, module, project)


RECIPE = GatheredAwaits()


def _sequences(function: Function, module: Module, project: Project) -> Iterator[_Sequence]:
    caller, above, known = function.node, parents(module), names(module)
    if not isinstance(caller, ast.AsyncFunctionDef) or reads_its_frame(caller, module):
        return
    for node in own(caller, ast.ListComp):
        statement = above.get(node)
        if not isinstance(statement, ast.Assign | ast.Return):
            continue
        generator, awaited = node.generators[0], node.elt
        is_plain = len(node.generators) == 1 and not generator.ifs and not generator.is_async
        if not is_plain or not isinstance(generator.target, ast.Name) or not isinstance(awaited, ast.Await):
            continue
        is_own = known.scope(node) is known.inside(caller) and not _is_held(statement, caller, module)
        if is_own and _is_separate(awaited, generator.target.id, module, project):
            yield _Sequence(node=node, awaited=awaited, target=generator.target, statement=statement)


def _is_separate(awaited: ast.Await, target: str, module: Module, project: Project) -> bool:
    """Say whether a coroutine of the module is given the element and constants alone, and itself shares nothing."""
    call, known = awaited.value, names(module)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return False
    bound = known.bindings(call.func.id) if known.resolve(call.func.id, call.func) is known.top else ()
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if len(bound) != 1 or not all(_is_element_or_constant(one, target) for one in given):
        return False
    definition = bound[0]
    is_plain = isinstance(definition, ast.AsyncFunctionDef) and not definition.decorator_list
    return is_plain and not index(project).is_replaced(call.func.id) and not _shares(definition)


def _is_element_or_constant(node: ast.expr, target: str) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id == target)


def _shares(definition: ast.AST) -> bool:
    """Say whether a coroutine holds or changes anything but its own locals, by itself."""
    for node in walk(definition):
        if isinstance(node, _SHARING):
            return True
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            return True
    return False


def _is_held(statement: ast.stmt, caller: ast.AsyncFunctionDef, module: Module) -> bool:
    """Say whether the caller holds something meanwhile, or looks at an error."""
    above, node = parents(module), parents(module)[statement]
    while node is not caller:
        if isinstance(node, ast.With | ast.AsyncWith) or type(node).__name__ in ("Try", "TryStar", "ExceptHandler"):
            return True
        node = above[node]
    return False


def _patch(found: _Sequence, module: Module, project: Project) -> Patch:
    node, known = found.node, names(module)
    reached = reach_module(project, module, node, package="asyncio")
    is_free = all(known.is_free(name) for name in ("at_once", "in_turn")) and known.is_builtin("map", node)
    if reached is None or reached.line is not None or not is_free:
        raise NotSpliceable(f"{module.file}:{node.lineno}: the names it takes are not there")
    if library.is_replaced("asyncio.gather", project) or library.is_replaced("asyncio.Semaphore", project):
        raise NotSpliceable(f"{module.file}:{node.lineno}: a test replaces what it takes")
    written, items = source(module, node), node.generators[0].iter
    if "#" in written or "\n" in written or not is_as_written(module, node):
        raise NotSpliceable(f"{module.file}:{node.lineno}: the list is spread over lines")
    rewrite, asyncio = Rewrite(module), reached.expression
    rewrite.insert_before(
        found.statement,
        f"at_once = {asyncio}.Semaphore({AT_ONCE})\n\nasync def in_turn({found.target.id}):\n    async with at_once:\n"
        f"        return {source(module, found.awaited)}\n\n",
    )
    rewrite.replace(node, f"await {asyncio}.gather(*map(in_turn, {source(module, items)}))")
    return rewrite.patch()
