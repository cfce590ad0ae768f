"""Calls in a loop that give the same in every turn and may be made before it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.recipes.first_evaluated import is_evaluated_first
from agents.recipes.functions import FunctionNode, own
from agents.recipes.kinds import Kind
from agents.recipes.project import Module, Project
from agents.recipes.purity import purities
from agents.recipes.quiet import changes_nothing, is_held_locally
from agents.recipes.scope import names
from agents.recipes.summary import Definition, Purity
from agents.recipes.tables import parents
from agents.recipes.uses import UseKind, is_bound_before, reads_its_frame, uses
from agents.recipes.walking import children, walk

_READING = frozenset({UseKind.LENGTH, UseKind.TRUTH, UseKind.ITERATE, UseKind.PROBE, UseKind.INDEX})
_HARMLESS_PARENTS = (ast.BinOp, ast.Compare, ast.FormattedValue, ast.Subscript, ast.UnaryOp)
_LATER = (ast.Lambda, ast.GeneratorExp, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SUSPENDING = (ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """A call in a loop that gives the same in every turn.

    Attributes:
        loop: what it is moved out of.
        calls: the equal calls in it, first one first.
        name: of the local that takes the value.
        guard: the list whose emptiness decides whether the call is made at all; empty when that does not matter.
        operands: the arguments that must have been seen to be immutable.
        callee: the project function, None for `len`.
    """

    loop: ast.For
    calls: tuple[ast.Call, ...]
    name: str
    guard: str
    operands: tuple[ast.Name, ...]
    callee: Definition | None


def invariants(function: FunctionNode, module: Module, project: Project) -> Iterator[Invariant]:
    """Yield the invariant calls of a function, each once, with the outermost loop it can leave."""
    loops = own(function, ast.For)
    if not loops or reads_its_frame(function, module):
        return
    taken: set[ast.Call] = set()
    for loop in loops:
        for calls in _equal_calls(loop, function, module).values():
            if calls[0] in taken:
                continue
            found = _invariant(calls, loop, function, module, project)
            if found is not None:
                taken.update(calls)
                yield found


def _equal_calls(loop: ast.For, function: FunctionNode, module: Module) -> Mapping[tuple[str, ...], list[ast.Call]]:
    """Return the calls in a loop's body with only local names and constants as operands, equal ones together."""
    found: dict[tuple[str, ...], list[ast.Call]] = {}
    for statement in loop.body:
        for call in run_at_once(statement):
            if _has_plain_operands(call, function, module):
                found.setdefault(_look(call), []).append(call)
    for calls in found.values():
        calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return found


def _look(call: ast.Call) -> tuple[str, ...]:
    """Return what equal calls without keywords have in common."""
    return tuple(one.id if isinstance(one, ast.Name) else ast.dump(one) for one in (call.func, *call.args))


def run_at_once(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that are made when a node is, not those of functions and generators made in it."""
    waiting = [node]
    while waiting:
        step = waiting.pop()
        if isinstance(step, _LATER):
            continue
        if isinstance(step, ast.Call):
            yield step
        waiting += reversed(children(step))


def _has_plain_operands(call: ast.Call, function: FunctionNode, module: Module) -> bool:
    known = names(module)
    return not call.keywords and all(
        isinstance(operand, ast.Constant)
        or (isinstance(operand, ast.Name) and known.resolve(operand.id, operand) is known.inside(function))
        for operand in call.args
    )


def _invariant(
    calls: list[ast.Call], loop: ast.For, function: FunctionNode, module: Module, project: Project
) -> Invariant | None:
    call = calls[0]
    name = _free_name(call, module)
    if name is None:
        return None
    if _is_length_of_own_list(call, loop, function, module):
        return Invariant(loop=loop, calls=tuple(calls), name=name, guard="", operands=(), callee=None)
    operands = tuple({operand.id: operand for operand in call.args if isinstance(operand, ast.Name)}.values())
    # An operand may be an object that something else changes meanwhile.
    if operands and not all(changes_nothing(each, function, module, project, frozenset(calls)) for each in loop.body):
        return None
    suspends = any(isinstance(node, _SUSPENDING) for node in walk(loop))
    if suspends or not all(_stays(operand.id, loop, calls, function, module) for operand in operands):
        return None
    guard = _guard(loop, call, function, module)
    callee = None if guard is None or _is_len(call, module) else pure_callee(call, module, project)
    if guard is None or (callee is None and not _is_len(call, module)):
        return None
    return Invariant(loop=loop, calls=tuple(calls), name=name, guard=guard, operands=operands, callee=callee)


def _is_length_of_own_list(call: ast.Call, loop: ast.For, function: FunctionNode, module: Module) -> bool:
    """Say whether it is `len` of a list bound before the loop and not changed in it: that can't raise."""
    operand = call.args[0] if _is_len(call, module) else None
    if not isinstance(operand, ast.Name) or not is_held_locally(function, operand.id, module):
        return False
    found = uses(function, operand.id, lambda builtin: names(module).is_builtin(builtin, function.body[0]))
    inside = set(walk(loop))
    only_read = all(use.kind in _READING for use in found if use.node in inside)
    return only_read and is_bound_before(loop, found, function)


def _stays(name: str, loop: ast.For, calls: list[ast.Call], function: FunctionNode, module: Module) -> bool:
    """Say whether a loop neither rebinds an operand nor does more than compute with it."""
    known, inside = names(module), set(walk(loop))
    scope = known.inside(function)
    if any(node in inside or known.scope(node) is not scope for node in known.bindings(name, scope)):
        return False
    above = parents(module)
    found = (node for node in inside if isinstance(node, ast.Name) and node.id == name)
    return all(
        isinstance(above[node], _HARMLESS_PARENTS) or above[node] in calls or _is_len(above[node], module)
        for node in found
    )


def _is_len(call: ast.AST, module: Module) -> bool:
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or len(call.args) != 1:
        return False
    is_builtin = call.func.id == "len" and names(module).is_builtin("len", call.func)
    return is_builtin and isinstance(call.args[0], ast.Name)


def pure_callee(call: ast.Call, module: Module, project: Project) -> Definition | None:
    """Return the project function when it is pure and gives an immutable value for immutable arguments."""
    definition = purities(project).resolve(call.func, module)
    if definition is None:
        return None
    summary = purities(project).function(definition, Kind.SCALAR)
    return definition if summary.purity is Purity.PURE and summary.result is Kind.SCALAR else None


def _guard(loop: ast.For, call: ast.Call, function: FunctionNode, module: Module) -> str | None:
    """Return what must be true for the call to be made at all: a list's name, or empty when it always is.

    None: that can't be told, or something happens in the loop before the call.
    """
    if _is_range_over(loop.iter, call, module):
        return ""
    if not isinstance(loop.target, ast.Name) or not _is_first(loop, call, function, module):
        return None
    if _is_target_seen_after_failure(loop, loop.target.id, function, module):
        return None
    if _has_turns(loop.iter, module):
        return ""
    if isinstance(loop.iter, ast.Name) and is_held_locally(function, loop.iter.id, module):
        return loop.iter.id
    return None


def _is_target_seen_after_failure(loop: ast.For, target: str, function: FunctionNode, module: Module) -> bool:
    """Say whether something may tell that the call failed before the loop's variable was bound, not after."""
    known, inside, above = names(module), set(walk(loop)), parents(module)
    scope = known.inside(function)
    elsewhere = [node for node in walk(function) if isinstance(node, ast.Name) and node.id == target]
    elsewhere = [node for node in elsewhere if node not in inside]
    if known.resolve(target, loop) is not scope or any(known.scope(node) is not scope for node in elsewhere):
        return True
    step: ast.AST = loop
    while step is not function:
        step = above[step]
        if isinstance(step, ast.Try | ast.TryStar | ast.With | ast.AsyncWith):
            return bool(elsewhere)
    return False


def _is_range_over(iterated: ast.expr, call: ast.Call, module: Module) -> bool:
    """Say whether the loop goes through `range(…)` with the very call among its plain arguments."""
    if not isinstance(iterated, ast.Call) or not isinstance(iterated.func, ast.Name) or iterated.keywords:
        return False
    if iterated.func.id != "range" or not names(module).is_builtin("range", iterated.func):
        return False
    same = [ast.dump(argument) == ast.dump(call) for argument in iterated.args]
    plain = [isinstance(argument, ast.Name | ast.Constant) for argument in iterated.args]
    return any(same) and all(map(max, same, plain))


def _has_turns(iterated: ast.expr, module: Module) -> bool:
    """Say whether the loop surely has a turn."""
    if isinstance(iterated, ast.List | ast.Tuple):
        return bool(iterated.elts) and all(isinstance(element, ast.Constant) for element in iterated.elts)
    if not isinstance(iterated, ast.Call) or not isinstance(iterated.func, ast.Name) or iterated.keywords:
        return False
    stop = iterated.args[0] if len(iterated.args) == 1 else None
    counts = isinstance(stop, ast.Constant) and type(stop.value) is int and stop.value > 0
    return counts and iterated.func.id == "range" and names(module).is_builtin("range", iterated.func)


def _is_first(loop: ast.For, call: ast.Call, function: FunctionNode, module: Module) -> bool:
    known = names(module)
    scope = known.inside(function)

    def is_atom(node: ast.expr) -> bool:
        if not isinstance(node, ast.Name):
            return isinstance(node, ast.Constant)
        is_target = isinstance(loop.target, ast.Name) and node.id == loop.target.id
        bound = known.bindings(node.id, scope)
        is_parameter = len(bound) == 1 and isinstance(bound[0], ast.arg)
        return is_target or is_parameter or known.is_builtin(node.id, node)

    return is_evaluated_first(loop.body, call, is_atom)


def _free_name(call: ast.Call, module: Module) -> str | None:
    named = call.args[0] if _is_len(call, module) else call.func
    name = named.id if isinstance(named, ast.Name) else named.attr if isinstance(named, ast.Attribute) else ""
    plain = f"_len_{name.strip('_')}" if _is_len(call, module) else f"_{name.strip('_')}_value"
    return next((free for free in (plain, f"{plain}_2") if names(module).is_free(free)), None)
