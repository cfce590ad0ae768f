"""Status lines: an event as a person reads it in a terminal, a pipe, or a CI log."""

import re
import textwrap

from orchestrator.live.events import LEAD_STREAM, Event, EventKind
from orchestrator.live.plain_text import neutral, one_line

_SILENT = frozenset({EventKind.NODE_STARTED, EventKind.NODE_FINISHED, EventKind.MEASURING, EventKind.MESSAGE})
_BLOCKS = frozenset({EventKind.UNIFIED_PROFILE, EventKind.UNIFIED_TARGETS})
_TIER = re.compile(r"^Tier \d+ \((?P<who>[^)]*)\)(?:: *(?P<ticket>.*))?$", re.DOTALL)
_INDENT = "  "


def render(event: Event) -> str | None:
    """Return the status line or lines of an event, without the last line end; None when it has none.

    The lead's lines begin with their tag, a worker's with its name. Further lines are indented, but for the rows of
    a table, so that no text of the target can pass for a status line.
    """
    if event.kind in _SILENT:
        return None
    tag, lead_in = _tag(event)
    text = neutral(event.text).strip("\n")
    if event.kind in _BLOCKS and not lead_in:
        return "\n".join([tag, *_indented(text)]) if text.strip() else tag
    first, _, rest = f"{lead_in}{text}".partition("\n")
    return "\n".join([f"{tag} {first.strip()}".rstrip(), *_indented(rest)])


def worker_name(stream: str) -> str:
    """Return what a stream is called in a line: `cpu-specialist`, `worker cpu-7`; empty for the lead."""
    if stream == LEAD_STREAM:
        return ""
    match = _TIER.match(stream)
    if match is None:
        return one_line(stream)
    name = re.sub(r"\s+", "-", one_line(match["who"]).lower())
    return f"{name} {one_line(match['ticket'] or '')}".strip()


def _tag(event: Event) -> tuple[str, str]:
    """Return the tag, and the words that come before the text of a worker's line."""
    words = f"experiment {event.experiment}" if event.kind is EventKind.EXPERIMENT and event.experiment else ""
    name = worker_name(event.stream)
    if not name:
        return f"[{words or _lead_word(event.kind)}]", ""
    if event.kind is EventKind.WORKER_ENDED:
        return f"[{name}]", ""
    return f"[{name}]", f"{words or _lead_word(event.kind)}: "


def _lead_word(kind: EventKind) -> str:
    if kind is EventKind.VIEW_DROPPED:
        return EventKind.WARNING.value
    return kind.value.replace("_", " ")


def _indented(text: str) -> list[str]:
    lines = textwrap.dedent(text).split("\n") if text.strip() else []
    return [line.rstrip() if line.startswith("|") else f"{_INDENT}{line}".rstrip() for line in lines]
