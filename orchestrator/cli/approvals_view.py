"""How waiting questions are shown by `optimize approvals`."""

import json
from collections.abc import Sequence

from orchestrator.approvals.question import Pending, one_of, question_to_json
from orchestrator.errors import UsageError
from orchestrator.live.plain_text import neutral, one_line


def as_text(waiting: Sequence[Pending], wanted: str | None, *, as_json: bool, is_terminal: bool) -> str:
    """Return the list, or one question whole; into a file, of that one only what can be edited.

    Raises:
        UsageError: no question has that id, or several begin so.
    """
    shown = tuple(waiting) if wanted is None else (_named(waiting, wanted),)
    if as_json:
        return json.dumps([{"id": one.id, **question_to_json(one.question)} for one in shown], indent=2)
    if wanted is None:
        return "\n".join(_row(one) for one in shown) or "nothing waits for an answer"
    if not is_terminal:
        return shown[0].question.body.rstrip("\n")
    return whole(shown[0])


def whole(pending: Pending) -> str:
    """Return one question with all that it asks."""
    question = pending.question
    lines = [f"{pending.short}  {one_line(question.title)}"]
    lines += [f"  {neutral(line)}" for line in question.details]
    if question.folder:
        lines.append(f"  folder: {one_line(question.folder)}")
    if question.complaint:
        lines.append(f"  the edit was not taken: {one_line(question.complaint)}")
    return "\n".join([*lines, "", neutral(question.body).rstrip("\n")])


def _row(pending: Pending) -> str:
    who = f" ({pending.question.worker})" if pending.question.worker else ""
    return f"{pending.short}  {pending.question.kind.value:<10}  {one_line(pending.question.title)}{who}"


def _named(waiting: Sequence[Pending], wanted: str) -> Pending:
    found = one_of({one.id: one for one in waiting}, wanted)
    if found is None:
        there = ", ".join(one.short for one in waiting) or "none"
        raise UsageError(f"no question {one_line(wanted)} waits for an answer", hint=f"waiting: {there}")
    return found
