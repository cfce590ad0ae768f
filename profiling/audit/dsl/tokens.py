"""Takes a line apart: its atoms and words with their columns, comments left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from profiling.audit.dsl.errors import DslError
from profiling.audit.dsl.words import Value

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"(?=\s|\Z)|(?P<comment>\\(?:\s.*)?\Z)|(?P<bare>[^\s"\\]+)(?=\s|\Z)|(?P<wrong>\S+)'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An atom or a word as it is written, and its place; of a list, the place of its `list`."""

    text: Value
    line: int
    column: int


def tokens(text: str, line: int) -> Iterator[Token]:
    """Give the tokens of a line.

    Args:
        text: of the line.
        line: its number, 1-based.

    Raises:
        DslError: something is neither a bare atom nor one in quotes.
    """
    for match in _TOKEN.finditer(text):
        if match["comment"] is not None:
            return
        column = match.start() + 1
        if match["wrong"] is not None:
            raise DslError(line, column, match["wrong"], _what(match["wrong"]))
        yield Token(text=match[0], line=line, column=column)


def _what(wrong: str) -> str:
    if wrong.startswith('"'):
        return "the closing quote is missing, or something stands right behind it"
    return 'a string with a quote or a backslash must be in quotes: "…"; a comment begins with a backslash and a blank'
