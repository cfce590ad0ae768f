"""Rules about what is kept in memory for too long, and what makes the garbage collector work."""

import ast
from collections.abc import Iterator

from agents.recipes.functions import functions
from agents.recipes.project import Module
from agents.recipes.scope import names, parameters_of
from agents.recipes.walking import nodes
from agents.scan.model import Example, Place, Rule
from agents.scan.surroundings import calls_of_libraries

_STATIC = frozenset({"classmethod", "staticmethod"})


def _unbounded(module: Module) -> Iterator[Place]:
    for function in functions(module):
        if parameters_of(function.node) and any(_has_no_bound(one, module) for one in function.node.decorator_list):
            seen = f"the cache of `{function.node.name}` has no bound"
            yield Place(line=function.node.lineno, seen=seen, node=function.node)


def _on_methods(module: Module) -> Iterator[Place]:
    for function in functions(module):
        plain = {one.id for one in function.node.decorator_list if isinstance(one, ast.Name)}
        if function.owner is None or plain & _STATIC:
            continue
        if any(_is_cache(one, module) and not _is_accepted(one, module) for one in function.node.decorator_list):
            seen = f"the cache of the method `{function.node.name}` keeps every instance alive"
            yield Place(line=function.node.lineno, seen=seen, node=function.node)


def _is_cache(decorator: ast.expr, module: Module) -> bool:
    cache = decorator.func if isinstance(decorator, ast.Call) else decorator
    return names(module).dotted(cache) in ("functools.cache", "functools.lru_cache")


def _is_accepted(decorator: ast.expr, module: Module) -> bool:
    """Say whether a comment shows that the authors know: linters call it B019 or W1518."""
    line = module.text.splitlines()[decorator.lineno - 1]
    return "B019" in line or "method-cache-max-size-none" in line


def _has_no_bound(decorator: ast.expr, module: Module) -> bool:
    if not _is_cache(decorator, module):
        return False
    if not isinstance(decorator, ast.Call):
        return names(module).dotted(decorator) == "functools.cache"
    sizes = [*decorator.args[:1], *(one.value for one in decorator.keywords if one.arg == "maxsize")]
    return any(isinstance(size, ast.Constant) and size.value is None for size in sizes)


def _finalizers(module: Module) -> Iterator[Place]:
    for node in nodes(module.syntax, ast.FunctionDef):
        if node.name == "__del__":
            yield Place(line=node.lineno, seen="a `__del__`", node=node)


def _collections(module: Module) -> Iterator[Place]:
    for call in calls_of_libraries(module).get("gc.collect", ()):
        yield Place(line=call.lineno, seen="`gc.collect()`", node=call)


RULES = (
    Rule(
        id="unbounded-cache",
        title="A cache grows with every new argument",
        action="give it a `maxsize` near the number of arguments in use",
        confirm="its size after a long run",
        find=_unbounded,
        examples=(
            Example(source="from functools import cache\n@cache\ndef f(a):\n    return a\n", lines=(3,)),
            Example(source="from functools import lru_cache\n@lru_cache\ndef f(a):\n    return a\n", lines=()),
            Example(source="from functools import cache\n@cache\ndef f():\n    return 1\n", lines=()),
        ),
    ),
    Rule(
        id="cached-method",
        title="A cache on a method holds its instances",
        action="keep the cache in the instance, or cache a function of what the result depends on",
        confirm="instances alive at the end",
        find=_on_methods,
        examples=(
            Example(
                source="import functools\nclass A:\n    @functools.lru_cache(9)\n    def f(self):\n        pass\n",
                lines=(4,),
            ),
            Example(
                source="import functools\nclass A:\n    @staticmethod\n    @functools.lru_cache(9)\n"
                "    def f():\n        pass\n",
                lines=(),
            ),
            Example(
                source="import functools\nclass A:\n    @functools.lru_cache(9)  # noqa: B019\n"
                "    def f(self):\n        pass\n",
                lines=(),
            ),
        ),
    ),
    Rule(
        id="finalizer",
        title="Objects are finalized by `__del__`",
        action="use a context manager or `weakref.finalize`; cycles through it are only freed by the collector",
        confirm="the collector's time, and objects in cycles",
        find=_finalizers,
        examples=(
            Example(source="class A:\n    def __del__(self):\n        pass\n", lines=(2,)),
            Example(source="class A:\n    def close(self):\n        pass\n", lines=()),
        ),
    ),
    Rule(
        id="forced-collection",
        title="The garbage collector is run by hand",
        action="take it out, or run it once where much was dropped at once",
        confirm="the collector's share, and the peak without it",
        find=_collections,
        examples=(
            Example(source="import gc\ngc.collect()\n", lines=(2,)),
            Example(source="gc.collect()\n", lines=()),
        ),
    ),
)
