"""Suspicions that something grows faster than its input, held against what a scaling test measured."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from agents.scan import lists, quadratic
from agents.scan.finding import CodeFinding, Heat, Level
from agents.scan.heat import Temperature
from profiling.formats.growth_lines import exponent_text, word
from profiling.growth import Exponent, Growth

_RECIPES = frozenset(
    "chained-lists count-scan deque-queue dict-index front-insert set-membership sort-idiom unique-list".split()
)
SUSPICIONS = _RECIPES | {rule.id for rule in (*lists.RULES, *quadratic.RULES)}
"""Rules and recipes that see a pass over all elements for each of them."""


def with_growth(findings: Iterable[CodeFinding], temperature: Temperature) -> Iterator[CodeFinding]:
    """Yield findings, the suspicions among them with what the last scaling test says of their functions.

    A function that grows steeply confirms them. One that does not refutes them, for the sizes that were measured. Where
    too little was seen of a function to fit an exponent nothing is said.
    """
    growth = temperature.growth
    exponents = _exponents(growth) if growth is not None else {}
    for one in findings:
        exponent = exponents.get((one.key.file, one.key.qualname)) if one.rule in SUSPICIONS else None
        if growth is None or exponent is None:
            yield one
        elif exponent.is_steep:
            seen = f"its function grows with the input to the power {_told(exponent, growth)}"
            yield replace(one, confirmed=seen, heat=Heat.HOT, level=Level.ERROR)
        elif exponent.is_flat:
            yield replace(one, refuted=f"its function grows with the input to the power {_told(exponent, growth)}")
        else:
            yield one


def _exponents(growth: Growth) -> dict[tuple[str, str], Exponent]:
    functions = (one for one in growth.functions if one.exponent is not None)
    return {(one.key.file, one.key.qualname): one.exponent for one in functions if one.exponent is not None}


def _told(exponent: Exponent, growth: Growth) -> str:
    return f"{exponent_text(exponent)} ({word(exponent)}) when `{growth.template}` was scaled"
