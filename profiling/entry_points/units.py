"""What of an entry point could run beside itself: a call made again and again, or a loop."""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from profiling.entry_points.kinds import Kinds
from profiling.entry_points.rule import entry_of
from profiling.facts import Facts
from profiling.model import FunctionKey
from profiling.profile import Profile, Stack
from profiling.targets import MODULE_BODY

_Repeats = ast.For | ast.AsyncFor | ast.While | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_MOSTLY = 0.5
_LONGEST_TEXT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A function that is called again and again.

    Attributes:
        key: of it; caller: who calls it.
        calls: exact.
        seconds: CPU of one call, all below it included.
    """

    key: FunctionKey
    caller: FunctionKey
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A loop in a function that is called once.

    Attributes:
        key: of the function; line: of the loop, 1-based.
        over: what it goes through, as it stands in the source.
        steps: in one call, in the median; 0 where they were not recorded.
    """

    key: FunctionKey
    line: int
    over: str
    steps: int = 0


def unit_of(profile: Profile, entry: FunctionKey, kinds: Kinds, facts: Facts | None = None) -> Unit | Loop | None:
    """Return the outermost thing that is done again and again where most of an entry point's CPU is; None without one.

    Args:
        profile: of the workload.
        entry: an entry point of it.
        kinds: reads the source.
        facts: of the workload, with the trips of loops that were asked for.
    """
    stacks = stacks_of(profile, entry)
    function, whole_s = entry, sum(stack.cpu_s for stack in stacks)
    seen = {entry}
    while True:
        below = _below(stacks, function)
        callee = max(below, key=lambda key: below[key], default=None)
        if callee is None or callee in seen or below[callee] < _MOSTLY * whole_s:
            return _loop_in(function, kinds, facts)
        calls = _calls(profile, function, callee)
        if calls > 1:
            return Unit(key=callee, caller=function, calls=calls, seconds=below[callee] / calls)
        seen.add(callee)
        function = callee


def stacks_of(profile: Profile, entry: FunctionKey) -> tuple[Stack, ...]:
    """Return the stacks of an entry point.

    Args:
        profile: of the workload.
        entry: an entry point of it.
    """
    roots = frozenset(point.key for point in profile.entry_points if point.loop is not None)
    return tuple(stack for stack in profile.stacks if entry_of(stack.frames, stack.library, roots) == entry)


def shares(stacks: Sequence[Stack], weight: Callable[[Stack], float]) -> dict[FunctionKey, float]:
    """Return the share (0 to 1) of a weight by the innermost function, largest first.

    Args:
        stacks: of an entry point.
        weight: of a stack, not below 0.
    """
    found: defaultdict[FunctionKey, float] = defaultdict(float)
    for stack in stacks:
        found[stack.frames[-1]] += weight(stack)
    whole = sum(found.values())
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return {key: part / whole for key, part in ranked} if whole > 0 else {}


def _below(stacks: Sequence[Stack], function: FunctionKey) -> dict[FunctionKey, float]:
    """Return the CPU seconds of what a function calls."""
    found: defaultdict[FunctionKey, float] = defaultdict(float)
    for stack in stacks:
        if function in stack.frames[:-1]:
            found[stack.frames[stack.frames.index(function) + 1]] += stack.cpu_s
    return found


def _calls(profile: Profile, caller: FunctionKey, callee: FunctionKey) -> int:
    """Return the calls of one function by another; where these are not known, all of its calls."""
    edges = sum(edge.calls for edge in profile.edges if edge.caller == caller and edge.callee == callee)
    return edges or max((one.calls or 0 for one in profile.functions if one.key == callee), default=0)


def _loop_in(function: FunctionKey, kinds: Kinds, facts: Facts | None) -> Loop | None:
    """Return the longest outermost loop of a function."""
    tree = kinds.tree(function.file)
    body = None if tree is None else _definition(tree, function)
    loops = [] if body is None else sorted(_loops(body), key=lambda node: -_lines(node))
    if not loops:
        return None
    over = " ".join(ast.unparse(_source(loops[0])).split())
    asked = f"loop:{function.file}:{loops[0].lineno}:{loops[0].col_offset}"
    seen = facts.loops.get(asked) if facts is not None else None
    steps = seen.p50_trips if seen is not None else 0
    return Loop(key=function, line=loops[0].lineno, over=over[:_LONGEST_TEXT], steps=steps)


def _definition(tree: ast.Module, function: FunctionKey) -> ast.AST | None:
    if function.qualname == MODULE_BODY:
        return tree
    name = function.qualname.rpartition(".")[2]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if first == function.first_line:
                return node
    return None


def _source(loop: _Repeats) -> ast.expr:
    match loop:
        case ast.While():
            return loop.test
        case ast.For() | ast.AsyncFor():
            return loop.iter
        case _:
            return loop.generators[0].iter


def _loops(body: ast.AST) -> Iterator[_Repeats]:
    """Yield the loops and comprehensions that are in no other one and in no function within."""
    for node in ast.iter_child_nodes(body):
        if isinstance(node, _Repeats):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _loops(node)


def _lines(node: _Repeats) -> int:
    return (node.end_lineno or node.lineno) - node.lineno
