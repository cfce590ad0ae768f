"""Text of the target made harmless in Markdown: no tag, link, mention or emphasis comes out of a repository's names."""

import re

from orchestrator.live.plain_text import one_line

_MARKS = re.compile("`+")


def plain(text: str) -> str:
    """Return text that is no markup, on one line."""
    escaped = one_line(text).replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for char in "`*_[]#|":
        escaped = escaped.replace(char, f"\\{char}")
    return escaped.replace("@", "@\u200b")


def code(text: str) -> str:
    """Return text as code, in as many backticks as it takes; a bar would end a table's cell."""
    line = one_line(text).replace("|", "¦")
    marks = "`" * (max((len(run) for run in _MARKS.findall(line)), default=0) + 1)
    padding = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{marks}{padding}{line}{padding}{marks}"
