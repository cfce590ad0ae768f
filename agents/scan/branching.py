"""Rules about decisions that are made anew for each element, and about objects that hold each other."""

import ast
from collections.abc import Iterator, Sequence

from agents.recipes.project import Module
from agents.recipes.walking import nodes
from agents.scan.model import Example, Place, Rule
from agents.scan.repetition import loops_around
from agents.scan.surroundings import calls_as_written, dotted, function_around

CHAIN = 4
"""Tests of one value's type, from which on a table of functions is shorter."""
_FILLING, _FILLED = 2, 2
_MOST_TRIED = 2
_DEFAULTS = ast.Constant | ast.Name | ast.List | ast.Dict
_CAUGHT = frozenset({"AttributeError", "IndexError", "KeyError", "StopIteration", "TypeError", "ValueError"})


def _caught(module: Module) -> Iterator[Place]:
    """Yield small `try` statements in loops that go on after what they catch."""
    for node in nodes(module.syntax, ast.Try):
        if len(node.body) > _MOST_TRIED or node.finalbody or not node.handlers:
            continue
        kinds = [kind for handler in node.handlers for kind in _kinds(handler)]
        if set(kinds) <= _CAUGHT and all(map(_goes_on, node.handlers)) and loops_around(node, module):
            yield Place(line=node.lineno, seen=f"`except {', '.join(kinds)[:60]}` in a loop goes on", node=node)


def _kinds(handler: ast.ExceptHandler) -> list[str]:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [dotted(kind) if kind is not None else "" for kind in kinds]


def _goes_on(handler: ast.ExceptHandler) -> bool:
    (first, *more) = handler.body
    is_default = isinstance(first, ast.Assign) and isinstance(
        first.value, ast.Constant | ast.Name | ast.List | ast.Dict
    )
    return not more and (isinstance(first, ast.Pass | ast.Continue) or is_default)


def _type_chains(module: Module) -> Iterator[Place]:
    """Yield chains of tests of one value's type."""
    for length, name, node, _ in _chains(module):
        if length >= CHAIN:
            yield Place(line=node.lineno, seen=f"the kind of `{name[:60]}` is asked {length} times", node=node)


def _kinds_of_one(module: Module) -> Iterator[Place]:
    """Yield chains whose branches fill in attributes of one object by its kind."""
    for _, name, node, branches in _chains(module):
        filled = [branch for branch in branches if _most_stores(branch) >= _FILLED]
        if len(filled) >= _FILLING:
            seen = f"{len(filled)} branches by the kind of `{name[:60]}` fill in attributes of one object"
            yield Place(line=node.lineno, seen=seen, node=node)


def _chains(module: Module) -> Iterator[tuple[int, str, ast.If, list[list[ast.stmt]]]]:
    """Yield each `if`/`elif` chain on one value's kind: tests, the value, the statement, the branches."""
    tests = nodes(module.syntax, ast.If)
    inner = {id(node.orelse[0]) for node in tests if len(node.orelse) == 1}
    for node in tests:
        name = "" if id(node) in inner else _asked_kind(node.test)
        if not name:
            continue
        branches, step = [node.body], node
        while len(step.orelse) == 1 and isinstance(step.orelse[0], ast.If) and _asked_kind(step.orelse[0].test) == name:
            step = step.orelse[0]
            branches.append(step.body)
        yield len(branches), name, node, branches


def _asked_kind(test: ast.expr) -> str:
    """Return whose kind a test asks for: `isinstance(x, …)`, `x.type == …`, `type(x) is …`; empty for others."""
    if isinstance(test, ast.Call):
        return dotted(test.args[0]) if dotted(test.func) == "isinstance" and len(test.args) == 2 else ""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq | ast.Is):
        return ""
    left = test.left
    if isinstance(left, ast.Call):
        return dotted(left.args[0]) if dotted(left.func) == "type" and len(left.args) == 1 else ""
    owner, _, name = dotted(left).rpartition(".")
    return owner if name in {"kind", "type"} else ""


def _most_stores(branch: Sequence[ast.stmt]) -> int:
    stored: dict[str, set[str]] = {}
    for statement in branch:
        for node in nodes(statement, ast.Attribute):
            if isinstance(node.ctx, ast.Store) and dotted(node.value):
                stored.setdefault(dotted(node.value), set()).add(node.attr)
    return max((len(attributes) for attributes in stored.values()), default=0)


def _circles(module: Module) -> Iterator[Place]:
    """Yield where two objects come to hold each other: `b.parent = self` beside `self.children.append(b)`."""
    pairs = {(function_around(node, module), *pair): node for pair, node in _held(module)}
    for (function, holder, held), node in pairs.items():
        back = pairs.get((function, held, holder))
        if back is not None and holder < held:
            seen = f"`{holder[:40]}` and `{held[:40]}` hold each other"
            yield Place(line=min(node.lineno, back.lineno), seen=seen, node=node)


def _held(module: Module) -> Iterator[tuple[tuple[str, str], ast.stmt | ast.expr]]:
    """Yield who holds whom: by an attribute, or in a list that is one."""
    for assign in nodes(module.syntax, ast.Assign):
        held = assign.value.id if isinstance(assign.value, ast.Name) else ""
        for target in assign.targets if held else ():
            owner = dotted(target.value) if isinstance(target, ast.Attribute) else ""
            if owner and owner != held and "." not in owner:
                yield (owner, held), assign
    for written, calls in calls_as_written(module).items():
        owner, _, name = written.rpartition(".")
        if name not in {"add", "append"} or owner.count(".") != 1:
            continue
        for call in calls:
            held = call.args[0].id if len(call.args) == 1 and isinstance(call.args[0], ast.Name) else ""
            if held and owner.partition(".")[0] != held:
                yield (owner.partition(".")[0], held), call


RULES = (
    Rule(
        id="exception-in-loop",
        title="An exception decides what a loop does",
        action="ask first (`get`, `in`, a sentinel) if it is often raised; where nothing is, `try` costs nothing",
        confirm="in how many of the steps it is raised",
        find=_caught,
        examples=(
            Example(
                source="def f(a):\n    for x in a:\n        try:\n            n = int(x)\n"
                "        except ValueError:\n            continue\n",
                lines=(3,),
            ),
            Example(
                source="def f(a):\n    for x in a:\n        try:\n            n = int(x)\n"
                "        except ValueError:\n            raise TypeError\n",
                lines=(),
            ),
        ),
    ),
    Rule(
        id="type-chain",
        title="The kind of one value is asked again and again",
        action="ask once: a dict of functions by `type(value)`, `functools.singledispatch`, or a method of the values",
        confirm="how often each branch is taken",
        find=_type_chains,
        examples=(
            Example(
                source="if isinstance(a, A):\n    pass\n"
                + "".join(f"elif isinstance(a, {name}):\n    pass\n" for name in "BCD"),
                lines=(1,),
            ),
            Example(source="if isinstance(a, A):\n    pass\nelif isinstance(a, B):\n    pass\n", lines=()),
        ),
    ),
    Rule(
        id="kind-branches",
        title="One class does the work of several kinds",
        action="make a class of each kind, whose instances hold what they need, or a table of functions",
        confirm="how often each branch is taken",
        find=_kinds_of_one,
        examples=(
            Example(
                source="def f(n, o):\n    if n.type == 1:\n        o.a = 1\n        o.b = 2\n"
                "    elif n.type == 2:\n        o.a = 3\n        o.c = 4\n",
                lines=(2,),
            ),
            Example(source="def f(n, o):\n    if n.type == 1:\n        o.a = 1\n        o.b = 2\n", lines=()),
        ),
    ),
    Rule(
        id="parent-reference",
        title="Objects hold each other, so that only the garbage collector frees them",
        action="hold the one that is above by `weakref`, or take it out when it is done with",
        confirm="the collector's time in its oldest generation, and objects freed by it",
        find=_circles,
        examples=(
            Example(
                source="class A:\n    def add(self, b):\n        self.all.append(b)\n        b.parent = self\n",
                lines=(3,),
            ),
            Example(source="class A:\n    def add(self, b):\n        self.all.append(b)\n", lines=()),
        ),
    ),
)
