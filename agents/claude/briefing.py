"""What a specialist is told of its target: source, figures of every domain, neighbours, history, environment."""

from collections.abc import Iterable

from agents.claude.places import Place, source_of
from agents.claude.tools._base import ToolRefused
from agents.claude.tools.checkout import Checkout
from agents.claude.tools.files import numbered
from agents.claude.tools.functions import facts_about, facts_lines, function_line
from agents.model import Attempt, Brief, Insight
from agents.specialists.repairing import found_text
from profiling.formats.lines import unified_profile_lines
from profiling.formats.table import unified_targets_lines
from profiling.model import FunctionKey, Tree
from profiling.profile import Profile
from profiling.target import Interaction, Target
from prompts.inputs import Rules, TargetBrief
from prompts.rendering import Data, guide_names, render

_DOCUMENTS = ("AGENTS.md", "CLAUDE.md", "CONTRIBUTING.md")
_MOST_DOCUMENT = 12_000
_MOST_SOURCE = 24_000
MOST_ATTEMPTS = 40
"""Earlier experiments that are told."""

_MOST_NEIGHBOURS = 20
_NOTHING = "nothing"


def rules(tree: Tree, conventions: str) -> str:
    """Return what holds for every agent, with what the maintainers wrote: the cached front of every prompt."""
    parts = [("conventions", conventions), *((name, _document(tree, name)) for name in _DOCUMENTS)]
    shown = "\n\n".join(f"{name}:\n{text[:_MOST_DOCUMENT]}" for name, text in parts if text.strip())
    return render(Rules(documents=Data(shown or _NOTHING), guides=", ".join(guide_names())))


def target_text(brief: Brief, place: Place, strategy: str) -> str:
    """Return the opening of a specialist's conversation."""
    key, checkout = brief.target.key, Checkout(root=brief.tree.root)
    facts = facts_about(brief, key)
    return render(
        TargetBrief(
            name=Data(key.qualname),
            place=Data(key.place),
            dimension=place.dimension.value,
            figures=figures(brief.target, brief.profile, place),
            interactions=Data(_lines(_interaction_lines(brief))),
            file=Data(key.file),
            source=Data(numbered_source(checkout, key)),
            neighbours=Data(_lines(_neighbours(brief))),
            facts=Data(_lines(facts_lines(facts) if facts is not None else ())),
            profile=Data("\n".join(unified_profile_lines(brief.profile))),
            table=Data("\n".join(unified_targets_lines(brief.table or (brief.target,)))),
            attempts=Data(_lines(_attempt_lines(brief))),
            insights=Data(_lines(map(insight_line, brief.insights))),
            strategy=Data("\n\n".join(_strategy(brief, strategy)) or _NOTHING),
            avoid=Data(_lines(brief.avoid)),
            environment=Data(_lines(environment(brief))),
        )
    )


def figures(target: Target, profile: Profile, place: Place) -> str:
    """Return what a target costs in every domain, and what is within reach."""
    reach = f"at most {place.reach:.1%} of {place.dimension.value} can be saved here"
    return f"{target_figures(target, profile)}; {reach}"


def target_figures(target: Target, profile: Profile) -> str:
    """Return what a target costs in every domain."""
    found = next((one for one in profile.functions if one.key == target.key), None)
    line = function_line(found, profile) if found is not None else f"not sampled; imports {target.import_s:.3f} s"
    domains = "+".join(domain.value for domain in target.domains) or "none"
    return f"{line}; over a threshold in: {domains}"


def environment(brief: Brief) -> tuple[str, ...]:
    """Return how the target is run."""
    python = ".".join(map(str, brief.profile.interpreter.version))
    kind = " free-threaded" if brief.profile.interpreter.free_threaded else ""
    return (
        f"{brief.profile.interpreter.implementation} {python}{kind}, collector: {brief.profile.gc.collector}",
        f"workload: {brief.profile.command.text}",
        f"source: {', '.join(brief.tree.source_paths)}",
        *brief.notes,
    )


def numbered_source(checkout: Checkout, key: FunctionKey) -> str:
    """Return the function with the numbers of its lines."""
    text, whole = source_of(checkout, key), checkout.text(key.file)
    start = whole.find(text)
    if start < 0:
        return text[:_MOST_SOURCE]
    number = whole[:start].count("\n") + 1
    return numbered(whole, number, number + text.rstrip("\n").count("\n"))[:_MOST_SOURCE]


def _interaction_lines(brief: Brief) -> Iterable[str]:
    here = [one for one in brief.interactions if one.key == brief.target.key]
    elsewhere = [one for one in brief.interactions if one.key != brief.target.key]
    for one in (*here, *elsewhere):
        yield f"here: {_mechanism(one)}" if one in here else interaction_line(one)


def interaction_line(one: Interaction) -> str:
    """Return a mechanism across domains with its function and its evidence."""
    return f"{one.key.qualname}: {_mechanism(one)}"


def insight_line(one: Insight) -> str:
    """Return what was found by reading ahead."""
    missed = f"; across domains: {one.interaction}" if one.interaction else ""
    return f"{one.key.qualname} ({one.key.place}): {one.antipattern} [{one.evidence}]; callers: {one.callers}{missed}"


def _mechanism(one: Interaction) -> str:
    evidence = "; ".join(f"{each.text} [{each.dimension.value}]" for each in one.evidence)
    return f"{one.kind.value}: {evidence}; usual root fix: {one.root_fix}"


def _neighbours(brief: Brief) -> Iterable[str]:
    for title, keys in (("called by", brief.callers), ("calls", brief.callees)):
        yield from (f"{title} {key.qualname} ({key.place})" for key in keys[:_MOST_NEIGHBOURS])


def _attempt_lines(brief: Brief) -> Iterable[str]:
    """Yield what was tried, at this function first."""
    name = (brief.target.key.file, brief.target.key.qualname)
    ordered = sorted(brief.history, key=lambda one: (one.key.file, one.key.qualname) != name)
    return map(attempt_line, ordered[:MOST_ATTEMPTS])


def attempt_line(one: Attempt) -> str:
    """Return what was tried, and what became of it."""
    why = f": {one.explanation}" if one.explanation else ""
    return f"{one.summary} ({one.source}) at {one.key.qualname} ({one.key.place}): {one.status}, {one.reason}{why}"


def _strategy(brief: Brief, strategy: str) -> Iterable[str]:
    """Yield what the lead wants, and what a review wants of a fix that it undid."""
    if strategy:
        yield strategy
    if brief.undone is not None:
        edits = "\n".join(f"in {one.file}:\n{one.new}" for one in brief.undone.proposal.patch.edits)
        yield (
            f"`{brief.undone.proposal.summary}` was kept, and a review undid it: {found_text(brief.undone.findings)}."
            f" Keep its gain in a form that gives no reason for that. It read, {edits}"
        )


def _document(tree: Tree, name: str) -> str:
    try:
        return Checkout(root=tree.root).text(name)
    except ToolRefused:
        return ""


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines) or _NOTHING
