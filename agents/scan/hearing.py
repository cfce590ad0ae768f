"""Which findings are heard before anything was recorded, and which come first: what precision on packages allows.

The figures stand in docs/scan-precision.md. Recipes that are not named here are heard where the facts beside a profile
say that they pay, rules when they are asked for by name: of those that are heard for their heat alone none was right.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum


class Where(StrEnum):
    """Where a rule is heard without a profile."""

    LOOPS = "in loops"
    STEPS = "in every step of a loop, unless over what programmers write down"
    DATA = "in every step of a loop over data"
    LIGHT = "in every step of a loop over data that does little else"
    ANYWHERE = "anywhere"
    ASKED = "only when named, or when a profile with facts says that it pays"


class Payoff(IntEnum):
    """What acting on a finding is expected to bring; larger is more."""

    UNKNOWN = 0
    FACTOR = 1
    """A constant factor of what the line costs, or memory that is given back."""
    WAITING = 2
    """Waiting for the outside world, once instead of for each element."""
    GROWTH = 3
    """An order of growth."""


_LOUD: Mapping[str, tuple[Payoff, Where]] = {
    "search-in-loop": (Payoff.GROWTH, Where.LIGHT),
    "grown-copy": (Payoff.GROWTH, Where.LIGHT),
    "sort-in-loop": (Payoff.GROWTH, Where.STEPS),
    "dict-index": (Payoff.GROWTH, Where.LIGHT),
    "chained-lists": (Payoff.GROWTH, Where.LIGHT),
    "request-in-loop": (Payoff.WAITING, Where.LOOPS),
    "file-memo": (Payoff.WAITING, Where.LOOPS),
    "gathered-awaits": (Payoff.WAITING, Where.ANYWHERE),
    "blocking-call": (Payoff.WAITING, Where.ANYWHERE),
    "cached-coroutine": (Payoff.FACTOR, Where.ANYWHERE),
    "regex-hoist": (Payoff.FACTOR, Where.DATA),
    "flat-copy": (Payoff.FACTOR, Where.DATA),
}

UNPROVEN = frozenset({"search-in-loop", "sort-in-loop", "grown-copy"})
"""Rules of these that were useless in more than one of ten places on code that nothing was tuned on: a plan, which a
person reads once, holds them; a scan keeps them back until a profile shows heat as well, or they are named."""

UNFELT = frozenset({"any-loop"})
"""Recipes whose expected gain was not seen when it was measured, on code that nothing was tuned on: a plan holds them,
and a session, which measures, tries them."""

DOES: Mapping[str, frozenset[str]] = {
    "search-in-loop": frozenset({"set-membership", "unique-list"}),
}
"""Recipes that do what a rule advises: they are heard in its stead, where it is heard."""
_RULE_OF = {recipe: rule for rule, recipes in DOES.items() for recipe in recipes}


def rule_of(recipe: str) -> str | None:
    """Return the rule in whose stead a recipe is heard where that is, None when it speaks for itself."""
    rule = _RULE_OF.get(recipe)
    return rule if rule in _LOUD else None


def payoff(rule: str) -> Payoff:
    """Return what acting on the findings of a rule or recipe is expected to bring."""
    return _LOUD.get(_RULE_OF.get(rule, rule), (Payoff.UNKNOWN, Where.ASKED))[0]


def where(rule: str) -> Where:
    """Return where a rule or recipe is heard without a profile."""
    return _LOUD.get(rule, (Payoff.UNKNOWN, Where.ASKED))[1]
