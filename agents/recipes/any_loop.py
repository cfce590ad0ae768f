"""Ask the elements in a loop of the function's own instead of in a generator made for `any` or `all`."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import FunctionNode, function_at, functions, own, own_calls
from agents.recipes.gains import generator_share
from agents.recipes.no_stop import lets_no_stop_out
from agents.recipes.positions import Span, span
from agents.recipes.project import Module, Project
from agents.recipes.quiet import is_defined_in_a_class
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, indentation, line_start, source
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_EVALUATIONS = 1000
"""Calls of `any` or `all` in the workload below which nothing is gained."""
_MADE_NS = 250.0
"""What making, entering and leaving a generator costs (see the card's cost note)."""

_LOOSE = (ast.BoolOp, ast.IfExp)
_NEW_BLOCKS = (ast.Break, ast.Continue)
_STEPPERS = frozenset("dict enumerate frozenset list range reversed set sorted tuple zip".split())
_VIEWS = frozenset({"items", "keys", "rsplit", "split", "splitlines", "values"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A statement that asks `any` or `all` of a generator expression, and nothing else.

    Attributes:
        statement: `return any(…)`, or an `if` with such a test.
        test: the expression asked, with a `not` in front of it.
        call: `any(…)` or `all(…)`.
        made: the generator expression in it.
        is_all: it is `all`, which stops at what is false.
        is_negated: a `not` stands in front.
    """

    statement: ast.Return | ast.If
    test: ast.expr
    call: ast.Call
    made: ast.GeneratorExp
    is_all: bool
    is_negated: bool

    @property
    def is_true_at_stop(self) -> bool:
        """Say whether the test is true when the loop is left early."""
        return self.is_all is self.is_negated


class AnyLoop:
    """`return any(test(x) for x in xs)` → `for x in xs: if test(x): return True`, and `return False` behind it."""

    card = Card(
        id="any-loop",
        title="Ask in a loop instead of in a generator for any or all",
        rank=20,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.6,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, no "
        "element answers, none 2.5x / 2.6x / 3.3x [3.0, 3.4] / 3.6x / 3.4x, 3 integers 2.5x / 2.4x / 3.3x [2.9, 3.5] / "
        "3.6x / 3.6x, 30 integers 1.8x / 2.0x / 2.2x [2.1, 2.5] / 2.6x / 2.2x; 0.1 to 0.3 us a question, and 10 ns an "
        "element",
        mechanism="A generator is made, entered for each element and left again, to ask what a loop asks in place.",
        hazard="Checked: the loop's names are used for nothing else in the function, nothing that is asked lets a "
        "StopIteration out, and no generator made for it is given up at another time; remains: the last element lives "
        "until the function is left, and of `a and b` the truth is asked once instead of twice.",
    )
    examples = (
        Example(
            before="""\
def is_shouted(words):
    return all(word.isupper() for word in words if word)  # every one
""",
            after="""\
def is_shouted(words):
    for word in words:
        if word and not word.isupper():
            return False
    return True  # every one
""",
        ),
        Example(
            before="""\
def check(names, banned):
    if any(name in banned for name in names):
        raise ValueError(names)
    if not any(len(name) > 3 for name in names):
        # too short
        names = [*names, "more"]
    return names
""",
            after="""\
def check(names, banned):
    for name in names:
        if name in banned:
            raise ValueError(names)
    if not any(len(name) > 3 for name in names):
        # too short
        names = [*names, "more"]
    return names
""",
        ),
        Example(
            before="""\
def padded(names):
    if not any(len(name) > 3 for name in names):
        # too short
        names = [*names, "more"]
    return names
""",
            after="""\
def padded(names):
    for name in names:
        if len(name) > 3:
            break
    else:
        # too short
        names = [*names, "more"]
    return names
""",
        ),
        Example(
            before="def found(x, items):\n    print(x)\n    return any(x for x in items)\n",
            after=None,
            because="the loop would rebind a name that the function uses",
        ),
        Example(
            before="def same(items, others):\n    drawn = iter(others)\n"
            "    return all(item == next(drawn) for item in items)\n",
            after=None,
            because="a StopIteration is another error in a generator than in a loop",
        ),
        Example(
            before="def run(items, check):\n    return any(check(item) for item in items)\n",
            after=None,
            because="an unknown function may raise StopIteration",
        ),
        Example(
            before="def run(rows):\n    for row in rows:\n        if any(cell is None for cell in row):\n"
            "            continue\n        print(row)\n",
            after=None,
            because="`continue` would go on with the inner loop",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every statement that asks any or all of what a loop can ask."""
        for function in functions(module) if "any(" in module.text or "all(" in module.text else ():
            for found in _all(function.node, module, project):
                if can_be_made(partial(_patch, found, module)):
                    yield site_at(
                        self.card.id, function, found.statement, module, expression_request(module, found.call)
                    )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when it is asked often."""
        seen = facts.expressions.get(site.requests[0].id)
        evaluations = seen.evaluations if seen else 0
        if evaluations < MIN_EVALUATIONS:
            return Veto(reason=f"it was asked {evaluations} times, less than {MIN_EVALUATIONS}")
        share = generator_share(profile, site.key, saved_s=evaluations * _MADE_NS * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} and its generators were not seen running by the CPU profile")
        return Choice(expected_share=share, evidence=f"facts:evaluations={evaluations} profile:saved_share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put the loop in the place of the question."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function.node, module, project) if function else ():
            if place_of(found.statement) == site.node_path:
                return _patch(found, module)
        raise NotSpliceable(f"{module.file}:{site.line}: nothing is asked of a generator here")


RECIPE = AnyLoop()


def _all(function: FunctionNode, module: Module, project: Project) -> Iterator[_Asked]:
    if reads_its_frame(function, module):
        return
    if not own_calls(function, "all", "any"):
        return
    asking: Sequence[ast.Return | ast.If] = own(function, ast.Return, ast.If)
    for node in asking:
        found = _asked(node, module)
        if found is not None and _is_licensed(found, function, module, project):
            yield found


def _asked(statement: ast.Return | ast.If, module: Module) -> _Asked | None:
    test = statement.test if isinstance(statement, ast.If) else statement.value
    if test is None:
        return None
    is_negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    call = test.operand if isinstance(test, ast.UnaryOp) and is_negated else test
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or len(call.args) != 1 or call.keywords:
        return None
    made = call.args[0]
    is_asking = call.func.id in ("all", "any") and names(module).is_builtin(call.func.id, call.func)
    if not is_asking or not isinstance(made, ast.GeneratorExp) or len(made.generators) != 1:
        return None
    is_all = call.func.id == "all"
    return _Asked(statement=statement, test=test, call=call, made=made, is_all=is_all, is_negated=is_negated)


def _is_licensed(found: _Asked, function: FunctionNode, module: Module, project: Project) -> bool:
    generator = found.made.generators[0]
    if generator.is_async or any(isinstance(node, ast.NamedExpr) for node in walk(found.made)):
        return False
    bound = _bound(generator.target)
    if not bound or not all(_is_free(name, function, module) for name in bound):
        return False
    if isinstance(found.statement, ast.If) and not _may_be_moved(found, found.statement, module):
        return False
    if not _is_left_silently(generator.iter, module, project):
        return False
    return all(lets_no_stop_out(part, module, project) for part in (found.made.elt, *generator.ifs))


def _may_be_moved(found: _Asked, statement: ast.If, module: Module) -> bool:
    """Say whether the block of an `if` may run where the loop is left, or behind it."""
    if statement.orelse or source(module, statement).startswith("elif"):
        return False
    if not found.is_true_at_stop:
        return True
    ends = isinstance(statement.body[-1], ast.Return | ast.Raise)
    leaves = any(isinstance(node, _NEW_BLOCKS) for part in statement.body for node in walk(part))
    return ends and not leaves


def _is_left_silently(iterated: ast.expr, module: Module, project: Project) -> bool:
    """Say whether what is stepped through is no new generator, which would do something when it is given up."""
    for node in walk(iterated):
        if isinstance(node, ast.Attribute) and is_defined_in_a_class(node.attr, project):
            return False
        if isinstance(node, ast.GeneratorExp | ast.Await):
            return False
        if isinstance(node, ast.Call) and not _makes_container(node, module):
            return False
    return True


def _makes_container(node: ast.Call, module: Module) -> bool:
    if isinstance(node.func, ast.Name):
        return node.func.id in _STEPPERS and names(module).is_builtin(node.func.id, node.func)
    return isinstance(node.func, ast.Attribute) and node.func.attr in _VIEWS


def _bound(target: ast.expr) -> tuple[str, ...]:
    """Return the names that a target binds; none when it is more than a name or a tuple of them."""
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    found = tuple(part.id for part in parts if isinstance(part, ast.Name))
    return found if len(found) == len(parts) else ()


def _is_free(name: str, function: FunctionNode, module: Module) -> bool:
    """Say whether a name may become a local of a function: only scopes of its own inside use it."""
    known = names(module)
    own = known.inside(function)
    if name in own.bindings or name in own.declared_global | own.declared_nonlocal or name[:2] == "__":
        return False
    mentions = (node for node in walk(function) if isinstance(node, ast.Name) and node.id == name)
    inner = {node for node in walk(function) if node is not function}
    scopes = (known.resolve(name, node) for node in mentions)
    return all(scope is not None and scope.node in inner and not scope.is_class for scope in scopes) and not any(
        name in node.names for node in inner if isinstance(node, ast.Global | ast.Nonlocal)
    )


def _patch(found: _Asked, module: Module) -> Patch:
    statement, rewrite = found.statement, Rewrite(module)
    indent = indentation(module, statement)
    step = "\t" if "\t" in indent else "    "
    parts = [found.made.elt, found.made.generators[0].iter, *found.made.generators[0].ifs]
    if "#" in source(module, found.test) or any("\n" in source(module, part) for part in parts):
        raise NotSpliceable(f"{module.file}:{statement.lineno}: what is asked is spread over lines, or has comments")
    head = f"for {source(module, found.made.generators[0].target)} in {source(module, parts[1])}:"
    loop = [head, f"{step}if {_condition(found, module)}:"]
    if isinstance(statement, ast.Return):
        stopped = str(found.is_true_at_stop)
        last = f"return {not found.is_true_at_stop}"
        text = [*loop, f"{step * 2}return {stopped}", last]
        rewrite.replace_statement_parts(
            statement, [(span(module, statement), f"\n{indent}".join(text))], ast.parse("\n".join(text)).body
        )
    else:
        _replace_if(rewrite, found, statement, loop, module)
    return rewrite.patch()


def _replace_if(rewrite: Rewrite, found: _Asked, statement: ast.If, loop: list[str], module: Module) -> None:
    indent = indentation(module, statement)
    step = "\t" if "\t" in indent else "    "
    where = Span(start=span(module, statement).start, end=span(module, found.test).end)
    written = module.text[where.start : where.end].removeprefix("if").strip()
    if written != source(module, found.test):
        raise NotSpliceable(f"{module.file}:{statement.lineno}: more than the question stands between `if` and its end")
    if not found.is_true_at_stop:
        head = [*loop, f"{step * 2}break", "else"]
        meant = _parsed([*head[:-1], "else:", f"{step}pass"])
        meant.orelse = list(statement.body)
        rewrite.replace_statement_parts(statement, [(where, f"\n{indent}".join(head))], [meant])
        return
    meant = _parsed([*loop, f"{step * 2}pass"])
    inner = meant.body[0]
    assert isinstance(inner, ast.If)
    inner.body = list(statement.body)
    header = f"\n{indent}".join(loop).removesuffix(":")
    starts = [line_start(module, line) for line in _own_lines(statement)]
    deeper = [(Span(start=start, end=start), step) for start in starts if module.text[start] not in "\r\n"]
    rewrite.replace_statement_parts(statement, [(where, header), *deeper], [meant])


def _own_lines(statement: ast.If) -> range:
    """Return the lines of an `if` statement's block that are not those of its head."""
    first = max(statement.body[0].lineno, (statement.test.end_lineno or statement.test.lineno) + 1)
    return range(first, (statement.end_lineno or first) + 1)


def _parsed(lines: list[str]) -> ast.For:
    loop = ast.parse("\n".join(lines)).body[0]
    assert isinstance(loop, ast.For)
    return loop


def _condition(found: _Asked, module: Module) -> str:
    """Return what stops the loop."""
    element = found.made.elt
    if found.is_all and isinstance(element, ast.UnaryOp) and isinstance(element.op, ast.Not):
        asked = _tight(element.operand, module)
    elif found.is_all:
        asked = f"not {_tight(element, module)}"
    else:
        asked = _tight(element, module) if found.made.generators[0].ifs else source(module, element)
    return " and ".join([*(_tight(test, module) for test in found.made.generators[0].ifs), asked])


def _tight(node: ast.expr, module: Module) -> str:
    written = source(module, node)
    return f"({written})" if isinstance(node, _LOOSE) else written
