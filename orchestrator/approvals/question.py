"""A question to a person and its answer, as they travel: through the checkpoint, the mailbox, and to the terminal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from orchestrator.live.events import JsonValue
from orchestrator.policy.asking import Kind

MOST_CHARACTERS = 1_000_000
"""Of what a person may hand in as edited."""


class Decision(StrEnum):
    """What a person can answer."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, whole.

    Attributes:
        kind: of step.
        title: one line.
        details: what speaks for it, with figures; one line each.
        body: exactly what is to be done, as it can be edited: a diff, a command line, a commit message, an assignment.
        folder: where a command would run; empty for other kinds.
        experiment: number, None where there is none.
        worker: who would do it; empty for the lead.
        complaint: why the edit that was handed in before was not taken; empty at first.
    """

    kind: Kind
    title: str
    details: tuple[str, ...] = ()
    body: str = ""
    folder: str = ""
    experiment: int | None = None
    worker: str = ""
    complaint: str = ""


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person decided.

    Attributes:
        decision: one of three.
        text: with `edit`: the whole body as it is to be.
        reason: with `reject`: why.
    """

    decision: Decision
    text: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A question that waits, under the id of its interrupt: the same after a crash."""

    id: str
    question: Question

    @property
    def short(self) -> str:
        """Return as much of the id as a person types."""
        return self.id[:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingList:
    """What waits in one run of a session, as it is written for other processes."""

    run: str
    waiting: tuple[Pending, ...] = field(default=())


_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)
_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)
PENDING_LIST: TypeAdapter[PendingList] = TypeAdapter(PendingList)


class NotAnAnswer(ValueError):
    """What was handed in is no answer; the message says why."""


def question_to_json(question: Question) -> dict[str, JsonValue]:
    """Return a question as JSON values."""
    return cast("dict[str, JsonValue]", _QUESTION.dump_python(question, mode="json"))


def question_from_json(value: object) -> Question:
    """Return the question that `question_to_json` wrote."""
    return _QUESTION.validate_python(value)


def answer_to_json(answer: Answer) -> dict[str, JsonValue]:
    """Return an answer as JSON values."""
    return cast("dict[str, JsonValue]", _ANSWER.dump_python(answer, mode="json"))


def answer_from_json(value: object) -> Answer:
    """Return an answer.

    Raises:
        NotAnAnswer: it has another shape, lacks its text or its reason, or is too long.
    """
    try:
        answer = _ANSWER.validate_python(value)
    except ValidationError as error:
        raise NotAnAnswer(f"no answer: {error.errors()[0]['msg']}") from error
    if answer.decision is Decision.EDIT and not answer.text.strip():
        raise NotAnAnswer("an edit needs the edited text")
    if answer.decision is Decision.REJECT and not answer.reason.strip():
        raise NotAnAnswer("a rejection needs a reason: it is recorded, and the same is not proposed again")
    if max(len(answer.text), len(answer.reason)) > MOST_CHARACTERS:
        raise NotAnAnswer(f"more than {MOST_CHARACTERS} characters")
    return answer


def one_of(waiting: Mapping[str, Pending], words: str) -> Pending | None:
    """Return the question whose id begins with what was typed; None where none does, or several do."""
    found = [one for id_, one in waiting.items() if len(words) >= 4 and id_.startswith(words.lower())]
    return found[0] if len(found) == 1 else None
