"""The items of an action plan: what the scanner found, in the phases in which it is worked on."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from agents.recipes.catalogue import ASKED_FOR, CATALOGUE
from agents.scan import branching, building, kept, relations, repeated, size, waiting
from agents.scan.finding import CodeFinding, Effort, Heat
from agents.scan.heat import Temperature
from profiling.formats.lines import share_text
from profiling.model import Domain
from profiling.profile import RepeatedQuery

UNKNOWN_GAIN = "unknown without a profile"


class Phase(StrEnum):
    """Parts of a plan, in the order in which they are worked on."""

    ALGORITHMS = "Algorithms"
    STRUCTURE = "Structure"
    UPKEEP = "Caching, logging and I/O"
    DATABASES = "Databases"
    CONCURRENCY = "Concurrency"


class Doer(StrEnum):
    """Who can do an item."""

    RECIPE = "recipe"
    AGREED = "recipe, once you agree"
    MODEL = "claude or a person"
    PERSON = "a person"


_DOERS = {
    Effort.RECIPE: Doer.RECIPE,
    Effort.AGREED: Doer.AGREED,
    Effort.LINES: Doer.MODEL,
    Effort.DESIGN: Doer.PERSON,
}
_BY_RULE = {
    repeated.QUERY_IN_LOOP.id: Phase.DATABASES,
    **{rule.id: Phase.UPKEEP for rule in (*repeated.RULES, *kept.RULES) if rule is not repeated.QUERY_IN_LOOP},
    **{rule.id: Phase.DATABASES for rule in relations.RULES},
    **{rule.id: Phase.STRUCTURE for rule in (*building.RULES, *branching.RULES, *size.RULES)},
    **{rule.id: Phase.CONCURRENCY for rule in waiting.RULES},
}
_BY_DOMAIN = {Domain.ASYNC: Phase.CONCURRENCY, Domain.MEMORY: Phase.STRUCTURE, Domain.STRUCTURE: Phase.STRUCTURE}
_UPKEEP_WORDS = frozenset("cache cached file files hash logging memo writes".split())
_RECIPES = {recipe.card.id: recipe for recipe in CATALOGUE + ASKED_FOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A change of the same kind in a small program: source before and after."""

    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """One thing to do.

    Attributes:
        id: of the finding: the same as long as its line, its function and its file keep their words.
        phase: that it belongs to; rule: id of the rule or recipe; title: what that finds.
        file, line, function: where; code: the line as it stands, stripped.
        action: what to do; doer: who can.
        evidence: what speaks for it: what the source shows, and what a profile saw.
        gain: the most that can be expected, in words; `unknown without a profile`.
        verify: how it is proved.
        sketch: of what a recipe makes of such code; None where none does it.
    """

    id: str
    phase: Phase
    rule: str
    title: str
    file: str
    line: int
    function: str
    code: str
    action: str
    doer: Doer
    evidence: str
    gain: str
    verify: str
    sketch: Sketch | None = None


def items_of(findings: Sequence[CodeFinding], temperature: Temperature) -> tuple[PlanItem, ...]:
    """Return the items of findings, by phase and then in the findings' order.

    Args:
        findings: the most telling first.
        temperature: what they were found with.
    """
    items = [_item(one, temperature) for one in findings]
    return tuple(item for phase in Phase for item in items if item.phase is phase)


def phase_of(rule: str) -> Phase:
    """Return the phase of a rule or a recipe by its id; of one that is unknown, the first."""
    recipe = _RECIPES.get(rule)
    if recipe is None:
        return _BY_RULE.get(rule, Phase.ALGORITHMS)
    if recipe.card.domain in _BY_DOMAIN:
        return _BY_DOMAIN[recipe.card.domain]
    return Phase.UPKEEP if _UPKEEP_WORDS & set(rule.split("-")) else Phase.ALGORITHMS


def sketch_of(rule: str) -> Sketch | None:
    """Return the first rewrite among a recipe's examples; None of a rule without a rewrite."""
    recipe = _RECIPES.get(rule)
    examples = recipe.examples if recipe is not None else ()
    return next((Sketch(before=one.before, after=one.after) for one in examples if one.after is not None), None)


def _item(one: CodeFinding, temperature: Temperature) -> PlanItem:
    asked = temperature.queries.get(one.key.file, ()) if one.confirmed else ()
    query = next((query for query in asked if query.line == one.line), None)
    return PlanItem(
        id=one.fingerprint,
        phase=phase_of(one.rule),
        rule=one.rule,
        title=one.title,
        file=_writable(one.key.file),
        line=one.line,
        function=_writable(one.key.qualname),
        code=_writable(one.text),
        action=one.action,
        doer=_DOERS[one.effort],
        evidence=_evidence(one),
        gain=_of_query(one, query, temperature) if query is not None else _of_share(one, temperature),
        verify=_verify(one),
        sketch=sketch_of(one.rule),
    )


def _writable(text: str) -> str:
    """Return a text with what is no Unicode written out: names of files need not be."""
    return text.encode(errors="backslashreplace").decode()


def _evidence(one: CodeFinding) -> str:
    loops = "" if not one.depth else ", in a loop" if one.depth == 1 else f", in {one.depth} loops"
    return one.confirmed or f"{one.seen}{loops}; by the profile {one.heat.value}"


def _of_share(one: CodeFinding, temperature: Temperature) -> str:
    if one.expected is not None:
        return one.expected.text
    if one.share is None or one.heat is Heat.UNKNOWN:
        return UNKNOWN_GAIN
    if one.heat is Heat.COLD:
        return "below 1% of the workload's CPU time"
    return f"at most {share_text(one.share, temperature.samples)} of the workload's CPU time: all of its function"


def _of_query(one: CodeFinding, query: RepeatedQuery, temperature: Temperature) -> str:
    waited = min(query.wall_s / temperature.wall_s, 1.0) if temperature.wall_s > 0 else 0.0
    around = f", its function {share_text(one.share, temperature.samples)} of the CPU time" if one.share else ""
    return (
        f"{query.count} queries become one or a few: these take {query.wall_s:.2g} s, {waited:.0%} of the wall time"
        f"{around}"
    )


def _verify(one: CodeFinding) -> str:
    return (
        "optimize run tries it, tests it and measures it in pairs"
        if one.is_fixable
        else (f"{one.confirm}; then optimize compare against the commit before")
    )
