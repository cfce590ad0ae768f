"""Findings of scans that nobody made."""

from agents.scan.finding import CodeFinding, Effort, Heat, Level
from agents.scan.standing import Standing
from profiling.model import FunctionKey


def finding(text: str, line: int = 3) -> CodeFinding:
    """Return a search in a loop, on a line of that text in a file with an odd name."""
    return CodeFinding(
        rule="search-in-loop",
        title="A list is searched",
        key=FunctionKey(file="a b/ä.py", first_line=1, qualname="f"),
        line=line,
        text=text,
        seen=text,
        action="keep a dict",
        confirm="trips",
        effort=Effort.LINES,
        heat=Heat.HOT,
        share=0.25,
        standing=Standing(depth=1),
        level=Level.ERROR,
    )
