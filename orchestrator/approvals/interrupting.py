"""Asks a person from inside a node. Nothing with effects may stand before it: the node runs again from its start."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from langgraph.types import interrupt

from orchestrator.approvals.edited_diff import BadEdit
from orchestrator.approvals.question import Answer, NotAnAnswer, Question, answer_from_json, question_to_json

T = TypeVar("T")
PAUSE = "pause"
"""Key of what a boundary waits with while the person rests the session."""


def rest(*, is_paused: bool) -> None:
    """Wait at a boundary until the person lets the session go on."""
    if is_paused:
        interrupt({PAUSE: True})


def settled(question: Question, take: Callable[[Answer], T]) -> T:
    """Ask, and return what the answer makes of it; an edit that can't be taken is asked about again, with the reason.

    Args:
        question: what is asked.
        take: applies an answer; raises BadEdit for an edit that can't be taken. It is called again after a resume.
    """
    asked = question
    while True:
        try:
            return take(answer_from_json(interrupt(question_to_json(asked))))
        except (BadEdit, NotAnAnswer) as error:
            asked = replace(question, complaint=str(error))
