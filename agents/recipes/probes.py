"""Probes of a container, `x in xs`: when they are made, what is looked for, and what the facts say of hashing it."""

import ast
from collections.abc import Callable, Sequence

from agents.recipes.uses import Use, ends_at_once
from profiling.facts import ExpressionFacts

_SCALARS = frozenset({"NoneType", "bool", "bytes", "complex", "float", "frozenset", "int", "str", "tuple"})
_UNHASHABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


def is_probe_now(use: Use, is_builtin: Callable[[str], bool]) -> bool:
    """Say whether the probe is made while its statement runs, for an element that may be hashable."""
    lazily = any(
        isinstance(step, ast.GeneratorExp) and not ends_at_once(use.path[depth:], is_builtin)
        for depth, step in enumerate(use.path)
    )
    compare = use.path[0]
    return isinstance(compare, ast.Compare) and not lazily and not isinstance(probed_element(compare), _UNHASHABLE)


def probed_element(compare: ast.Compare) -> ast.expr:
    """Return what is looked for by the last operator of a comparison."""
    return compare.comparators[-2] if len(compare.comparators) > 1 else compare.left


def length_reason(containers: Sequence[ExpressionFacts], least: int) -> str:
    """Return why containers that were seen are no lists or tuples worth a set; empty: nothing against it.

    Args:
        containers: facts of what was probed.
        least: length below which nothing is gained.
    """
    longest = max((fact.max_len or 0 for fact in containers), default=0)
    if not containers:
        return "no probe was seen"
    if longest < least:
        return f"the longest list probed had {longest} elements, less than {least}"
    others = sorted({kind for fact in containers for kind in fact.types} - {"list", "tuple"})
    return f"a {', '.join(others)} was probed too" if others else ""


def hashing_reason(all_values: Sequence[ExpressionFacts], elements: Sequence[ExpressionFacts]) -> str:
    """Return why a set could find something else than the list, or fail; empty: nothing against it.

    Args:
        all_values: facts of containers and of what is looked for or stored in them.
        elements: the latter alone.
    """
    if not all(fact.elements_hashable for fact in all_values):
        return "an element or a probe was no hashable builtin value"
    others = sorted({kind for fact in elements for kind in fact.types} - _SCALARS)
    return f"a {', '.join(others)} was looked for" if others else ""
