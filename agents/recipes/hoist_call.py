"""Move a pure call whose operands a loop does not change out of the loop."""

import ast
from collections.abc import Iterator

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.functions import Function, first_line, function_at, functions
from agents.recipes.gains import function_share
from agents.recipes.invariants import Invariant, invariants
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request, function_request, loop_request
from agents.recipes.splice import NotSpliceable, Rewrite, source
from profiling.facts import ExpressionFacts, ExpressionRequest, FactRequest, Facts, FunctionRequest
from profiling.model import Dimension, Domain, FunctionKey
from profiling.profile import Profile

MIN_TRIPS = 8
"""Least evaluations in an entry of the loop (docs/recipes.md)."""
_LEN_NS = 12.5
"""What one `len` of a builtin container costs, see the card's cost note."""

_SCALARS = frozenset({"NoneType", "bool", "bytes", "complex", "float", "frozenset", "int", "str", "tuple"})


class HoistCall:
    """`for x in xs: … f(a) …` → `value = f(a)` before the loop."""

    card = Card(
        id="hoist-call",
        title="Move an invariant call out of its loop",
        rank=8,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.5,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, "
        "loops of 1000 turns that compare with the value: len of a list 3.9x / 3.6x / 2.9x [2.8, 3.0] / "
        "3.4x / 2.9x (12.5 ns a turn on a quiet CPython 3.11, 24 to 71 ns beside other work), a small "
        "pure function 7.5x / 7.5x / 6.9x [6.3, 7.2] / 8.3x / 7.3x",
        mechanism="The call gives the same value in every turn of the loop; it is made once.",
        hazard="Checked: the callee is pure and gives an immutable value, its operands are not rebound, nothing in the "
        "loop could change them, and a loop without a turn makes no call that could raise; remains: operands of "
        "classes whose operators have effects, or that another thread changes.",
    )
    examples = (
        Example(
            before="""\
def limit(low, high):
    return low + (high - low) // 2


def below(values, low, high):
    numbers = list(values)
    found = []
    for number in numbers:
        if number < limit(low, high):  # half way
            found.append(number)
    return found
""",
            after="""\
def limit(low, high):
    return low + (high - low) // 2


def below(values, low, high):
    numbers = list(values)
    found = []
    if numbers:
        _limit_value = limit(low, high)
    for number in numbers:
        if number < _limit_value:  # half way
            found.append(number)
    return found
""",
        ),
        Example(
            before="""\
def positions(text, marks):
    known = sorted(marks)
    for index, letter in enumerate(text):
        if letter in known:
            yield index / len(known)
""",
            after="""\
def positions(text, marks):
    known = sorted(marks)
    _len_known = len(known)
    for index, letter in enumerate(text):
        if letter in known:
            yield index / _len_known
""",
        ),
        Example(
            before="""\
def grow(values):
    seen = [0]
    for value in values:
        if len(seen) < value:
            seen.append(value)
    print(seen[0])
""",
            after=None,
            because="the list grows in the loop",
        ),
        Example(
            before="""\
def limit(low, high):
    return low + (high - low) // 2


def below(values, low, high):
    return [value for value in values if value < limit(low, high)]
""",
            after=None,
            because="a comprehension may have no turn, and then the call would raise what was never raised",
        ),
        Example(
            before="""\
def limit(low, high):
    return low + (high - low) // 2


def below(values, low, high):
    for value in values:
        if value < limit(low, high):
            yield value
""",
            after=None,
            because="whether there is a turn is not known, and the call may raise",
        ),
        Example(
            before="""\
import random


def shuffle(values):
    kept = list(values)
    for value in kept:
        if random.random() < 0.5:
            print(value)
""",
            after=None,
            because="the callee gives another value each time",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every invariant call, each with the outermost loop it can leave."""
        for function in functions(module):
            for found in invariants(function.node, module, project):
                if _is_spliceable(found, module):
                    yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the value was the same throughout every entry of the loop, often enough."""
        value = facts.expressions.get(site.requests[1].id)
        entered = facts.loops.get(site.requests[0].id)
        if value is None or entered is None or not value.loop_entries:
            return Veto(reason="the call was not seen in the loop")
        if value.changed_entries:
            return Veto(reason=f"its value changed in {value.changed_entries} of {value.loop_entries} entries")
        turns = value.evaluations / entered.entries
        if turns < MIN_TRIPS:
            return Veto(reason=f"{turns:.1f} calls in an entry of the loop, less than {MIN_TRIPS}")
        asked = (request.id for request in site.requests[2:] if isinstance(request, ExpressionRequest))
        operands = [facts.expressions.get(asked_id) for asked_id in asked]
        if not all(fact is not None and _is_immutable(fact) for fact in (value, *operands)):
            return Veto(reason="an operand or the value was no immutable builtin value")
        saved = value.evaluations - entered.entries
        share = _share(site, profile, facts, saved)
        if share <= 0:
            return Veto(reason="nothing to gain: neither the loop nor the callee was sampled")
        evidence = f"facts:calls={value.evaluations} entries={entered.entries} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Bind the value before the loop and use it instead of the calls."""
        del choice
        function = function_at(module, site.key)
        for found in invariants(function.node, module, project) if function else ():
            if _place(found) == site.node_path:
                return _patch(found, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no invariant call stands here")


RECIPE = HoistCall()


def _is_immutable(fact: ExpressionFacts) -> bool:
    return fact.elements_hashable and set(fact.types) <= _SCALARS


def _share(site: Site, profile: Profile, facts: Facts, saved: int) -> float:
    """Return the share of the workload that the calls no longer made took."""
    callee = next((request for request in site.requests if isinstance(request, FunctionRequest)), None)
    called = facts.functions.get(callee.id) if callee else None
    whole_s = profile.cpu_sampled_s
    if callee is None or called is None or not called.calls or whole_s <= 0:
        return function_share(profile, site.key, saved_s=saved * _LEN_NS * 1e-9)
    spent_s = sum(function.cpu_total_s for function in profile.functions if function.key == callee.key)
    return min(1.0, spent_s * min(1.0, saved / called.calls) / whole_s)


def _place(found: Invariant) -> str:
    return f"{found.calls[0].lineno}:{found.calls[0].col_offset}"


def _site(function: Function, found: Invariant, module: Module) -> Site:
    loop, first = loop_request(module, found.loop), found.calls[0]
    requests: list[FactRequest] = [loop, expression_request(module, first, loop)]
    in_call = {argument.id: argument for argument in first.args if isinstance(argument, ast.Name)}
    requests += [expression_request(module, in_call[operand.id]) for operand in found.operands]
    if found.callee is not None:
        node = found.callee.node
        key = FunctionKey(file=found.callee.module.file, first_line=first_line(node), qualname=node.name)
        requests.append(function_request(key))
    return Site(
        recipe=HoistCall.card.id,
        key=function.key,
        module=module.file,
        line=first.lineno,
        requests=tuple(requests),
        node_path=_place(found),
    )


def _is_spliceable(found: Invariant, module: Module) -> bool:
    try:
        _patch(found, module)
    except NotSpliceable:
        return False
    return True


def _patch(found: Invariant, module: Module) -> Patch:
    rewrite = Rewrite(module)
    made = f"{found.name} = {source(module, found.calls[0])}"
    rewrite.insert_before(found.loop, f"if {found.guard}:\n    {made}" if found.guard else made)
    for call in found.calls:
        if "#" in source(module, call) or "\n" in source(module, call):
            raise NotSpliceable(f"{module.file}:{call.lineno}: the call is spread over lines")
        rewrite.replace(call, found.name)
    return rewrite.patch()
