"""Collect the pieces of an attribute's text in a list: `self.text += piece` copies all that was there before."""

import ast
import re
from collections.abc import Iterator

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.functions import Function, function_at, functions
from agents.recipes.gains import function_share
from agents.recipes.positions import Span, span
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request, loop_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, indentation, line_start
from agents.recipes.text_attribute import TextAttribute, text_attributes
from profiling.facts import ExpressionFacts, Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_TRIPS = 500
"""Most trips of one entry of the loop below which nothing is gained (docs/recipes.md)."""
_COPY_NS, _PIECE_NS = 0.011, 50.0
"""What copying a character again costs, and an attribute's read and store less an append (see the cost note)."""

_OPERATOR = re.compile(r"\s*\+=\s*")


class AttributeText:
    """`self.text += piece` in a loop → `pieces.append(piece)`, and the attribute set once behind it."""

    card = Card(
        id="attribute-text",
        title="Join the pieces of an attribute's text once",
        rank=16,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.7,
        cost_note="measured 2026-11, 15 pairs, pieces of 10 characters added to an attribute; 500 pieces: 3.5x on "
        "CPython 3.9, 3.7x on 3.10, 4.9x [4.7, 5.1] on 3.11, 4.2x on 3.12, 4.4x on 3.13; 5000 pieces: 8.7x, 10x, 18x "
        "[17, 19], 13x, 14x; fresh pieces added to a local are not rewritten: 1.1x [1.0, 1.2] at 5000, 0.6x at 20000 "
        "of 100 characters",
        mechanism="A str grows in place only where a local variable alone holds it; one that an attribute holds is "
        "copied for every piece. A list collects the pieces, and they are joined once.",
        hazard="Checked: all pieces and the text before them are exactly str, the attribute is a plain one, nothing in "
        "the loop reads it or runs code that could, and it is set whichever way the loop is left; remains: another "
        "thread that looks at the attribute meanwhile, and a subclass elsewhere that makes it a property.",
    )
    examples = (
        Example(
            before="""\
class Report:
    def render(self, rows):
        self.text = ""
        for row in rows:
            # one line each
            self.text += f"{row}\\n"
        return self.text
""",
            after="""\
class Report:
    def render(self, rows):
        self.text = ""
        _text_parts = [self.text]
        try:
            for row in rows:
                # one line each
                _text_parts.append(f"{row}\\n")
        finally:
            self.text = "".join(_text_parts)
        return self.text
""",
        ),
        Example(
            before="""\
class Report:
    def render(self, rows):
        self.text = ""
        for row in rows:
            self.text += row
        return self.text
""",
            after=None,
            because="a row may be of a class that adds in its own way, or no text at all",
        ),
        Example(
            before="""\
class Report:
    def render(self, rows):
        self.text = ""
        for row in rows:
            self.text += f"{row}\\n"
            self.log(row)
        return self.text
""",
            after=None,
            because="a method is called that may look at the text",
        ),
        Example(
            before="""\
class Report:
    def add(self, rows):
        for row in rows:
            self.text += f"{row}\\n"
""",
            after=None,
            because="what the attribute holds before is not known: a list would be added to in another way",
        ),
        Example(
            before="""\
class Report(Base):
    def render(self, rows):
        self.text = ""
        for row in rows:
            self.text += f"{row}\\n"
""",
            after=None,
            because="a class that is not in the project may make the attribute a property",
        ),
        Example(
            before="""\
def render(rows):
    text = ""
    for row in rows:
        text += f"{row}\\n"
    return text
""",
            after=None,
            because="a local grows in place: joining fresh pieces was measured at 0.6x to 1.1x",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every loop of a method that only adds text to an attribute."""
        for function in functions(module) if "+=" in module.text else ():
            for found in text_attributes(function, module, project):
                if _is_spliceable(found, module):
                    yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the loop has many trips and the pieces were text."""
        entered = facts.loops.get(site.requests[0].id)
        requested = (facts.expressions.get(request.id) for request in site.requests[1:])
        pieces = [fact for fact in requested if fact is not None]
        if entered is None or not pieces or entered.max_trips < MIN_TRIPS:
            most = entered.max_trips if entered else 0
            return Veto(reason=f"the loop had at most {most} trips, less than {MIN_TRIPS}")
        share = function_share(profile, site.key, saved_s=_saved_ns(pieces, entered.entries) * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        added, characters = sum(fact.evaluations for fact in pieces), sum(fact.total_len for fact in pieces)
        evidence = f"facts:pieces={added} characters={characters} entries={entered.entries}"
        return Choice(expected_share=share, evidence=f"{evidence} profile:saved_share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Append to a list in the loop, and set the attribute however the loop is left."""
        del choice
        function = function_at(module, site.key)
        found = text_attributes(function, module, project) if function else iter(())
        same = next((one for one in found if _place(one) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: no loop that adds text to an attribute stands here")
        return _patch(same, module)


RECIPE = AttributeText()


def _saved_ns(pieces: list[ExpressionFacts], entries: int) -> float:
    """Return what copying costs: each piece moves half of the final text, on the average."""
    added, characters = sum(fact.evaluations for fact in pieces), sum(fact.total_len for fact in pieces)
    return added * characters / max(1, entries) / 2 * _COPY_NS + added * _PIECE_NS


def _place(found: TextAttribute) -> str:
    return f"{found.loop.lineno}:{found.loop.col_offset}:{found.attribute}"


def _site(function: Function, found: TextAttribute, module: Module) -> Site:
    pieces = (expression_request(module, addition.value) for addition in found.additions)
    return Site(
        recipe=AttributeText.card.id,
        key=function.key,
        module=module.file,
        line=found.additions[0].lineno,
        requests=(loop_request(module, found.loop), *pieces),
        node_path=_place(found),
    )


def _is_spliceable(found: TextAttribute, module: Module) -> bool:
    try:
        _patch(found, module)
    except NotSpliceable:
        return False
    return True


def _patch(found: TextAttribute, module: Module) -> Patch:
    rewrite, parts = Rewrite(module), f"_{found.attribute.strip('_')}_parts"
    if not names(module).is_free(parts):
        raise NotSpliceable(f"{module.file}: {parts} is taken")
    for addition in found.additions:
        _append(rewrite, addition, parts, module)
    owner = f"{found.receiver}.{found.attribute}"
    made, set_again = f"{parts} = [{owner}]", f'{owner} = "".join({parts})'
    fields = {name: getattr(found.loop, name) for name in found.loop._fields}
    same_loop: ast.stmt = type(found.loop)(**fields)  # a node of its own: the old one stands for the whole
    guarded = ast.Try(body=[same_loop], handlers=[], orelse=[], finalbody=ast.parse(set_again).body)
    rewrite.replace_statement_parts(
        found.loop, list(_indented(found.loop, module, made, set_again)), [*ast.parse(made).body, guarded]
    )
    return rewrite.patch()


def _append(rewrite: Rewrite, addition: ast.AugAssign, parts: str, module: Module) -> None:
    where, target = span(module, addition), span(module, addition.target)
    operator = _OPERATOR.match(module.text, target.end)
    if operator is None:
        raise NotSpliceable(f"{module.file}:{addition.lineno}: something stands beside the operator")
    call = ast.Call(func=ast.parse(f"{parts}.append", mode="eval").body, args=[addition.value], keywords=[])
    opening, closing = Span(start=where.start, end=operator.end()), Span(start=where.end, end=where.end)
    edits = [(opening, f"{parts}.append("), (closing, ")")]
    rewrite.replace_statement_parts(addition, edits, [ast.Expr(value=call)])


def _indented(loop: ast.For | ast.While, module: Module, made: str, set_again: str) -> Iterator[tuple[Span, str]]:
    """Yield the edits that put a loop into `try`, with the first and the last statement around it."""
    indent, first = indentation(module, loop), line_start(module, loop.lineno)
    end = end_of_lines(module, loop)
    yield Span(start=first, end=first), f"{indent}{made}\n{indent}try:\n    "
    for line in range(loop.lineno + 1, (loop.end_lineno or loop.lineno) + 1):
        start = line_start(module, line)
        if module.text[start:].split("\n", 1)[0].strip():
            yield Span(start=start, end=start), "    "
    is_complete = module.text[end - 1] in "\r\n"
    yield Span(start=end, end=end), f"{'' if is_complete else chr(10)}{indent}finally:\n{indent}    {set_again}\n"
