"""Keep the value of a pure call that one statement makes several times."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.bound_names import is_surely_bound
from agents.recipes.builtin_values import shape_of
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.first_evaluated import is_evaluated_first
from agents.recipes.functions import (
    Function,
    FunctionNode,
    called_name,
    calls_by_name,
    first_line,
    function_at,
    functions,
    own,
)
from agents.recipes.gains import function_share
from agents.recipes.invariants import pure_callee, run_at_once
from agents.recipes.methods import STR_TO_BOOL, STR_TO_INT, STR_TO_STR
from agents.recipes.project import Module, Project
from agents.recipes.quiet import changes_nothing
from agents.recipes.requests import expression_request, function_request
from agents.recipes.scope import names
from agents.recipes.shapes import STR
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from agents.recipes.summary import Definition
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import walk
from profiling.facts import ExpressionRequest, FactRequest, Facts, FunctionRequest
from profiling.model import Dimension, Domain, FunctionKey
from profiling.profile import Profile

MIN_EVALUATIONS = 1000
"""Calls in the workload that would no longer be made below which nothing is gained."""
_METHOD_NS = 20.0
"""What a method of str costs more than a local (see the card's cost note)."""

_METHODS = STR_TO_BOOL | STR_TO_INT | (STR_TO_STR - {"format", "format_map", "join", "translate"})
_SCALARS = frozenset({"NoneType", "bool", "bytes", "complex", "float", "frozenset", "int", "str", "tuple"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repeated:
    """A pure call that a statement makes first of all, and then again.

    Attributes:
        statement: an assignment, a `return`, an `if` or an expression alone.
        calls: the equal calls, first one first.
        name: of the local that takes the value.
        callee: the project function, None for a method of str.
    """

    statement: ast.stmt
    calls: tuple[ast.Call, ...]
    name: str
    callee: Definition | None


class CommonExpression:
    """`if s.lower() == a or s.lower() == b:` → `lowered = s.lower()` before it, and that twice."""

    card = Card(
        id="common-expression",
        title="Keep the value of a pure call that a statement makes again",
        rank=28,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.3,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, lower "
        "of 9 characters, compared twice 1.3x / 1.1x / 1.2x [1.1, 1.3] / 1.3x / 1.3x; a function of the project as "
        "much as it costs",
        mechanism="The same call with the same arguments gives the same; it is made once.",
        hazard="Checked: the call is the first thing that the statement does, the callee is a method of an exact str "
        "or pure, nothing in the statement changes anything, and what is kept is immutable; remains: operands of a "
        "project function that are mutable in a later run.",
    )
    examples = (
        Example(
            before="""\
def kind(line):
    text = f"{line} "
    if text.strip() == "" or text.strip()[0] == "#":  # nothing to do
        return None
    return text
""",
            after="""\
def kind(line):
    text = f"{line} "
    _strip_value = text.strip()
    if _strip_value == "" or _strip_value[0] == "#":  # nothing to do
        return None
    return text
""",
        ),
        Example(
            before="""\
def area(w, h):
    return w * h / 2


def grade(w, h):
    return "small" if area(w, h) < 3 else "big" if area(w, h) > 9 else "fair"
""",
            after="""\
def area(w, h):
    return w * h / 2


def grade(w, h):
    _area_value = area(w, h)
    return "small" if _area_value < 3 else "big" if _area_value > 9 else "fair"
""",
        ),
        Example(
            before="def run(items):\n    return items.pop() + items.pop()\n",
            after=None,
            because="each call gives another value",
        ),
        Example(
            before="def run(a, text):\n    return a.lower() == text or a.lower() == text[1:]\n",
            after=None,
            because="whose method it is, is not known",
        ),
        Example(
            before='def run(a):\n    text = f"{a} "\n    return a() or text.index("x") or text.index("x")\n',
            after=None,
            because="something else is done first, and the call may raise",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every statement that makes a pure call first, and then again."""
        for function in functions(module):
            for found in _all(function.node, module, project):
                if can_be_made(partial(_patch, found, module)):
                    yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the later calls are made often, with immutable arguments."""
        calls = int(site.node_path.partition(" ")[0])
        seen = [facts.expressions.get(one.id) for one in site.requests if isinstance(one, ExpressionRequest)]
        again = sum(fact.evaluations for fact in seen[1:calls] if fact)
        if again < MIN_EVALUATIONS:
            return Veto(reason=f"{again} calls would be spared, fewer than {MIN_EVALUATIONS}")
        given = seen[calls:]
        if not all(fact is not None and fact.elements_hashable and set(fact.types) <= _SCALARS for fact in given):
            return Veto(reason="an argument was no immutable builtin value")
        share = _share(site, profile, facts, again)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} and what it calls were not seen running by the CPU profile")
        return Choice(expected_share=share, evidence=f"facts:spared={again} profile:saved_share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Keep the value before the statement and use it there."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function.node, module, project) if function else ():
            if _place(found) == site.node_path:
                return _patch(found, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no call is made again here")


RECIPE = CommonExpression()


def _all(function: FunctionNode, module: Module, project: Project) -> Iterator[_Repeated]:
    repeating = _repeating(function, module)
    if not repeating or reads_its_frame(function, module):
        return
    for statement in own(function, ast.Assign, ast.Expr, ast.If, ast.Return):
        asked = _asked(statement, module) if statement in repeating else None
        if asked is None:
            continue
        for calls in _equal_calls(asked).values():
            found = _repeated(statement, asked, calls, function, module, project)
            if found is not None:
                yield found


def _repeating(function: FunctionNode, module: Module) -> set[ast.AST]:
    """Return the statements that make two calls of one look, told fast."""
    above, seen, found = parents(module), set[tuple[ast.AST, str, int]](), set[ast.AST]()
    for name, calls in calls_by_name(function).items():
        for call in calls if len(calls) > 1 else ():
            statement: ast.AST = call
            while not isinstance(statement, ast.stmt):
                statement = above[statement]
            look = (statement, name, len(call.args))
            if look in seen:
                found.add(statement)
            seen.add(look)
    return found


def _asked(statement: ast.stmt, module: Module) -> ast.expr | None:
    """Return the expression a statement evaluates, when a line may be put before it."""
    if isinstance(statement, ast.If):
        return None if source(module, statement).startswith("elif") else statement.test
    return statement.value if isinstance(statement, ast.Assign | ast.Expr | ast.Return) else None


def _equal_calls(asked: ast.expr) -> dict[str, list[ast.Call]]:
    """Return the calls that are surely made while an expression is evaluated, or not at all, equal ones together."""
    found: dict[str, list[ast.Call]] = {}
    calls = list(run_at_once(asked))
    alike = Counter(map(_look, calls)) if len(calls) > 1 else Counter()
    for call in calls:
        if alike[_look(call)] > 1:
            found.setdefault(ast.dump(call), []).append(call)
    for equal in found.values():
        equal.sort(key=lambda call: (call.lineno, call.col_offset))
    return {text: equal for text, equal in found.items() if len(equal) > 1}


def _look(call: ast.Call) -> tuple[str, int]:
    """Return what equal calls have in common, told fast."""
    return called_name(call), len(call.args)


def _repeated(
    statement: ast.stmt,
    asked: ast.expr,
    calls: Sequence[ast.Call],
    function: FunctionNode,
    module: Module,
    project: Project,
) -> _Repeated | None:
    first, above = calls[0], parents(module)
    operands = [operand for call in calls for operand in _operands(call)]
    if first.keywords or not all(_is_atom(operand, function, module) for operand in operands):
        return None
    callee = None if _is_text_method(first, module, project) else pure_callee(first, module, project)
    if callee is None and not _is_text_method(first, module, project):
        return None
    if not is_evaluated_first([statement], first, lambda node: _is_atom(node, function, module)):
        return None
    is_quiet = changes_nothing(asked, function, module, project, frozenset(calls))
    if not is_quiet or any(isinstance(node, ast.NamedExpr) for node in walk(asked)):
        return None
    if any(isinstance(holder := above[call], ast.Compare) and _asks_identity(holder) for call in calls):
        return None
    name = _free_name(first, module)
    return _Repeated(statement=statement, calls=tuple(calls), name=name, callee=callee) if name else None


def _operands(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *([call.func.value] if isinstance(call.func, ast.Attribute) else [])]


def _is_atom(node: ast.expr, function: FunctionNode, module: Module) -> bool:
    """Say whether evaluating an expression does nothing: a constant, or a local of the function that has a value."""
    if not isinstance(node, ast.Name):
        return isinstance(node, ast.Constant)
    known = names(module)
    is_own = known.resolve(node.id, node) is known.inside(function) and is_surely_bound(node, module)
    return is_own or known.is_builtin(node.id, node)


def _is_text_method(call: ast.Call, module: Module, project: Project) -> bool:
    """Say whether it is a method of what surely is a str, with constants, that gives something immutable."""
    method = call.func
    if not isinstance(method, ast.Attribute) or method.attr not in _METHODS or not isinstance(method.value, ast.Name):
        return False
    has_constants = all(isinstance(argument, ast.Constant) for argument in call.args)
    return has_constants and shape_of(method.value, module, project) == STR


def _asks_identity(node: ast.Compare) -> bool:
    return any(isinstance(operator, ast.Is | ast.IsNot) for operator in node.ops)


def _free_name(call: ast.Call, module: Module) -> str | None:
    plain = f"_{called_name(call).strip('_')}_value"
    return next((free for free in (plain, f"{plain}_2") if names(module).is_free(free)), None)


def _place(found: _Repeated) -> str:
    return f"{len(found.calls)} {place_of(found.calls[0])}"


def _site(function: Function, found: _Repeated, module: Module) -> Site:
    requests: list[FactRequest] = [expression_request(module, call) for call in found.calls]
    if found.callee is not None:
        node = found.callee.node
        given = (argument for argument in found.calls[0].args if isinstance(argument, ast.Name))
        requests += [expression_request(module, argument) for argument in given]
        key = FunctionKey(file=found.callee.module.file, first_line=first_line(node), qualname=node.name)
        requests.append(function_request(key))
    one = site_at(CommonExpression.card.id, function, found.statement, module, *requests)
    return replace(one, node_path=_place(found))


def _share(site: Site, profile: Profile, facts: Facts, again: int) -> float:
    """Return the share of the workload that the calls no longer made took."""
    callee = next((request for request in site.requests if isinstance(request, FunctionRequest)), None)
    if callee is None:
        return function_share(profile, site.key, saved_s=again * _METHOD_NS * 1e-9)
    called, whole_s = facts.functions.get(callee.id), profile.cpu_sampled_s
    if called is None or not called.calls or whole_s <= 0:
        return 0.0
    spent_s = sum(function.cpu_total_s for function in profile.functions if function.key == callee.key)
    return min(1.0, spent_s * min(1.0, again / called.calls) / whole_s)


def _patch(found: _Repeated, module: Module) -> Patch:
    rewrite = Rewrite(module)
    for call in found.calls:
        if not is_as_written(module, call) or "\n" in source(module, call):
            raise NotSpliceable(f"{module.file}:{call.lineno}: an f-string or a line end is in the way")
        rewrite.replace(call, found.name)
    rewrite.insert_before(found.statement, f"{found.name} = {source(module, found.calls[0])}")
    return rewrite.patch()
