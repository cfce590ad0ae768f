"""Reading: parts of files, and a search for words. Words, not patterns: a pattern from outside can take for ever."""

import time
from collections.abc import Iterator

from pydantic import Field

from agents.claude.tools._base import AnyTool, Arguments, Tool, ToolRefused
from agents.claude.tools.checkout import Checkout, lines_of

_MOST_LINES = 400
_MOST_HITS = 60
_LONGEST_LINE = 300
_SEARCH_S = 10.0


class ReadFile(Arguments):
    """Which lines of which file."""

    file: str = Field(min_length=1, max_length=400)
    first_line: int = Field(default=1, ge=1)
    last_line: int | None = Field(default=None, ge=1)


class Search(Arguments):
    """Which words, where."""

    text: str = Field(min_length=2, max_length=200)
    folder: str = Field(default="", max_length=400)
    ignore_case: bool = False


def file_tools(checkout: Checkout) -> tuple[AnyTool, ...]:
    """Return the tools that read a checkout."""
    return (
        Tool(
            name="read_file",
            description=(
                f"Read lines of a text file of the checkout, at most {_MOST_LINES} at a time, with their numbers. "
                "`file` is relative to the root. The number and the tab before each line are not part of the file."
            ),
            arguments=ReadFile,
            use=lambda asked: _read(checkout, asked),
        ),
        Tool(
            name="search",
            description=(
                "Find the lines of Python files that hold a text, word for word (no pattern). `folder` narrows it to a "
                f"folder or file. At most {_MOST_HITS} lines."
            ),
            arguments=Search,
            use=lambda asked: _search(checkout, asked),
        ),
    )


def numbered(text: str, first_line: int, last_line: int) -> str:
    """Return lines with their numbers and a tab in front of each."""
    lines = lines_of(text)[first_line - 1 : last_line]
    return "".join(f"{number}\t{line}" for number, line in enumerate(lines, first_line)).rstrip("\n")


def _read(checkout: Checkout, asked: ReadFile) -> str:
    text = checkout.text(asked.file)
    count = len(lines_of(text))
    if asked.first_line > max(count, 1):
        raise ToolRefused(f"{asked.file} has {count} lines")
    last = min(asked.last_line or count, asked.first_line + _MOST_LINES - 1, count)
    if asked.last_line is not None and asked.last_line < asked.first_line:
        raise ToolRefused(f"lines {asked.first_line} to {asked.last_line} are none")
    rest = f"\n[{count - last} more lines]" if last < count else ""
    return (
        f"{asked.file}, lines {asked.first_line} to {last} of {count}\n{numbered(text, asked.first_line, last)}{rest}"
    )


def _search(checkout: Checkout, asked: Search) -> str:
    until = time.monotonic() + _SEARCH_S
    hits: list[str] = []
    for hit in _hits(checkout, asked):
        if time.monotonic() > until:
            hits.append(f"[stopped after {_SEARCH_S:.0f} s: name a folder]")
            break
        if len(hits) >= _MOST_HITS:
            hits.append(f"[more than {_MOST_HITS} lines: narrow it]")
            break
        hits += [hit] if hit else []
    return "\n".join(hits) or f"no line holds {asked.text!r}"


def _hits(checkout: Checkout, asked: Search) -> Iterator[str]:
    """Yield lines that hold the text; nothing for each file, so that time is looked at between files too."""
    wanted = asked.text.casefold() if asked.ignore_case else asked.text
    for file in checkout.files(asked.folder):
        yield ""
        if not file.endswith(".py"):
            continue
        try:
            text = checkout.text(file)
        except ToolRefused:
            continue
        for number, line in enumerate(lines_of(text), 1):
            if wanted in (line.casefold() if asked.ignore_case else line):
                yield f"{file}:{number}: {line.strip()[:_LONGEST_LINE]}"
