"""Lay a table out in a given width: columns give way in a stated order, names in their middle. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from profiling.formats.quantities import cells, printable, shortened

NARROWEST = 40
"""Terminals are taken to be at least so wide."""
NOTHING = "-"
_GAP = "  "
_LEAST_NAME = 28
"""Columns are left out before the first is shortened below this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        title: its head.
        rows: one text a row, `-` for nothing; a column of nothing is not shown.
        align: numbers to the right.
        leaves: 0 stays; of the others the largest is left out first when there is no room.
    """

    title: str
    rows: tuple[str, ...]
    align: Literal["left", "right"] = "right"
    leaves: int = 0

    @property
    def width(self) -> int:
        """Return the columns of a terminal it takes."""
        return max(cells(text) for text in (self.title, *self.rows))


def table_lines(columns: Sequence[Column], width: int) -> tuple[str, ...]:
    """Return a head and the rows, none wider than `width`, then what was left out; the first column is shortened.

    Args:
        columns: of equal length; the first holds the names and always stays.
        width: of the terminal, in characters; below 40 it counts as 40.
    """
    width = max(width, NARROWEST)
    shown = [_printable(column) for column in columns]
    shown = [shown[0], *(column for column in shown[1:] if any(text != NOTHING for text in column.rows))]
    hidden: list[str] = []
    while _least(shown) > width and any(column.leaves for column in shown[1:]):
        leaving = max(shown[1:], key=lambda column: column.leaves)
        shown.remove(leaving)
        hidden.append(leaving.title)
    shown = _narrowed(shown, width)
    widths = [column.width for column in shown]
    heads = [column.title for column in shown]
    rows = zip(*(column.rows for column in shown), strict=True)
    lines = [_line(row, shown, widths) for row in [heads, *rows]]
    return (*lines, *([shortened(f"(no room for: {', '.join(hidden)})", width)] if hidden else []))


def _least(columns: Sequence[Column]) -> int:
    return min(_LEAST_NAME, columns[0].width) + _others(columns)


def _others(columns: Sequence[Column]) -> int:
    return sum(column.width + len(_GAP) for column in columns[1:])


def _narrowed(columns: Sequence[Column], width: int) -> list[Column]:
    """Shorten the first column to what is left; where that is too little, the widest of the others in turn."""
    found = list(columns)
    while _others(found) + 1 > width - min(8, found[0].width):
        widest = max(range(1, len(found)), key=lambda index: found[index].width)
        found[widest] = _cut(found[widest], found[widest].width - 1)
    return [_cut(found[0], width - _others(found)), *found[1:]]


def _cut(column: Column, width: int) -> Column:
    rows = tuple(shortened(text, width) for text in column.rows)
    return Column(title=shortened(column.title, width), rows=rows, align=column.align, leaves=column.leaves)


def _printable(column: Column) -> Column:
    rows = tuple(printable(text) for text in column.rows)
    return Column(title=column.title, rows=rows, align=column.align, leaves=column.leaves)


def _line(row: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    parts = []
    for text, column, width in zip(row, columns, widths, strict=True):
        space = " " * (width - cells(text))
        parts.append(f"{text}{space}" if column.align == "left" else f"{space}{text}")
    return _GAP.join(parts).rstrip()
