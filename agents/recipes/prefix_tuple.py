"""Ask a text for all its possible beginnings or endings at once instead of one by one."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.bound_names import is_surely_bound
from agents.recipes.builtin_values import shape_of
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import FunctionNode, function_at, functions, own, own_calls
from agents.recipes.gains import generator_share
from agents.recipes.positions import Span, span
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.shapes import STR, element_of
from agents.recipes.splice import NotSpliceable, Rewrite, has_comment, is_as_written, source
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_EVALUATIONS = 1000
"""Questions in the workload below which nothing is gained."""
MIN_UNKNOWN = 3
"""Least texts of a chain that is asked for the type of its text first: with two that costs as much as it saves."""
_ASK_NS, _GUARD_NS, _MADE_NS = 25.0, 25.0, 250.0
"""What one question, the test of a type, and a generator for `any` cost (see the card's cost note)."""

_METHODS = frozenset({"endswith", "startswith"})
_HOLDERS = frozenset({"frozenset", "list", "set", "tuple"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Questions to one text.

    Attributes:
        node: the `or` chain or the call of `any`.
        first, last: operands of the chain that are replaced; of `any`, the call itself.
        text: the name asked.
        method: `startswith` or `endswith`.
        sought: what is asked for, as code: a tuple.
        count: how many questions a chain asks; 0 for `any`.
        is_str: the text surely is exactly a str.
    """

    node: ast.expr
    first: ast.expr
    last: ast.expr
    text: ast.Name
    method: str
    sought: str
    count: int
    is_str: bool


class PrefixTuple:
    """`s.startswith("a") or s.startswith("b")` → `s.startswith(("a", "b"))`; `any(s.startswith(p) for p in ps)` too."""

    card = Card(
        id="prefix-tuple",
        title="Ask a text for several beginnings or endings at once",
        rank=22,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.6,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, behind "
        "a test of the type, none fits, a chain of 4 1.7x / 2.1x / 2.4x [2.3, 2.5] / 2.4x / 1.7x, any of 3 3.2x / 3.8x "
        "/ 4.8x [4.7, 4.9] / 5.0x / 7.6x; a chain of 2 behind a test 1.1x / 1.3x / 1.5x / 1.6x / 1.1x, but 0.8x to "
        "1.0x where the first fits, so it is done without a test alone",
        mechanism="str.startswith takes a tuple and compares in C; a chain looks the method up and calls it for each, "
        "any makes a generator besides.",
        hazard="Checked: what is asked for are str and the text is exactly a str, tested while the program runs where "
        "it is not sure, and asked as before otherwise.",
    )
    examples = (
        Example(
            before="""\
def kind(line):
    text = f"{line} ".strip()
    if text.startswith("//") or text.startswith("#"):  # not code
        return "comment"
    return "code"
""",
            after="""\
def kind(line):
    text = f"{line} ".strip()
    if text.startswith(("//", "#")):  # not code
        return "comment"
    return "code"
""",
        ),
        Example(
            before="""\
SCHEMES = ("http:", "https:", "ftp:")


def is_link(text):
    return any(text.startswith(scheme) for scheme in SCHEMES)
""",
            after="""\
SCHEMES = ("http:", "https:", "ftp:")


def is_link(text):
    return (text.startswith(SCHEMES) if type(text) is str else any(text.startswith(scheme) for scheme in SCHEMES))
""",
        ),
        Example(
            before="""\
def is_image(name):
    return not name or name.endswith(".png") or name.endswith(".gif") or name.endswith((".jpg", ".jpeg"))
""",
            after="""\
def is_image(name):
    return not name or (name.endswith((".png", ".gif", ".jpg", ".jpeg")) if type(name) is str else \
name.endswith(".png") or name.endswith(".gif") or name.endswith((".jpg", ".jpeg")))
""",
        ),
        Example(
            before='def run(a, b):\n    return a.startswith("x") or b.startswith("y") or a.endswith("z")\n',
            after=None,
            because="they ask different texts, or for different things",
        ),
        Example(
            before='def run(text):\n    return text.startswith("x") or text.startswith("y")\n',
            after=None,
            because="with two beginnings the test of the type costs what one question saves",
        ),
        Example(
            before="def run(text, starts):\n    return any(text.startswith(start) for start in starts)\n",
            after=None,
            because="something else than str may be among what is asked for",
        ),
        Example(
            before='def run(lines):\n    return next(lines).startswith("x") or next(lines).startswith("y")\n',
            after=None,
            because="each question is to another text",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every chain of questions and every `any` over them."""
        for function in functions(module) if "swith(" in module.text else ():
            for found in _all(function.node, module, project):
                if can_be_made(partial(_patch, found, module)):
                    requests = (expression_request(module, found.node), expression_request(module, found.text))
                    one = site_at(self.card.id, function, found.node, module, *requests)
                    yield replace(one, node_path=_place(found))

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when str are asked often."""
        asked, text = (facts.expressions.get(request.id) for request in site.requests)
        evaluations = asked.evaluations if asked else 0
        if evaluations < MIN_EVALUATIONS or text is None:
            return Veto(reason=f"it was asked {evaluations} times, less than {MIN_EVALUATIONS}")
        others = sorted(text.types.keys() - {"str"})
        if others:
            return Veto(reason=f"it was also asked of a {', '.join(others)}")
        count = int(site.node_path.partition(" ")[0])
        saved_ns = _ASK_NS * count - _GUARD_NS if count else _MADE_NS
        share = generator_share(profile, site.key, saved_s=evaluations * saved_ns * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        return Choice(expected_share=share, evidence=f"facts:evaluations={evaluations} profile:saved_share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put one question in the place of many."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function.node, module, project) if function else ():
            if _place(found) == site.node_path:
                return _patch(found, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no text is asked here")


RECIPE = PrefixTuple()


def _all(function: FunctionNode, module: Module, project: Project) -> Iterator[_Asked]:
    if reads_its_frame(function, module):
        return
    if not own_calls(function, *_METHODS):
        return
    asking: Sequence[ast.BoolOp | ast.Call] = own(function, ast.BoolOp, ast.Call)
    for node in asking:
        found = _any(node, module, project) if isinstance(node, ast.Call) else _chain(node, module, project)
        if found is not None and (found.is_str or _may_be_guarded(found, module)):
            yield found


def _question(node: ast.expr) -> tuple[ast.Name, str, ast.expr] | None:
    """Return the name, the method and the argument of `name.startswith(argument)`."""
    if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
        return None
    method = node.func
    if not isinstance(method, ast.Attribute) or method.attr not in _METHODS or not isinstance(method.value, ast.Name):
        return None
    return method.value, method.attr, node.args[0]


def _chain(node: ast.BoolOp, module: Module, project: Project) -> _Asked | None:
    """Return the first run of two or more operands that ask the same name for constants."""
    if not isinstance(node.op, ast.Or):
        return None
    run: list[ast.expr] = []
    alike: tuple[str, str] | None = None
    for value in node.values:
        question = _question(value)
        key = (question[0].id, question[1]) if question and _texts(question[2]) else None
        if key is not None and key == alike:
            run.append(value)
        elif len(run) > 1:
            break
        else:
            run, alike = ([value] if key else []), key
    return _asked_in(node, run, module, project) if len(run) > 1 else None


def _asked_in(node: ast.BoolOp, run: Sequence[ast.expr], module: Module, project: Project) -> _Asked | None:
    questions = [question for question in map(_question, run) if question]
    text, method, _ = questions[0]
    sought = [source(module, part) for _, _, argument in questions for part in _texts(argument)]
    is_str = shape_of(text, module, project) == STR
    if not is_str and len(run) < MIN_UNKNOWN:
        return None
    return _Asked(
        node=node,
        first=run[0],
        last=run[-1],
        text=text,
        method=method,
        sought=f"({', '.join(sought)})",
        count=len(run),
        is_str=is_str,
    )


def _texts(argument: ast.expr) -> list[ast.expr]:
    """Return the parts of a text or a tuple of texts; none when it is something else."""
    parts = argument.elts if isinstance(argument, ast.Tuple) else [argument]
    are_texts = all(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in parts)
    return list(parts) if are_texts else []


def _any(node: ast.Call, module: Module, project: Project) -> _Asked | None:
    """Return `any(name.startswith(one) for one in texts)`."""
    known = names(module)
    made = node.args[0] if len(node.args) == 1 and not node.keywords else None
    if not isinstance(node.func, ast.Name) or node.func.id != "any" or not known.is_builtin("any", node.func):
        return None
    if not isinstance(made, ast.GeneratorExp) or len(made.generators) != 1:
        return None
    generator, question = made.generators[0], _question(made.elt)
    if question is None or generator.ifs or generator.is_async or not isinstance(generator.target, ast.Name):
        return None
    text, method, argument = question
    is_asked_for = isinstance(argument, ast.Name) and argument.id == generator.target.id != text.id
    sought = _tuple_of(generator.iter, module, project)
    if not is_asked_for or sought is None or not is_surely_bound(text, module):
        return None
    is_str = shape_of(text, module, project) == STR
    return _Asked(node=node, first=node, last=node, text=text, method=method, sought=sought, count=0, is_str=is_str)


def _tuple_of(iterated: ast.expr, module: Module, project: Project) -> str | None:
    """Return a tuple, as code, of the str that are stepped through; None when they may be something else."""
    written = source(module, iterated)
    if isinstance(iterated, ast.Tuple | ast.List | ast.Set):
        parts = _texts(ast.Tuple(elts=iterated.elts, ctx=ast.Load()))
        comma = "," if len(parts) == 1 else ""
        return f"({', '.join(source(module, part) for part in parts)}{comma})" if parts else None
    shape = shape_of(iterated, module, project) if isinstance(iterated, ast.Name) else None
    if shape is None or shape.type not in _HOLDERS or element_of(shape) != STR:
        return None
    if shape.type == "tuple":
        return written
    return f"tuple({written})" if names(module).is_builtin("tuple", iterated) else None


def _may_be_guarded(found: _Asked, module: Module) -> bool:
    """Say whether the type of the text can be asked for: it is a local, and is not guarded by an earlier rewrite."""
    known, above = names(module), parents(module)[found.node]
    scope = known.resolve(found.text.id, found.text)
    if scope is None or scope is known.top or scope.is_class:
        return False
    if isinstance(above, ast.IfExp) and above.orelse is found.node and ast.unparse(above.test).endswith(" is str"):
        return False
    return known.is_builtin("type", found.node) and known.is_builtin("str", found.node)


def _place(found: _Asked) -> str:
    return f"{found.count} {place_of(found.first)}" if found.count else f"0 {place_of(found.node)}"


def _patch(found: _Asked, module: Module) -> Patch:
    node, rewrite = found.node, Rewrite(module)
    if has_comment(module, node) or not is_as_written(module, node):
        raise NotSpliceable(f"{module.file}:{node.lineno}: a comment or an f-string is in the way")
    where = Span(start=span(module, found.first).start, end=span(module, found.last).end)
    written = module.text[where.start : where.end]
    new = f"{found.text.id}.{found.method}({found.sought})"
    if not found.is_str:
        new = f"({new} if type({found.text.id}) is str else {written})"
    if not isinstance(node, ast.BoolOp) or len(node.values) == found.count:
        rewrite.replace(node, new)
        return rewrite.patch()
    first = node.values.index(found.first)
    values = [*node.values[:first], ast.parse(new, mode="eval").body, *node.values[first + found.count :]]
    rewrite.replace_parts(node, [(where, new)], ast.BoolOp(op=ast.Or(), values=values))
    return rewrite.patch()
