"""What a person is asked before a new session begins: at most four questions, answered by one line."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.live.plain_text import one_line
from orchestrator.policy.asking import ALL, NEEDED, NONE
from orchestrator.settings import Settings

MOST_SHOWN = 6
"""Choices of one question; others can be typed."""

_GOALS = (
    ("whatever helps", None),
    ("CPU time", "cpu"),
    ("memory, and with it garbage collection", "memory"),
    ("start-up", "structure"),
    ("waiting (async)", "async"),
)
_TIMES = (("10 minutes", "10m"), ("1 hour", "1h"), ("4 hours", "4h"))
_ASKS = (
    ("only what needs your agreement", NEEDED),
    ("every experiment, specialist, command, commit and push", ALL),
    ("nothing", NONE),
)
_LETTERS = "abcdef"
_CHOSEN = re.compile(r"(?P<number>[1-9])\)?(?:(?P<letter>[a-f])|=(?P<typed>.+))", re.DOTALL)


class Unanswered(ValueError):
    """What was typed answers nothing; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer: how it reads, and the value of its setting (None: as without it)."""

    text: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One question.

    Attributes:
        setting: that it decides, by its field's name.
        text: as it reads.
        choices: in the order shown.
        default: place of the one that Enter takes.
        is_free: another value can be typed.
    """

    setting: str
    text: str
    choices: tuple[Choice, ...]
    default: int = 0
    is_free: bool = False


def openings(settings: Settings, workloads: Sequence[str]) -> tuple[Opening, ...]:
    """Return what is still open: what options, the environment or the repository decided is not asked.

    Args:
        settings: as they are without asking.
        workloads: command lines that were found, the best first.
    """
    given = settings.model_fields_set
    asked = []
    if "workload" not in given and len(workloads) > 1:
        found = tuple(Choice(text=one_line(one), value=one) for one in workloads[:MOST_SHOWN])
        asked.append(Opening(setting="workload", text="What is measured?", choices=found, is_free=True))
    if not settings.goal and "domain" not in given:
        asked.append(Opening(setting="domain", text="What should improve?", choices=_choices(_GOALS)))
    if "time_limit_s" not in given:
        times = _choices(_TIMES)
        asked.append(Opening(setting="time_limit_s", text="How long at most?", choices=times, default=1, is_free=True))
    if "ask" not in given:
        asked.append(Opening(setting="ask", text="Ask you before …?", choices=_choices(_ASKS)))
    return tuple(asked)


def screen(asked: Sequence[Opening]) -> str:
    """Return all questions as one screen."""
    lines = ["Before it begins (Enter takes what is marked *):", ""]
    for number, one in enumerate(asked, 1):
        lines.append(f"  {number}  {one.text}")
        lines += [
            f"     {_LETTERS[place]}{'*' if place == one.default else ' '} {choice.text}"
            for place, choice in enumerate(one.choices)
        ]
        if one.is_free:
            example = "2h" if one.setting == "time_limit_s" else '"python other.py"'
            lines.append(f"        or another: {number}={example}")
    return "\n".join([*lines, ""])


def answers(asked: Sequence[Opening], typed: str) -> Mapping[str, str]:
    """Return the settings that a line such as `1b 3=25m` decides, by field; what it does not name keeps its default.

    Raises:
        Unanswered: a word of it names no question or no choice.
    """
    decided = {one.setting: one.choices[one.default].value for one in asked}
    try:
        words = shlex.split(typed)
    except ValueError as error:
        raise Unanswered(f"{typed!r}: {error}") from error
    for word in words:
        question, value = _answered(asked, word)
        decided[question.setting] = value
    return {setting: value for setting, value in decided.items() if value is not None}


def _answered(asked: Sequence[Opening], word: str) -> tuple[Opening, str | None]:
    match = _CHOSEN.fullmatch(word)
    if match is None or int(match["number"]) > len(asked):
        raise Unanswered(f"{word!r} is no answer: type for example 1b, or only Enter")
    question = asked[int(match["number"]) - 1]
    if match["typed"] is not None:
        if not question.is_free:
            raise Unanswered(f"question {match['number']} has only the choices shown")
        return question, match["typed"]
    place = _LETTERS.index(match["letter"])
    if place >= len(question.choices):
        raise Unanswered(f"question {match['number']} has no choice {match['letter']}")
    return question, question.choices[place].value


def _choices(rows: Sequence[tuple[str, str | None]]) -> tuple[Choice, ...]:
    return tuple(Choice(text=text, value=value) for text, value in rows)
