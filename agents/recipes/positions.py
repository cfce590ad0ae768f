"""Where nodes stand in the text of their module, in characters."""

import ast
import re
from dataclasses import dataclass

from agents.recipes.once import once
from agents.recipes.project import Module

_NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters `start` to `end` of a module's text."""

    start: int
    end: int


def span(module: Module, node: ast.expr | ast.stmt) -> Span:
    """Return where a node stands, decorators left out, enclosing parentheses left out."""
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return Span(
        start=offset(module, node.lineno, node.col_offset),
        end=offset(module, end_line, end_column),
    )


def offset(module: Module, line: int, column: int) -> int:
    """Return the character offset of an ast position: a 1-based line and a column in UTF-8 bytes."""
    start = line_starts(module)[line - 1]
    text = module.text[start : start + column]
    return start + (column if text.isascii() else len(text.encode()[:column].decode()))


@once
def line_starts(module: Module) -> tuple[int, ...]:
    """Return the offset of the first character of every line."""
    return (0, *(match.end() for match in _NEWLINE.finditer(module.text)))
