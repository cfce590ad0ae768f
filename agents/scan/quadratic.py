"""Rules about work that grows faster than its input: a pass over the data in every step of a pass over the data."""

import ast
from collections.abc import Iterator

from agents.recipes.once import once
from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.recipes.walking import nodes, walk
from agents.scan.model import Example, Place, Rule
from agents.scan.surroundings import calls, dotted, function_around, is_repeated, loop_around

_CONFIRM = "trips of both loops, or a scaling test (`optimize profile --scale`): an exponent near 2"
_SEARCHES = frozenset({"index", "remove"})


def _searches(module: Module) -> Iterator[Place]:
    """Yield `items.index(x)` and `items.remove(x)` in loops."""
    for call, written in calls(module):
        owner, _, name = written.rpartition(".")
        is_search = bool(owner) and name in _SEARCHES and len(call.args) == 1 and not call.keywords
        is_search = is_search and owner.partition(".")[0] not in _imported(module)
        if is_search and not isinstance(call.args[0], ast.Constant) and is_repeated(call, module):
            yield Place(line=call.lineno, seen=f"`{written[:60]}(…)` in a loop", node=call)


@once
def _imported(module: Module) -> frozenset[str]:
    """Return the names that imports bind anywhere in a module: `os.remove` searches no list."""
    aliases = [alias for node in nodes(module.syntax, ast.Import) for alias in node.names]
    aliases += [alias for node in nodes(module.syntax, ast.ImportFrom) for alias in node.names]
    return frozenset(alias.asname or alias.name.partition(".")[0] for alias in aliases)


def _shrinking(module: Module) -> Iterator[Place]:
    """Yield `rest = rest[1:]` in loops."""
    for assign in nodes(module.syntax, ast.Assign):
        value, target = assign.value, assign.targets[0]
        if not isinstance(value, ast.Subscript) or not isinstance(value.slice, ast.Slice) or len(assign.targets) > 1:
            continue
        name = dotted(target)
        if name and name == dotted(value.value) and value.slice.lower and loop_around(assign, module):
            yield Place(line=assign.lineno, seen=f"`{name[:60]} = {name[:60]}[…:]` in a loop", node=assign)


def _nested(module: Module) -> Iterator[Place]:
    """Yield loops over a name inside a loop over the same name."""
    for inner in nodes(module.syntax, ast.For):
        outer = loop_around(inner, module)
        name = dotted(inner.iter)
        if name and isinstance(outer, ast.For) and dotted(outer.iter) == name and not _ends_early(inner):
            yield Place(line=inner.lineno, seen=f"a loop over `{name[:60]}` in a loop over it", node=inner)


def _ends_early(loop: ast.For) -> bool:
    return isinstance(loop.body[-1], ast.Break | ast.Return)


def _sliced_recursion(module: Module) -> Iterator[Place]:
    """Yield functions that call themselves with a slice of what they were given."""
    for call, written in calls(module):
        function = function_around(call, module)
        if function is None or written not in (function.name, f"self.{function.name}"):
            continue
        if any(isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Slice) for one in call.args):
            yield Place(line=call.lineno, seen=f"`{function.name}` calls itself with a slice", node=call)


def _passed_up(module: Module) -> Iterator[Place]:
    """Yield generators that hand on what they yield themselves, level by level."""
    for node in nodes(module.syntax, ast.YieldFrom):
        function = function_around(node, module)
        called = node.value.func if isinstance(node.value, ast.Call) else None
        if function is not None and called is not None and dotted(called).rpartition(".")[2] == function.name:
            yield Place(line=node.lineno, seen=f"`yield from` of `{function.name}` in itself", node=node)


def _sorts(module: Module) -> Iterator[Place]:
    """Yield whole sorts in loops, of something that the loop did not make."""
    for call, written in calls(module):
        is_sorted = written == "sorted" and names(module).is_builtin("sorted", call.func) and call.args
        sorted_one = dotted(call.args[0]) if is_sorted else written.removesuffix(".sort")
        if not sorted_one or (not is_sorted and not written.endswith(".sort")):
            continue
        loop = loop_around(call, module)
        if loop is not None and sorted_one.partition(".")[0] not in _bound(loop):
            yield Place(line=call.lineno, seen=f"`{sorted_one[:60]}` is sorted in a loop", node=call)


def _bound(loop: ast.AST) -> frozenset[str]:
    """Return the names that a loop binds."""
    return frozenset(
        node.id for node in walk(loop) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )


RULES = (
    Rule(
        id="search-in-loop",
        title="A list is searched from its start in every step",
        action="keep a dict from element to place, or a set of what is left",
        confirm=_CONFIRM,
        find=_searches,
        examples=(
            Example(source="def f(a, b):\n    for x in a:\n        b.remove(x)\n", lines=(3,)),
            Example(source="import os\ndef f(a):\n    for x in a:\n        os.remove(x)\n", lines=()),
            Example(source="def f(a, x):\n    return a.index(x)\n", lines=()),
            Example(source="def f(lines):\n    return [line.index(':') for line in lines]\n", lines=()),
        ),
    ),
    Rule(
        id="shrinking-copy",
        title="What is left is copied in every step",
        action="move an index or an iterator instead of copying the rest",
        confirm=_CONFIRM,
        find=_shrinking,
        examples=(
            Example(source="def f(a):\n    while a:\n        a = a[1:]\n", lines=(3,)),
            Example(source="def f(a):\n    a = a[1:]\n    return a\n", lines=()),
        ),
    ),
    Rule(
        id="same-loop-twice",
        title="Every element is compared with every other",
        action="group the elements by what is compared (a dict of lists), or sort once and look at neighbours",
        confirm=_CONFIRM,
        find=_nested,
        examples=(
            Example(source="def f(a):\n    for x in a:\n        for y in a:\n            print(x, y)\n", lines=(3,)),
            Example(source="def f(a, b):\n    for x in a:\n        for y in b:\n            print(x, y)\n", lines=()),
        ),
    ),
    Rule(
        id="sort-in-loop",
        title="The same data is sorted in every step",
        action="sort once and insert in order (bisect), or keep a heap",
        confirm=_CONFIRM,
        find=_sorts,
        examples=(
            Example(source="def f(a, b):\n    for x in a:\n        b.append(x)\n        b.sort()\n", lines=(4,)),
            Example(source="def f(a):\n    for x in a:\n        x.sort()\n", lines=()),
        ),
    ),
    Rule(
        id="sliced-recursion",
        title="Every call copies the rest of its input",
        action="pass the whole and an index, or write a loop",
        confirm="the depth of the recursion, and the exponent of a scaling test",
        find=_sliced_recursion,
        examples=(
            Example(source="def f(a):\n    return f(a[1:]) if a else 0\n", lines=(2,)),
            Example(source="def f(a):\n    return g(a[1:]) if a else 0\n", lines=()),
        ),
    ),
    Rule(
        id="nested-generators",
        title="Every element passes through as many generators as it is deep",
        action="walk with one stack of your own instead of `yield from` in a recursion",
        confirm="depths of 50 and more",
        find=_passed_up,
        examples=(
            Example(source="class T:\n    def f(self):\n        yield from self.left.f()\n", lines=(3,)),
            Example(source="def f(a):\n    yield from g(a)\n", lines=()),
        ),
    ),
)
