"""Put the one expression of a small function in the place of its calls in a loop."""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.bound_names import is_surely_bound
from agents.recipes.expression_sites import can_be_made, site_at
from agents.recipes.functions import Function, first_line, function_at, functions, own_calls
from agents.recipes.gains import joint_share
from agents.recipes.one_liners import OneLiner, one_liner, put_in, small_functions
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request, function_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, has_comment, source
from agents.recipes.tables import parents
from agents.recipes.uses import Comprehension, reads_its_frame
from agents.recipes.walking import walk
from profiling.facts import Facts, FunctionRequest
from profiling.model import Dimension, Domain, FunctionKey
from profiling.profile import Profile

MIN_CALLS = 10_000
"""Calls in the workload below which nothing is gained."""
_CALL_NS = 20.0
"""What a call of a function costs more than its expression (see the card's cost note)."""

_TIGHT = (ast.Attribute, ast.Call, ast.Constant, ast.Name, ast.Subscript)
_HOLDING = (ast.Assign, ast.Expr, ast.If, ast.Return, ast.While)
_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inlined:
    """The calls of one small function in the loops of another."""

    helper: OneLiner
    calls: tuple[ast.Call, ...]


class InlineHelper:
    """`def is_vowel(c): return c in "aeiou"` and a loop that calls it → the loop asks `c in "aeiou"`."""

    card = Card(
        id="inline-helper",
        title="Put a small function's expression in the place of its calls in a loop",
        rank=35,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.4,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, a loop "
        "of 12 turns that does nothing else, one argument 3.0x / 2.9x / 2.3x [2.2, 2.4] / 1.9x / 1.7x, two arguments "
        "1.9x / 2.0x / 2.8x [2.6, 3.2] / 2.1x / 1.9x; 13 to 65 ns a call",
        mechanism="Each call makes a frame and binds arguments, which costs more than the expression it gives.",
        hazard="Checked: the name surely means that function of the same module, which nobody patches, its arguments "
        "are locals or constants, every name in it means the same in the loop, and nothing in it looks at frames; "
        "remains: a traceback has one frame less, and others who replace the module's function have no effect here.",
    )
    examples = (
        Example(
            before="""\
VOWELS = frozenset("aeiou")


def is_vowel(letter):
    \"\"\"Say so.\"\"\"
    return letter in VOWELS


def vowels(words):
    count = 0
    for word in words:
        for letter in word:
            if is_vowel(letter):  # one more
                count += 1
    return count
""",
            after="""\
VOWELS = frozenset("aeiou")


def is_vowel(letter):
    \"\"\"Say so.\"\"\"
    return letter in VOWELS


def vowels(words):
    count = 0
    for word in words:
        for letter in word:
            if letter in VOWELS:  # one more
                count += 1
    return count
""",
        ),
        Example(
            before="""\
def scaled(value, factor):
    return value * factor + 1


def run(values, factor):
    return [2 * scaled(value, factor) - scaled(3, value) for value in values]
""",
            after="""\
def scaled(value, factor):
    return value * factor + 1


def run(values, factor):
    return [2 * (value * factor + 1) - (3 * value + 1) for value in values]
""",
        ),
        Example(
            before="def small(x):\n    return x < LIMIT\n\n\nLIMIT = 3\n\n\ndef run(values):\n    LIMIT = 4\n"
            "    return [LIMIT for x in values if small(x)]\n",
            after=None,
            because="a name in it means something else where it is called",
        ),
        Example(
            before="def shown(x, log):\n    return log.debug(x)\n\n\ndef run(values, log):\n"
            "    for x in values:\n        shown(x, log)\n",
            after=None,
            because="the logger looks at who calls it",
        ),
        Example(
            before="def twice(x):\n    return x + x\n\n\ndef run(values):\n"
            "    return [twice(next(values)) for _ in values]\n",
            after=None,
            because="the argument would be evaluated twice",
        ),
        Example(
            before="def is_odd(x):\n    return x % 2\n\n\ndef run(values):\n    is_odd(values)\n",
            after=None,
            because="it stands in no loop",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every small function that loops of another call."""
        for function in functions(module):
            for found in _all(function, module, project):
                if can_be_made(partial(_patch, found, module)):
                    yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when it is called very often from there."""
        counted = (facts.expressions[one.id] for one in site.requests if one.id in facts.expressions)
        calls = sum(fact.evaluations for fact in counted)
        if calls < MIN_CALLS:
            return Veto(reason=f"{calls} calls, fewer than {MIN_CALLS}")
        helper = [one.key for one in site.requests if isinstance(one, FunctionRequest)]
        share = joint_share(profile, (site.key, *helper), saved_s=calls * _CALL_NS * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} and {site.node_path} were not seen running by the CPU profile")
        return Choice(expected_share=share, evidence=f"facts:calls={calls} profile:saved_share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put the expression in the place of every such call."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function, module, project) if function else ():
            if found.helper.node.name == site.node_path:
                return _patch(found, module)
        raise NotSpliceable(f"{module.file}:{site.line}: {site.node_path} is not called in a loop here")


RECIPE = InlineHelper()


def _all(function: Function, module: Module, project: Project) -> Iterator[_Inlined]:
    small = small_functions(module)
    helpers: dict[str, OneLiner] = {}
    calls: dict[str, list[ast.Call]] = {}
    for node in own_calls(function.node, *small) if small else ():
        if not isinstance(node.func, ast.Name) or not _is_repeated(node, module):
            continue
        found = one_liner(node, module, project)
        if found is not None and _may_be_put_in(node, found, function, module):
            helpers[node.func.id] = found
            calls.setdefault(node.func.id, []).append(node)
    if helpers and not reads_its_frame(function.node, module):
        yield from (_Inlined(helper=helper, calls=tuple(calls[name])) for name, helper in helpers.items())


def _is_repeated(call: ast.Call, module: Module) -> bool:
    """Say whether a loop or comprehension of the function evaluates a call in every turn; none in a text."""
    above, below, is_repeated = parents(module), call, False
    node: ast.AST = below
    while node in above and not isinstance(above[node], _LATER):
        holder = above[node]
        if isinstance(holder, ast.JoinedStr):
            return False
        is_loop = isinstance(holder, ast.For | ast.While) and node not in holder.orelse
        is_repeated = is_repeated or (is_loop and node is not getattr(holder, "iter", None))
        is_repeated = is_repeated or (isinstance(holder, Comprehension) and node is not holder.generators[0])
        is_repeated = is_repeated or (isinstance(holder, ast.comprehension) and node is not holder.iter)
        node = holder
    return is_repeated and isinstance(above.get(node), ast.FunctionDef | ast.AsyncFunctionDef)


def _may_be_put_in(call: ast.Call, helper: OneLiner, function: Function, module: Module) -> bool:
    if call.keywords or len(call.args) != len(helper.parameters) or function.node is helper.node:
        return False
    return all(isinstance(one, ast.Constant) or _is_steady(one, function, module) for one in call.args)


def _is_steady(argument: ast.expr, function: Function, module: Module) -> bool:
    """Say whether an argument is a local that has a value, which nothing but the function itself can change."""
    known = names(module)
    scope = known.resolve(argument.id, argument) if isinstance(argument, ast.Name) else None
    if not isinstance(argument, ast.Name) or scope is None or scope is known.top or scope.is_class:
        return False
    inside = (node for node in walk(function.node) if isinstance(node, ast.Nonlocal))
    if any(argument.id in node.names for node in inside):
        return False
    return isinstance(scope.node, Comprehension) or (scope.node is function.node and is_surely_bound(argument, module))


def _site(function: Function, found: _Inlined, module: Module) -> Site:
    node = found.helper.node
    key = FunctionKey(file=module.file, first_line=first_line(node), qualname=node.name)
    requests = (expression_request(module, call) for call in found.calls)
    one = site_at(InlineHelper.card.id, function, found.calls[0], module, *requests, function_request(key))
    return replace(one, node_path=node.name)


def _patch(found: _Inlined, module: Module) -> Patch:
    rewrite = Rewrite(module)
    for call in found.calls:
        if has_comment(module, call):
            raise NotSpliceable(f"{module.file}:{call.lineno}: a comment is in the way")
        given = zip(found.helper.parameters, call.args, strict=True)
        text = put_in(found.helper, {name: _argument(argument, found.helper, module) for name, argument in given})
        if _is_warned_of(text):
            raise NotSpliceable(f"{module.file}:{call.lineno}: {text} is valid with a warning alone")
        rewrite.replace(call, text if _stands_alone(call, found.helper.expression, text, module) else f"({text})")
    return rewrite.patch()


def _is_warned_of(text: str) -> bool:
    """Say whether the compiler warns of an expression: a constant that is called, indexed or compared by identity."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile(text, "<expression>", "eval")
        except SyntaxError:  # what a warning becomes
            return True
    return False


def _argument(node: ast.expr, helper: OneLiner, module: Module) -> str:
    """Return an argument as code; a number in parentheses where an attribute of it may be asked for."""
    is_asked = any(isinstance(part, ast.Attribute) for part in walk(helper.expression))
    is_number = isinstance(node, ast.Constant) and isinstance(node.value, int | float | complex)
    return f"({source(module, node)})" if is_asked and is_number else source(module, node)


def _stands_alone(call: ast.Call, expression: ast.expr, text: str, module: Module) -> bool:
    """Say whether the expression, which reads `text`, needs no parentheses where the call stands."""
    if isinstance(expression, ast.Tuple):
        listed = ast.parse(f"[{text}]", mode="eval").body
        return isinstance(listed, ast.List) and len(listed.elts) == 1  # it has parentheses of its own
    return isinstance(expression, _TIGHT) or isinstance(parents(module)[call], _HOLDING)
