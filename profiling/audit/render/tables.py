"""Tables and lists of Markdown that say how much they leave out."""

from collections.abc import Iterator, Sequence

from profiling.audit.render.text import counted


def table(header: Sequence[str], rows: Sequence[Sequence[str]], most: int, rest: str) -> Iterator[str]:
    """Give a table of at most so many rows, nothing for no row.

    Args:
        header: of the columns.
        rows: cells as Markdown.
        most: rows to show.
        rest: where the others are to be found.
    """
    if not rows:
        return
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    yield from (f"| {' | '.join(row)} |" for row in rows[:most])
    yield from _more(len(rows) - most, rest)
    yield ""


def bullets(lines: Sequence[str], most: int, rest: str) -> Iterator[str]:
    """Give a list of at most so many points, nothing for none."""
    if not lines:
        return
    yield from (f"- {line}" for line in lines[:most])
    yield from _more(len(lines) - most, rest)
    yield ""


def section(title: str, body: Iterator[str]) -> Iterator[str]:
    """Give a titled section, nothing when its body is empty."""
    lines = list(body)
    if lines:
        yield f"## {title}"
        yield ""
        yield from lines


def _more(count: int, rest: str) -> Iterator[str]:
    if count > 0:
        yield ""
        yield f"{counted(count, 'more', 'more')}: {rest}"
