"""What the ten answers before an edit must be: a hypothesis that can be checked, or a deeper look comes first."""

import re
from dataclasses import fields

from agents.model import Answer, Checklist, Proposal
from orchestrator.policy.presubmit import DIMENSION_WORDS

_HYPOTHESIS = ("interaction", "root_cause", "mechanism")
"""Answers that say what is believed; the others say what was looked at."""

_SAYS_NOTHING = re.compile(
    r"(none|nothing|n/?a|unknown|tbd|todo|see above|yes|no|ok|same|-+|\?+|\.+|…)?\W*", re.IGNORECASE
)
_HEDGED = re.compile(
    r"\b(unknown|unclear|not (sure|certain|clear)|no idea|don't know|do not know|i guess|maybe|perhaps|possibly"
    r"|presumably|might be|could be|hard to say)\b",
    re.IGNORECASE,
)
_CHECKABLE = re.compile(
    r"\d|\.py\b|\b(profile|fact|caller|callee|search|read_file|prescreen|run_tests|sample_calls|line_times|licence"
    r"|interaction|import)",
    re.IGNORECASE,
)
"""A pointer somebody can follow: a figure, a place, or what answered."""

_DEEPER = "look deeper before you edit (`line_times` gives time by line), and name the figure that makes it clear"


def unclear(proposal: Proposal, interactions: tuple[str, ...]) -> str:
    """Return why a proposal's reasons are no ground for an edit; nothing when they are.

    Args:
        proposal: with its ten answers.
        interactions: kinds of mechanisms across domains that were detected at its function.
    """
    for field in fields(Checklist):
        answer: Answer = getattr(proposal.checklist, field.name)
        problem = _of_answer(field.name, answer)
        if problem:
            return problem
    return _of_interaction(proposal.checklist.interaction, interactions) or _of_measurement(proposal)


def _of_answer(name: str, answer: Answer) -> str:
    shown = answer.text[:80]
    if name != "interaction" and _SAYS_NOTHING.fullmatch(answer.text.strip()):
        return f"checklist.{name}: {shown!r} says nothing"
    if name in _HYPOTHESIS and _HEDGED.search(answer.text) and not re.search(r"\d", answer.evidence):
        return f"checklist.{name}: {shown!r} is no clear hypothesis: {_DEEPER}"
    if not _CHECKABLE.search(answer.evidence):
        points = f"the evidence {answer.evidence[:80]!r} points at nothing"
        return f"checklist.{name}: {points}: name a figure, file:line, or what a tool answered"
    return ""


def _of_interaction(answer: Answer, interactions: tuple[str, ...]) -> str:
    """Ask that a mechanism which was detected here is spoken of, if only to say that this fix leaves it alone."""
    words = {word for kind in interactions for word in kind.split("_")}
    said = answer.text.casefold()
    if not words or any(word in said for word in words):
        return ""
    seen = f"{', '.join(interactions)} was detected at this function, and {answer.text[:80]!r} does not speak of it"
    return f"checklist.interaction: {seen}: say what the fix does to it, or why nothing"


def _of_measurement(proposal: Proposal) -> str:
    said = f"{proposal.checklist.measurement.text} {proposal.checklist.measurement.evidence}"
    if re.search(rf"\b({DIMENSION_WORDS[proposal.dimension]})\b", said, re.IGNORECASE):
        return ""
    return f"checklist.measurement: it does not name {proposal.dimension.value}, which decides"
