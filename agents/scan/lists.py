"""Rules about long lists asked in a loop for what takes a list a pass over all of it."""

import ast
from collections.abc import Iterator

from agents.recipes.project import Module
from agents.recipes.uses import inserts_first
from agents.recipes.walking import nodes, walk
from agents.scan.amounts import is_long_list
from agents.scan.model import Example, Place, Rule
from agents.scan.repetition import Loop, is_in_every_step, loops_around
from agents.scan.surroundings import binds, calls, dotted, function_around

_SEARCHES = frozenset({"index", "remove"})
_PASSES = frozenset({"min", "max", "sum", "sorted", "any", "all", "list", "set", "tuple", "frozenset", "dict", "map"})
_CONFIRM = "trips of the loop and the length of the list, or a scaling test (`optimize profile --scale`)"


def _searches(module: Module) -> Iterator[Place]:
    """Yield a search of each list in a function, the most repeated: `a.index(x)`, `a.remove(x)`, `x in a`."""
    found: dict[tuple[ast.AST | None, str], tuple[int, Place]] = {}
    for node, searched, seen in sorted(_searched(module), key=lambda one: (one[0].lineno, one[0].col_offset)):
        name = dotted(searched)
        loops = loops_around(node, module) if name else ()
        if not loops or not _is_kept(loops[0], name) or not is_long_list(searched, module):
            continue
        if _gathers_attributes(node, name, module):
            continue
        key, place = (function_around(node, module), name), _place(node, f"{seen} in a loop", searched)
        if key not in found or found[key][0] < len(loops):
            found[key] = (len(loops), place)
    yield from (place for _, place in found.values())


def _place(node: ast.expr | ast.stmt, seen: str, about: ast.expr) -> Place:
    return Place(line=node.lineno, seen=seen, node=node, about=(about,))


def _gathers_attributes(node: ast.AST, name: str, module: Module) -> bool:
    """Say whether a list holds the different values of an attribute of the elements (`one.kind`): they are few."""
    wanted = node.left if isinstance(node, ast.Compare) else None
    if not isinstance(wanted, ast.Attribute):
        return False
    added = [call for call, written in calls(module) if written == f"{name}.append" and call.args]
    return any(dotted(call.args[0]) == dotted(wanted) for call in added)


def _is_kept(loop: Loop, name: str) -> bool:
    """Say whether a list is the same in every step of a loop, and no step goes through all of it in any case."""
    return not binds(loop, name) and not _is_passed_anyway(loop, name)


def _searched(module: Module) -> Iterator[tuple[ast.expr, ast.expr, str]]:
    for call, written in calls(module):
        function, name = call.func, written.rpartition(".")[2]
        if isinstance(function, ast.Attribute) and name in _SEARCHES and len(call.args) == 1 and not call.keywords:
            yield call, function.value, f"`{written[:60]}(…)`"
    for test in nodes(module.syntax, ast.Compare):
        if len(test.ops) == 1 and isinstance(test.ops[0], ast.In | ast.NotIn):
            yield test, test.comparators[0], f"`… in {dotted(test.comparators[0])[:60]}`"


def _is_passed_anyway(loop: Loop, name: str) -> bool:
    """Say whether each step of a loop goes through all of a list in any case: searching it adds no order of growth."""
    header = {id(node) for node in walk(loop.iter)} if isinstance(loop, ast.For | ast.AsyncFor) else set[int]()
    for node in walk(loop):
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension) and node is not loop:
            passed = [one for one in walk(node.iter) if dotted(one) == name]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _PASSES:
            passed = [one for one in node.args if dotted(one) == name]
        elif isinstance(node, ast.Delete):
            passed = [one for one in node.targets if isinstance(one, ast.Subscript) and dotted(one.value) == name]
        else:
            continue
        if any(id(one) not in header for one in passed) and not _is_own(node, loop):
            return True
    return False


def _is_own(node: ast.AST, loop: Loop) -> bool:
    return not isinstance(loop, ast.For | ast.AsyncFor | ast.While) and node in loop.generators


def _queues(module: Module) -> Iterator[Place]:
    """Yield the first `items.pop(0)` or `items.insert(0, x)` in a loop of each list in each function."""
    told: set[tuple[ast.AST | None, str]] = set()
    for call in sorted(nodes(module.syntax, ast.Call), key=lambda one: (one.lineno, one.col_offset)):
        function = call.func
        is_pop = (
            isinstance(function, ast.Attribute) and function.attr == "pop" and list(map(_is_zero, call.args)) == [True]
        )
        if not isinstance(function, ast.Attribute) or not (is_pop or inserts_first(call)):
            continue
        owner, loops = dotted(function.value), loops_around(call, module)
        key = (function_around(call, module), owner)
        if not owner or not loops or key in told or not _is_kept(loops[0], owner):
            continue
        if is_long_list(function.value, module):
            told.add(key)
            yield _place(call, f"`{owner[:60]}.{function.attr}(0…)` in a loop", function.value)


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == 0


def _grown_copies(module: Module) -> Iterator[Place]:
    """Yield `items = items + [x]` in loops."""
    for assign in nodes(module.syntax, ast.Assign):
        value, name = assign.value, dotted(assign.targets[0])
        if not name or len(assign.targets) > 1 or not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add):
            continue
        sides = (value.left, value.right)
        added = [side for side in sides if dotted(side) != name]
        is_growth = len(added) == 1 and isinstance(added[0], ast.List | ast.Tuple | ast.ListComp)
        loops = loops_around(assign, module) if is_growth and is_in_every_step(assign, module) else ()
        if loops and _is_bound_by(assign, loops[0], name):
            yield _place(assign, f"`{name[:60]} = {name[:60]} + […]` in a loop", assign.targets[0])


def _is_bound_by(assign: ast.Assign, loop: Loop, name: str) -> bool:
    """Say whether a loop binds a name by one assignment alone: what it holds grows from step to step."""
    own = {id(node) for target in assign.targets for node in walk(target)}
    bound = [node for node in walk(loop) if isinstance(node, ast.Name | ast.Attribute) and dotted(node) == name]
    first = name.partition(".")[0]
    others = [node for node in bound if not isinstance(node.ctx, ast.Load) and id(node) not in own]
    return not others and (first == name or not binds(loop, first))


RULES = (
    Rule(
        id="search-in-loop",
        title="A list is searched from its start in every step",
        action="keep a set of what is in it, or a dict from element to place",
        confirm=_CONFIRM,
        find=_searches,
        examples=(
            Example(source="def f(a, b):\n    b = list(b)\n    for x in a:\n        b.remove(x)\n", lines=(4,)),
            Example(
                source="def f(a):\n    seen = []\n    for x in a:\n        if x in seen:\n            continue\n"
                "        seen.append(x)\n",
                lines=(4,),
            ),
            Example(
                source="class A:\n    def __init__(self):\n        self.b = list(range(99))\n"
                "    def f(self, a):\n        return [x for x in a if x in self.b]\n",
                lines=(5,),
            ),
            Example(source="def f(a, b):\n    for x in a:\n        b.remove(x)\n", lines=()),
            Example(source="def f(a):\n    b = set(a)\n    for x in a:\n        b.remove(x)\n", lines=()),
            Example(source="def f(a, x):\n    return list(a).index(x)\n", lines=()),
            Example(
                source="def f(a):\n    kinds = []\n    for x in a:\n        if x.kind not in kinds:\n"
                "            kinds.append(x.kind)\n",
                lines=(),
            ),
            Example(source="def f(a):\n    b = ['x', 'y']\n    return [x for x in a if x in b]\n", lines=()),
            Example(
                source="def f(a, b):\n    b = list(b)\n    for x in a:\n        b.remove(min(b))\n",
                lines=(),
            ),
            Example(
                source="def f(a, b):\n    b = list(b)\n    for x in a:\n        if x:\n            b.remove(x)\n"
                "            break\n",
                lines=(),
            ),
        ),
    ),
    Rule(
        id="list-as-queue",
        title="Everything in a list moves up for each element taken or put first",
        action="use collections.deque (popleft, appendleft), walk it with an index, or append and reverse once",
        confirm=_CONFIRM,
        find=_queues,
        examples=(
            Example(
                source="def f(a):\n    a = list(a)\n    while a:\n        x = a.pop(0)\n        g(x)\n", lines=(4,)
            ),
            Example(source="def f(a):\n    b = []\n    for x in a:\n        b.insert(0, x)\n", lines=(4,)),
            Example(source="def f(a):\n    a = list(a)\n    return a.pop(0)\n", lines=()),
            Example(source="def f(a):\n    a = list(a)\n    while a:\n        a.pop()\n", lines=()),
        ),
    ),
    Rule(
        id="grown-copy",
        title="All that was collected is copied to add to it",
        action="append or extend, which copies nothing",
        confirm=_CONFIRM,
        find=_grown_copies,
        examples=(
            Example(source="def f(a):\n    b = []\n    for x in a:\n        b = b + [x]\n", lines=(4,)),
            Example(source="def f(a):\n    for x in a:\n        b = [x]\n        b = b + [x]\n", lines=()),
            Example(source="def f(a):\n    b = []\n    for x in a:\n        b += [x]\n", lines=()),
        ),
    ),
)
