"""What a look at a running process found, as the lines a person reads. Pure."""

from collections.abc import Iterator

from profiling.attach.model import Attached, BusyFunction, BusyPlace
from profiling.audit.render.text import counted
from profiling.formats.columns import NARROWEST, NOTHING, Column, table_lines
from profiling.formats.profile_table import function_names
from profiling.formats.quantities import printable, sampled_share_text, shortened

_MOST_FUNCTIONS = 15
_MOST_PLACES = 5
_MOST_LINES = 5
_INDENT = "  "


def attach_lines(found: Attached, width: int) -> tuple[str, ...]:
    """Return who was looked at, the functions that ran, their lines, what ran elsewhere, and what limits it.

    Args:
        found: the samples.
        width: of the terminal, in characters; below 40 it counts as 40.
    """
    width = max(width, NARROWEST)
    lines = [*_head(found, width)]
    shown = found.functions[:_MOST_FUNCTIONS]
    if shown:
        lines += ["", "functions:", *_functions(found, shown, width)]
    hot = [each for each in shown[:_MOST_LINES] if each.lines]
    if hot:
        lines += ["", "busiest lines:", *_busiest(found, hot, width)]
    lines += _places("libraries below them:", found.libraries, found, width)
    lines += _places("outside the project:", found.elsewhere, found, width)
    notes = [f"{_INDENT}{printable(note)}" for note in found.notes]
    return (*lines, *(["", "notes:", *notes] if notes else []))


def _head(found: Attached, width: int) -> Iterator[str]:
    python = f"Python {found.python}, " if found.python else ""
    yield shortened(printable(f"[attached] process {found.pid}: {found.program}"), width)
    rate = f"{found.seconds:.1f} s at {found.rate_hz} Hz by {found.tool}"
    yield shortened(f"{_INDENT}{python}{rate}: {found.samples:,} samples of busy threads", width)
    if found.samples:
        seen = f"{counted(found.threads, 'thread')} of {counted(found.processes, 'process', 'processes')}"
        yield shortened(f"{_INDENT}{seen} seen busy, {found.busy_threads:.2f} at once on average", width)


def _functions(found: Attached, shown: tuple[BusyFunction, ...], width: int) -> tuple[str, ...]:
    hidden = len(found.functions) - len(shown)
    names = function_names(each.key for each in found.functions)
    columns = (
        Column(title="function", rows=tuple(names[each.key] for each in shown), align="left"),
        Column(title="busy", rows=tuple(_share(each.samples, found) for each in shown)),
        Column(title="with callees", rows=tuple(_share(each.samples_total, found) for each in shown), leaves=1),
        Column(title="samples", rows=tuple(f"{each.samples:,}" for each in shown), leaves=3),
        Column(title="where", rows=tuple(each.key.place for each in shown), align="left", leaves=2),
    )
    more = (f"… {hidden} more",) if hidden > 0 else ()
    return (*table_lines(columns, width), *more)


def _busiest(found: Attached, hot: list[BusyFunction], width: int) -> tuple[str, ...]:
    """Give the line of each function that had most of its samples."""
    columns = (
        Column(title="source", rows=tuple(each.lines[0].text or NOTHING for each in hot), align="left"),
        Column(title="busy", rows=tuple(_share(each.lines[0].samples, found) for each in hot)),
        Column(title="at", rows=tuple(f"{each.key.file}:{each.lines[0].line}" for each in hot), align="left"),
    )
    return table_lines(columns, width)


def _places(title: str, places: tuple[BusyPlace, ...], found: Attached, width: int) -> tuple[str, ...]:
    shown = places[:_MOST_PLACES]
    if not shown:
        return ()
    columns = (
        Column(title="name", rows=tuple(each.name for each in shown), align="left"),
        Column(title="busy", rows=tuple(_share(each.samples, found) for each in shown)),
    )
    return ("", title, *table_lines(columns, width))


def _share(samples: int, found: Attached) -> str:
    return sampled_share_text(samples / found.samples, samples) if samples else NOTHING
