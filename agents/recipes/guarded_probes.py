"""A probe of a list made one of a set, where the value sought is exactly of a type whose hash and == agree."""

import ast
from collections.abc import Iterable, Sequence

from agents.recipes._base import Choice
from agents.recipes.probes import probed_element
from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, source
from agents.recipes.tables import parents
from profiling.facts import ExpressionFacts

GUARD_NS = 40.0
"""What asking for a value's type costs beside the probe of a set (25 to 45 ns on CPython 3.9 to 3.13)."""
NEEDED_BUILTINS = ("set", "map", "type", "len", "bool", "bytes", "complex", "float", "int", "str")

_TYPES = frozenset({"NoneType", "bool", "bytes", "complex", "float", "int", "str"})
_SOUGHT = "_sought"
_STATEMENTS = ast.Assign | ast.If | ast.Return | ast.While


def types_of(choice: Choice) -> tuple[str, ...]:
    """Return the types that the facts saw of elements and of what was looked for; text when they say nothing."""
    return tuple(sorted({name for name, _ in choice.parameters if name in _TYPES})) or ("str",)


def parameters(elements: Iterable[ExpressionFacts]) -> tuple[tuple[str, int], ...]:
    """Return the types seen as parameters of a choice."""
    return tuple((name, 1) for name in sorted({name for fact in elements for name in fact.types}))


def type_reason(elements: Iterable[ExpressionFacts]) -> str:
    """Return why what was looked for can't be told by its type alone; empty: nothing against it."""
    others = sorted({kind for fact in elements for kind in fact.types} - _TYPES)
    return f"a {', '.join(others)} was looked for" if others else ""


def is_of(value: str, types: Sequence[str]) -> str:
    """Return the test that a value is exactly of one of some types."""
    written = [_written(name) for name in types]
    return f"type({value}) is {written[0]}" if len(written) == 1 else f"type({value}) in ({', '.join(written)})"


def all_are_of(container: str, types: Sequence[str]) -> str:
    """Return the test that all elements of a container are exactly of some types."""
    return f"set(map(type, {container})) <= {{{', '.join(map(_written, types))}}}"


def guard(
    rewrite: Rewrite, module: Module, compare: ast.Compare, set_name: str, types: Sequence[str], *, also: str = ""
) -> None:
    """Make `x in xs` probe the set if `x` is of one of the types, and the list as before if it is not.

    Args:
        rewrite: takes the edit.
        module: of the probe.
        compare: the probe, whose last operand is a name.
        set_name: holds what the list holds, or is the list itself.
        types: of everything that the set may hold.
        also: a further condition on which the set is asked.

    Raises:
        NotSpliceable: a comment stands in it, or what is looked for can't be named here.
    """
    element, container = probed_element(compare), source(module, compare.comparators[-1])
    if isinstance(element, ast.Constant) and not also:
        rewrite.replace(compare.comparators[-1], set_name)
        return
    written = source(module, compare)
    if len(compare.ops) > 1 or "#" in written or "\n" in written:
        raise NotSpliceable(f"{module.file}:{compare.lineno}: the probe is no plain `x in xs` on one line")
    operator = "in" if isinstance(compare.ops[-1], ast.In) else "not in"
    value, tests = source(module, element), [also] if also else []
    if isinstance(element, ast.Name):
        tests.insert(0, is_of(value, types))
    elif not isinstance(element, ast.Constant):
        tests.insert(0, is_of(f"{_SOUGHT} := {value}", types))
        value = _named(compare, module)
    new = f"{value} {operator} {set_name} if {' and '.join(tests)} else {value} {operator} {container}"
    is_alone = isinstance(parents(module)[compare], _STATEMENTS)
    rewrite.replace(compare, new if is_alone else f"({new})")


def is_guarded(compare: ast.Compare, set_name: str, module: Module) -> bool:
    """Say whether a probe of a list is what is left of it behind its guard."""
    choice = parents(module)[compare]
    if not isinstance(choice, ast.IfExp) or choice.orelse is not compare or not isinstance(choice.body, ast.Compare):
        return False
    asked = choice.body.comparators[-1]
    return isinstance(asked, ast.Name) and asked.id == set_name


def _written(name: str) -> str:
    return "type(None)" if name == "NoneType" else name


def _named(compare: ast.Compare, module: Module) -> str:
    """Return a free name for what is looked for, where an expression may bind one."""
    above = parents(module)
    node: ast.AST = compare
    while not isinstance(node, ast.stmt):
        parent = above[node]
        if isinstance(parent, ast.comprehension) and parent.iter is node:
            raise NotSpliceable(f"{module.file}:{compare.lineno}: no name may be bound in what a comprehension reads")
        node = parent
    if not names(module).is_free(_SOUGHT):
        raise NotSpliceable(f"{module.file}: {_SOUGHT} is taken")
    return _SOUGHT
