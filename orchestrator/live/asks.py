"""What is said of questions to a person, of their answers, and of what a person says on the way, as events."""

from orchestrator.approvals.question import Answer, Decision, Pending, question_to_json
from orchestrator.live.events import Event, EventKind, JsonValue
from orchestrator.live.plain_text import one_line
from orchestrator.policy.steering import Word

_WORDS = {Decision.APPROVE: "approved", Decision.EDIT: "edited", Decision.REJECT: "rejected"}


def asked(pending: Pending) -> Event:
    """Say that something waits for an answer: in `data` the whole of what is asked."""
    question = pending.question
    again = f"\nthe edit was not taken: {question.complaint}" if question.complaint else ""
    how = f"see it whole: optimize approvals {pending.short}; answer: optimize approve|reject {pending.short}"
    data: dict[str, JsonValue] = {"id": pending.id, "state": "asked", **question_to_json(question)}
    text = f"{pending.short} waits for your answer: {question.title}{again}\n{how}"
    return Event(kind=EventKind.APPROVAL, text=text, data=data, experiment=question.experiment)


def answered(pending: Pending, answer: Answer, by: str) -> Event:
    """Say what was answered, and from where."""
    word = _WORDS[answer.decision]
    why = f": {one_line(answer.reason)}" if answer.reason else ""
    data: dict[str, JsonValue] = {
        "id": pending.id,
        "state": "answered",
        "kind": pending.question.kind.value,
        "decision": answer.decision.value,
        "reason": answer.reason,
        "by": by,
    }
    text = f"{pending.short} {word} ({by}){why}"
    return Event(kind=EventKind.APPROVAL, text=text, data=data, experiment=pending.question.experiment)


def steered(word: Word, where: str, effect: str) -> Event:
    """Say how a word of the person's is heeded."""
    data: dict[str, JsonValue] = {"word": word.value, "where": where}
    return Event(kind=EventKind.STEER, text=f"{word.value}: {one_line(effect)}", data=data)


def paused() -> Event:
    """Say that nothing runs until the person lets it go on."""
    data: dict[str, JsonValue] = {"word": Word.PAUSE.value, "where": "", "resting": True}
    return Event(kind=EventKind.STEER, text="paused; go on: optimize steer continue", data=data)


def pushed(what: str) -> Event:
    """Say what became of a push."""
    return Event(kind=EventKind.APPROVAL, text=what, data={"state": "done", "kind": "push"})
