"""Rules about work that grows faster than its input: a pass over the data in every step of a pass over the data."""

import ast
from collections.abc import Iterator

from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.recipes.walking import nodes, parents_below
from agents.scan.amounts import is_long_list
from agents.scan.model import Example, Place, Rule
from agents.scan.repetition import loops_around
from agents.scan.surroundings import binds, calls, changes, dotted, function_around

_CONFIRM = "trips of both loops, or a scaling test (`optimize profile --scale`): an exponent near 2"


def _shrinking(module: Module) -> Iterator[Place]:
    """Yield `rest = rest[1:]` in loops that go on while there is a rest."""
    for assign in nodes(module.syntax, ast.Assign):
        value, name = assign.value, dotted(assign.targets[0])
        if not isinstance(value, ast.Subscript) or not isinstance(value.slice, ast.Slice) or len(assign.targets) > 1:
            continue
        if name and name == dotted(value.value) and value.slice.lower and value.slice.upper is None:
            loops = loops_around(assign, module)
            if loops and isinstance(loops[0], ast.While) and _is_length(loops[0].test, name):
                yield Place(
                    line=assign.lineno, seen=f"`{name[:60]} = {name[:60]}[…:]` in a loop", node=assign, about=(value,)
                )


def _is_length(test: ast.expr, name: str) -> bool:
    """Say whether a test asks for nothing but whether something is left, or how much."""
    asked = test.left if isinstance(test, ast.Compare) else test
    if isinstance(asked, ast.Call) and dotted(asked.func) == "len" and len(asked.args) == 1:
        asked = asked.args[0]
    return dotted(asked) == name


def _nested(module: Module) -> Iterator[Place]:
    """Yield loops over a name inside a loop over the same name."""
    for inner in nodes(module.syntax, ast.For):
        outer = next(iter(loops_around(inner, module)), None)
        name = dotted(inner.iter)
        if not name or not isinstance(outer, ast.For) or dotted(outer.iter) != name or _ends_early(inner):
            continue
        if not _is_iterator(inner.iter, module):
            yield Place(line=inner.lineno, seen=f"a loop over `{name[:60]}` in a loop over it", node=inner)


def _ends_early(loop: ast.For) -> bool:
    return isinstance(loop.body[-1], ast.Break | ast.Return)


def _is_iterator(node: ast.expr, module: Module) -> bool:
    """Say whether a name is bound to an iterator: a second loop over it goes on where the first stands."""
    scope = names(module).resolve(node.id, node) if isinstance(node, ast.Name) else None
    above = parents_below(module.syntax)
    bound = names(module).bindings(dotted(node), scope) if scope is not None else ()
    values = [getattr(above.get(binding), "value", None) for binding in bound]
    return any(isinstance(value, ast.Call) and dotted(value.func) == "iter" for value in values)


def _sliced_recursion(module: Module) -> Iterator[Place]:
    """Yield functions that call themselves with a slice of what they were given."""
    for call, written in calls(module):
        if not any(isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Slice) for one in call.args):
            continue
        function = function_around(call, module)
        if function is not None and written in (function.name, f"self.{function.name}"):
            yield Place(line=call.lineno, seen=f"`{function.name}` calls itself with a slice", node=call)


def _passed_up(module: Module) -> Iterator[Place]:
    """Yield generators that hand on what they yield themselves, level by level."""
    for node in nodes(module.syntax, ast.YieldFrom):
        function = function_around(node, module)
        called = node.value.func if isinstance(node.value, ast.Call) else None
        owner, _, name = dotted(called).rpartition(".") if called is not None else ("", "", "")
        if function is not None and name == function.name and not _names_class(called, owner):
            yield Place(line=node.lineno, seen=f"`yield from` of `{function.name}` in itself", node=node)


def _names_class(called: ast.expr | None, owner: str) -> bool:
    """Say whether a method is asked of `super()` or of a class by name: another one than that which asks."""
    return (isinstance(called, ast.Attribute) and isinstance(called.value, ast.Call)) or owner[:1].isupper()


def _sorts(module: Module) -> Iterator[Place]:
    """Yield whole sorts in loops, of something that the loop did not make."""
    for call, written in calls(module):
        is_sorted = written == "sorted" and names(module).is_builtin("sorted", call.func) and call.args
        sorted_one = dotted(call.args[0]) if is_sorted else written.removesuffix(".sort")
        if not sorted_one or (not is_sorted and not written.endswith(".sort")):
            continue
        loops = loops_around(call, module)
        is_known = is_sorted or (isinstance(call.func, ast.Attribute) and is_long_list(call.func.value, module))
        if loops and is_known and not binds(loops[0], sorted_one) and changes(loops[0], sorted_one):
            yield Place(line=call.lineno, seen=f"`{sorted_one[:60]}` is sorted in a loop", node=call, about=(call,))


RULES = (
    Rule(
        id="shrinking-copy",
        title="What is left is copied in every step",
        action="move an index or an iterator instead of copying the rest",
        confirm=_CONFIRM,
        find=_shrinking,
        examples=(
            Example(source="def f(a):\n    while a:\n        a = a[1:]\n", lines=(3,)),
            Example(source="def f(a):\n    a = a[1:]\n    return a\n", lines=()),
            Example(source="def f(a):\n    while a[0] == ' ':\n        a = a[1:]\n", lines=()),
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
            Example(
                source="def f(a):\n    a = iter(a)\n    for x in a:\n        for y in a:\n            g(y)\n", lines=()
            ),
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
            Example(source="def f(a, b):\n    while b:\n        b.pop(g(sorted(b)))\n", lines=(3,)),
            Example(source="def f(a, b):\n    for x in a:\n        g(x, sorted(b))\n", lines=()),
            Example(source="def f(a):\n    for x in a:\n        x.sort()\n", lines=()),
            Example(source="import np\ndef f(a):\n    for x in a:\n        np.sort(x)\n", lines=()),
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
            Example(source="class T(B):\n    def f(self):\n        yield from super().f()\n", lines=()),
        ),
    ),
)
