"""Rules about code too large to be seen through, where a hot path can't be told from a cold one."""

import ast
from collections import Counter
from collections.abc import Iterator

from agents.recipes.functions import functions
from agents.recipes.project import Module
from agents.recipes.walking import nodes
from agents.scan.model import Example, Place, Rule
from agents.scan.surroundings import function_around

FILE_LINES, LINES, BRANCHES, CHAIN = 400, 100, 15, 4
"""Longest file and function, most branches in one, and longest chain of comparisons of one value with constants: above
the second lie 69 functions in 100,000 lines of 30 packages, above the third 92, and 9 chains are as long as the
fourth."""
_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.comprehension, ast.Assert)


def _large(module: Module) -> Iterator[Place]:
    lines = module.text.count("\n")
    if lines > FILE_LINES:
        seen = f"{lines} lines, {len(functions(module))} functions"
        yield Place(line=1, seen=seen, node=module.syntax)


def _long(module: Module) -> Iterator[Place]:
    for function in functions(module):
        lines = (function.node.end_lineno or function.node.lineno) - function.node.lineno + 1
        if lines > LINES:
            yield Place(line=function.node.lineno, seen=f"`{function.node.name}` has {lines} lines", node=function.node)


def _branching(module: Module) -> Iterator[Place]:
    branches = Counter(function_around(node, module) for node in nodes(module.syntax, *_BRANCHES))
    for operation in nodes(module.syntax, ast.BoolOp):
        branches[function_around(operation, module)] += len(operation.values) - 1
    for case in nodes(module.syntax, ast.match_case):
        branches[function_around(case, module)] += not isinstance(case.pattern, ast.MatchAs)
    for function in functions(module):
        found = 1 + branches[function.node]
        if found > BRANCHES:
            seen = f"`{function.node.name}` has a complexity of {found}"
            yield Place(line=function.node.lineno, seen=seen, node=function.node)


def _chains(module: Module) -> Iterator[Place]:
    inner = {id(node.orelse[0]) for node in nodes(module.syntax, ast.If) if len(node.orelse) == 1}
    for node in nodes(module.syntax, ast.If):
        compared = _compared(node)
        if id(node) in inner or compared is None:
            continue
        length, step = 1, node
        while len(step.orelse) == 1 and isinstance(step.orelse[0], ast.If) and _compared(step.orelse[0]) == compared:
            length, step = length + 1, step.orelse[0]
        if length >= CHAIN:
            yield Place(line=node.lineno, seen=f"`{compared[:60]}` is compared with {length} constants", node=node)


def _compared(node: ast.If) -> str | None:
    """Return what a test compares with a constant, as written."""
    test = node.test
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq | ast.Is):
        return None
    is_plain = isinstance(test.left, ast.Name | ast.Attribute) and isinstance(test.comparators[0], ast.Constant)
    return ast.unparse(test.left) if is_plain else None


RULES = (
    Rule(
        id="large-file",
        title="A file too large to be seen through",
        action="split it by what is used together; what few programs need is then not imported by all",
        confirm="the file's import time, and which of its functions run",
        find=_large,
        examples=(
            Example(source="pass\n" * (FILE_LINES + 1), lines=(1,)),
            Example(source="pass\n" * FILE_LINES, lines=()),
        ),
    ),
    Rule(
        id="long-function",
        title="A function too long to be seen through",
        action="move what runs rarely into functions of its own, then look at what is left",
        confirm="lines of it that hold the time (`optimize profile --deep line`)",
        find=_long,
        examples=(
            Example(source="def f():\n" + "    pass\n" * LINES, lines=(1,)),
            Example(source="def f():\n" + "    pass\n" * (LINES - 1), lines=()),
        ),
    ),
    Rule(
        id="many-branches",
        title="A function with many branches",
        action="decide once outside of the loop, or take the cold branches out",
        confirm="how often each branch is taken",
        find=_branching,
        examples=(
            Example(source="def f(a):\n" + "    if a: pass\n" * BRANCHES, lines=(1,)),
            Example(source="def f(a):\n" + "    if a: pass\n" * (BRANCHES - 1), lines=()),
        ),
    ),
    Rule(
        id="constant-chain",
        title="One value is compared with constant after constant",
        action="look it up in a dict of functions, or order the tests by how often they are true",
        confirm="which branch is taken how often",
        find=_chains,
        examples=(
            Example(
                source="if a == 1:\n    pass\n" + "".join(f"elif a == {n}:\n    pass\n" for n in (2, 3, 4)), lines=(1,)
            ),
            Example(source="if a == 1:\n    pass\nelif a == 2:\n    pass\nelif b:\n    pass\n", lines=()),
        ),
    ),
)
