"""Which loops run a place again and again: not those that it leaves, passes once, or that take a handful of steps."""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import get_args

from agents.recipes.functions import FunctionNode
from agents.recipes.once import once
from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.recipes.walking import nodes, parents_below, walk
from agents.scan.amounts import is_few

Loop = ast.For | ast.AsyncFor | ast.While | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_Statement = ast.For | ast.AsyncFor | ast.While
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_SCOPES = (*get_args(FunctionNode), ast.Lambda, ast.ClassDef)
_STATEMENTS: tuple[type[ast.stmt], ...] = tuple(ast.stmt.__subclasses__())
_SLOW_BUILTINS = frozenset({"print", "open", "input", "compile", "eval", "exec", "__import__"})
_LOGS = frozenset({"critical", "debug", "error", "exception", "info", "log", "verbose", "warn", "warning"})
_EXPECTED = frozenset({"StopIteration", "KeyError", "IndexError"})
"""Exceptions that programs end a look-up with; handlers of others are error paths."""


def loops_around(node: ast.AST, module: Module) -> tuple[Loop, ...]:
    """Return the loops of its function that run a node again and again, the innermost first.

    A loop does not count when it takes a handful of steps, or runs the node at most once: the node's block ends with a
    `break` or `return`, stands under a flag that it sets itself, or handles an exception.
    """
    found: list[Loop] = []
    breaks, lower = False, node
    for below, step in _steps_up(node, module):
        if isinstance(step, ast.ExceptHandler) and not _is_expected(step):
            return ()
        if isinstance(below, ast.stmt):
            ending = _ending(below, step)
            if ending is ast.Return or _is_latched(below, step):
                break
            breaks = breaks or ending is ast.Break
        if isinstance(step, _Comprehension) and _is_evaluated_again(step, below, lower, module):
            found.append(step)
        elif isinstance(step, _Statement):
            found += [step] if not breaks and _runs(step, below, module) else []
            breaks = breaks and below in step.orelse
        lower = below
    return tuple(found)


def is_in_every_step(node: ast.AST, module: Module) -> bool:
    """Say whether the innermost loop around a node reaches it in every step that runs to its end."""
    for below, step in _steps_up(node, module):
        if isinstance(step, _Statement | _Comprehension):
            return True
        if isinstance(step, ast.If | ast.IfExp) and below is not step.test:
            return False
        if isinstance(step, ast.ExceptHandler | ast.match_case):
            return False
    return False


def is_light(loop: Loop, place: ast.AST, module: Module) -> bool:
    """Say whether nothing else in a step of a loop seems to cost more than a pass over something.

    It calls no function of the program, and no method of the elements with others; it prints and opens nothing, waits
    for nothing, and holds no loop beside that of the place.
    """
    elements = {name.id for one in loops_around(place, module) for name in _targets(one)}
    parts = [node for part in _repeated_parts(loop, place) for node in walk(part)]
    return not any(_is_heavy(node, place, module) or _asks_element(node, elements) for node in parts)


def _targets(loop: Loop) -> Iterator[ast.Name]:
    """Yield the names that a loop gives its elements."""
    own = [loop] if isinstance(loop, ast.For | ast.AsyncFor) else getattr(loop, "generators", [])
    for one in own:
        yield from nodes(one.target, ast.Name)


def _asks_element(node: ast.AST, elements: Collection[str]) -> bool:
    """Say whether a node calls a method of an element with another one: `one.matches(other)`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    given = {one.id for one in node.args if isinstance(one, ast.Name)}
    return isinstance(node.func.value, ast.Name) and node.func.value.id in elements and not given.isdisjoint(elements)


def _repeated_parts(loop: Loop, place: ast.AST) -> Sequence[ast.AST]:
    """Return what every step evaluates: of a comprehension its conditions, all of it when the place is not there."""
    if isinstance(loop, _Statement):
        return loop.body
    conditions = [condition for generator in loop.generators for condition in generator.ifs]
    if any(place in walk(condition) for condition in conditions):
        return conditions
    return [loop]


def _is_heavy(node: ast.AST, place: ast.AST, module: Module) -> bool:
    if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
        return isinstance(node, ast.Await)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            return node.func.attr in _LOGS
        named = node.func.id if isinstance(node.func, ast.Name) else ""
        return bool(named) and (named in _SLOW_BUILTINS or not names(module).is_builtin(named, node.func))
    if isinstance(node, _Statement):
        return place not in walk(node)
    return isinstance(node, _Comprehension) and place not in walk(node)


def statement_at(line: int, module: Module) -> ast.stmt | None:
    """Return the innermost statement that holds a line."""
    found: ast.stmt | None = None
    for first, last, statement in _statements(module):
        if first > line:
            break
        if line <= last:
            found = statement
    return found


@once
def _statements(module: Module) -> tuple[tuple[int, int, ast.stmt], ...]:
    """Return every statement with its lines, those around others first."""
    every = nodes(module.syntax, *_STATEMENTS)
    lines = [(node.lineno, node.end_lineno or node.lineno, node) for node in every]
    return tuple(sorted(lines, key=lambda one: (one[0], -one[1])))


def _steps_up(node: ast.AST, module: Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield each node with the one right above it, up to the function, lambda or class around."""
    above: Mapping[ast.AST, ast.AST] = parents_below(module.syntax)
    below, step = node, above.get(node)
    while step is not None and not isinstance(step, _SCOPES):
        yield below, step
        below, step = step, above.get(step)
    if isinstance(step, FunctionNode) and isinstance(below, ast.stmt):
        yield below, step


def _runs(loop: _Statement, below: ast.AST, module: Module) -> bool:
    """Say whether a loop runs what stands in this part of it in each of its many steps."""
    if isinstance(loop, ast.While):
        return below not in loop.orelse
    return below in loop.body and not is_few(loop.iter, module)


def _is_evaluated_again(comprehension: _Comprehension, part: ast.AST, lower: ast.AST, module: Module) -> bool:
    """Say whether a comprehension evaluates again and again what stands in one of its parts, there in `lower`."""
    repeating = comprehension.generators
    if isinstance(part, ast.comprehension):
        place = repeating.index(part)
        repeating = repeating[: place if lower is part.iter else place + 1]
    return any(not is_few(one.iter, module) for one in repeating)


def _block(statement: ast.stmt, holder: ast.AST) -> Sequence[ast.stmt]:
    """Return the statements that a statement stands among."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(holder, name, None)
        if isinstance(block, list) and statement in block:
            return block
    return ()


def _ending(statement: ast.stmt, holder: ast.AST) -> type[ast.stmt] | None:
    """Return `Return` or `Break` when what follows a statement in its block surely leaves its function or loop."""
    block = _block(statement, holder)
    if not block or isinstance(holder, _SCOPES):
        return None
    rest = block[block.index(statement) :]
    if any(isinstance(node, ast.Continue) for one in rest for node in walk(one)):
        return None
    if isinstance(rest[-1], ast.Return | ast.Raise):
        return ast.Return
    return ast.Break if isinstance(rest[-1], ast.Break) else None


def _is_latched(statement: ast.stmt, holder: ast.AST) -> bool:
    """Say whether a block sets the flag to a constant that its own `if` asks for: it runs once."""
    if not isinstance(holder, ast.If) or statement not in holder.body:
        return False
    asked = {ast.unparse(node) for node in walk(holder.test) if isinstance(node, ast.Name | ast.Attribute)}
    set_here = [one for one in holder.body if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant)]
    return any(ast.unparse(target) in asked for one in set_here for target in one.targets)


def _is_expected(handler: ast.ExceptHandler) -> bool:
    named = nodes(handler.type, ast.Name) if handler.type is not None else ()
    return any(name.id in _EXPECTED for name in named)
