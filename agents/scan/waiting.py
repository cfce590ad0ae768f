"""Rules about coroutines that wait one after the other, or all at once without a bound."""

import ast
from collections.abc import Iterator

from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.recipes.walking import nodes
from agents.scan.model import Example, Place, Rule
from agents.scan.repetition import loops_around
from agents.scan.surroundings import calls_of_libraries, dotted

_CACHES = frozenset({"functools.cache", "functools.lru_cache"})


def _one_by_one(module: Module) -> Iterator[Place]:
    for node in nodes(module.syntax, ast.Await):
        loops = loops_around(node, module)
        if loops and isinstance(loops[0], ast.For) and isinstance(node.value, ast.Call):
            yield Place(line=node.lineno, seen=f"`await {dotted(node.value.func)[:60]}(…)` in a loop", node=node)


def _all_at_once(module: Module) -> Iterator[Place]:
    for call in calls_of_libraries(module).get("asyncio.gather", ()):
        if any(isinstance(argument, ast.Starred) for argument in call.args):
            yield Place(line=call.lineno, seen="`asyncio.gather(*…)` of any number", node=call)


def _cached(module: Module) -> Iterator[Place]:
    for function in nodes(module.syntax, ast.AsyncFunctionDef):
        for decorator in function.decorator_list:
            cache = decorator.func if isinstance(decorator, ast.Call) else decorator
            if names(module).dotted(cache) in _CACHES:
                seen = f"the coroutine `{function.name}` is cached, which keeps a coroutine that was awaited already"
                yield Place(line=function.lineno, seen=seen, node=function)


RULES = (
    Rule(
        id="sequential-awaits",
        title="Independent operations wait for each other",
        action="run several at a time under a bound (a semaphore, a task group), if none needs the one before",
        confirm="the latency of one, and that they hardly overlap",
        find=_one_by_one,
        examples=(
            Example(source="async def f(a):\n    for x in a:\n        await g(x)\n", lines=(3,)),
            Example(source="async def f(a):\n    async for x in a:\n        await g(x)\n", lines=()),
        ),
    ),
    Rule(
        id="unbounded-gather",
        title="Any number of operations is started at once",
        action="bound them with a semaphore or a task group over a queue",
        confirm="the most that were in flight, and memory",
        find=_all_at_once,
        examples=(
            Example(source="import asyncio\nasync def f(a):\n    await asyncio.gather(*a)\n", lines=(3,)),
            Example(source="import asyncio\nasync def f(a, b):\n    await asyncio.gather(a, b)\n", lines=()),
        ),
    ),
    Rule(
        id="cached-coroutine",
        title="A cache holds coroutines instead of their results",
        action="cache the awaited result (a task, or a cache made for coroutines)",
        confirm="a second call with the same arguments",
        find=_cached,
        examples=(
            Example(source="import functools\n@functools.cache\nasync def f(a):\n    return a\n", lines=(3,)),
            Example(source="import functools\n@functools.cache\ndef f(a):\n    return a\n", lines=()),
        ),
    ),
)
