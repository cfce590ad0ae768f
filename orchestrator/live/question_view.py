"""A question as a person reads it in a terminal: what speaks for it, the diff in colours, and the keys."""

from rich.console import Group
from rich.text import Text

from orchestrator.approvals.question import Pending
from orchestrator.live.plain_text import neutral, one_line

KEYS = "[y] yes   [e] edit   [n] no, with a reason   [q] stop here; it is asked again when you go on"
_COLOURS = (("+++", "bold"), ("---", "bold"), ("@@", "cyan"), ("+", "green"), ("-", "red"))


def rendered(pending: Pending) -> Group:
    """Return one question, whole."""
    question = pending.question
    who = f"  ({one_line(question.worker)})" if question.worker else ""
    parts = [Text(f"\n? {one_line(question.title)}{who}  {pending.short}", style="bold")]
    parts += [_line(line) for line in question.details]
    if question.folder:
        parts.append(Text(f"  in {one_line(question.folder)}"))
    parts.append(Text(""))
    parts += [_line(line) for line in question.body.splitlines()]
    if question.complaint:
        parts.append(Text(f"\nthe edit was not taken: {one_line(question.complaint)}", style="yellow"))
    return Group(*parts, Text(f"\n{KEYS}", style="bold"))


def _line(text: str) -> Text:
    shown = neutral(text)
    colour = next((style for start, style in _COLOURS if shown.startswith(start)), "")
    return Text(f"  {shown}", style=colour)
