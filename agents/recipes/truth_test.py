"""Ask a bool itself instead of comparing it with True or False."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from agents.model import Patch
from agents.recipes import shapes
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.builtin_values import shape_of
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import FunctionNode, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_EVALUATIONS = 1000
"""Comparisons in the workload below which nothing is gained."""
_COMPARE_NS = 5.0
"""What a comparison of two bools costs more than `not` (see the card's cost note)."""
_TIGHT = (ast.Attribute, ast.Call, ast.Name, ast.Subscript)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """`value == False` and its like; `is_negated` where it is true for False."""

    node: ast.Compare
    value: ast.expr
    is_negated: bool


class TruthTest:
    """`x == False` → `not x`, `x == True` → `x`, where x surely is a bool."""

    card = Card(
        id="truth-test",
        title="Ask a bool itself instead of comparing it",
        rank=62,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.5,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, a loop "
        "that does nothing else, half of the bools true 2.1x / 2.0x / 2.0x [1.8, 2.1] / 2.5x / 2.0x; 5 to 10 ns a test",
        mechanism="A comparison calls the rich comparison of int for two bools; a bool itself is tested by identity.",
        hazard="Checked: whatever the value can be is exactly True or False, for which both give the same.",
    )
    examples = (
        Example(
            before="""\
def blank(lines):
    count = 0
    for line in lines:
        is_text = line is not None
        if is_text == False:  # a gap
            count += 1
    return count
""",
            after="""\
def blank(lines):
    count = 0
    for line in lines:
        is_text = line is not None
        if not is_text:  # a gap
            count += 1
    return count
""",
        ),
        Example(
            before="""\
def known(names, given):
    return [name for name in given if (name in names) != False]
""",
            after="""\
def known(names, given):
    return [name for name in given if (name in names)]
""",
        ),
        Example(
            before="def unseen(seen, at):\n    return seen[at] == False\n",
            after=None,
            because="an element of unknown type may be None, which is not equal to False",
        ),
        Example(
            before="def empty(items):\n    return len(items) == True\n",
            after=None,
            because="a number other than 1 is true and not equal to True",
        ),
        Example(
            before="def both(a, b):\n    return (a is b) == True == b\n",
            after=None,
            because="a chain compares with more",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every comparison of what surely is a bool with True or False."""
        for function in functions(module) if "True" in module.text or "False" in module.text else ():
            for found in _all(function.node, module, project):
                if can_be_made(partial(_patch, found, module)):
                    request = expression_request(module, found.value)
                    yield site_at(self.card.id, function, found.node, module, request)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when it is compared often."""
        seen = facts.expressions.get(site.requests[0].id)
        evaluations = seen.evaluations if seen else 0
        if evaluations < MIN_EVALUATIONS:
            return Veto(reason=f"it was compared {evaluations} times, less than {MIN_EVALUATIONS}")
        share = function_share(profile, site.key, saved_s=evaluations * _COMPARE_NS * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        return Choice(expected_share=share, evidence=f"facts:evaluations={evaluations} profile:saved_share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put the bool, or `not` and the bool, in the place of the comparison."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function.node, module, project) if function else ():
            if place_of(found.node) == site.node_path:
                return _patch(found, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no bool is compared here")


RECIPE = TruthTest()


def _all(function: FunctionNode, module: Module, project: Project) -> Iterator[_Comparison]:
    for node in own(function, ast.Compare):
        found = _comparison(node) if len(node.ops) == 1 else None
        if found is not None and shape_of(found.value, module, project) == shapes.BOOL:
            yield found


def _comparison(node: ast.Compare) -> _Comparison | None:
    if not isinstance(node.ops[0], ast.Eq | ast.NotEq):
        return None
    for value, truth in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
        if isinstance(truth, ast.Constant) and isinstance(truth.value, bool):
            is_negated = truth.value is isinstance(node.ops[0], ast.NotEq)
            return _Comparison(node=node, value=value, is_negated=is_negated)
    return None


def _patch(found: _Comparison, module: Module) -> Patch:
    written = source(module, found.value)
    if "#" in source(module, found.node) or not is_as_written(module, found.node):
        raise NotSpliceable(f"{module.file}:{found.node.lineno}: a comment or an f-string is in the way")
    rewrite = Rewrite(module)
    value = written if isinstance(found.value, _TIGHT) else f"({written})"
    rewrite.replace(found.node, f"not {value}" if found.is_negated else value)
    return rewrite.patch()
