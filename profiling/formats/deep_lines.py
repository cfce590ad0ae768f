"""What the deep tools found, as the lines a person reads. Pure."""

from collections.abc import Iterator, Sequence
from itertools import dropwhile, islice

from profiling.deep.model import (
    Amount,
    DeepReport,
    FunctionLines,
    FunctionSpecialization,
    Heap,
    Instability,
    LineTimes,
    NativeTime,
    ObjectCensus,
    Specialization,
    TachyonSamples,
    UnstableInstruction,
)
from profiling.formats.columns import NARROWEST, NOTHING, Column, table_lines
from profiling.formats.quantities import (
    bytes_text,
    percent_text,
    printable,
    sampled_share_text,
    seconds_text,
    shortened,
)
from profiling.model import FunctionKey

_MOST_FUNCTIONS = 10
_MOST_TYPES = 15
_MOST_LINES = 12
_MOST_UNSTABLE = 4
_INDENT = "  "
_ALLOCATOR = (
    *("_PyMem", "PyMem", "_PyObject_Malloc", "_PyObject_Realloc", "_PyObject_Calloc", "PyObject_Malloc"),
    *("PyObject_Realloc", "PyObject_Calloc", "_PyObject_Arena", "pymalloc_", "new_arena", "allocate_from_new_pool"),
)
_WHY = {
    Instability.FAILED: "no fast form",
    Instability.CHANGES: "types change",
    Instability.MISSES: "types change",
}


def deep_lines(report: DeepReport, width: int) -> tuple[str, ...]:
    """Return every part that was found, then what could not be had; without a leading tag.

    Args:
        report: of the deep tools.
        width: of the terminal, in characters; below 40 it counts as 40.
    """
    width = max(width, NARROWEST)
    found: list[str] = []
    if report.heap is not None:
        found += _heap(report.heap, width)
    if report.native is not None:
        found += _native(report.native, width)
    if report.lines is not None:
        found += _lines(report.lines, width)
    if report.census is not None:
        found += _census(report.census, width)
    if report.specialization is not None:
        found += _specialization(report.specialization, width)
    if report.tachyon is not None:
        found += _tachyon(report.tachyon, width)
    notes = [f"{_INDENT}{printable(note)}" for note in report.notes]
    return (*found, *(["notes:", *notes] if notes else []))


def _heap(heap: Heap, width: int) -> Iterator[str]:
    peak = bytes_text(heap.peak_bytes)
    yield shortened(f"memory by memray {heap.version}: peak {peak}, {heap.cpu_ratio:.1f} times the CPU", width)
    shown = [each for each in heap.functions if each.owned_bytes or each.live_bytes][:_MOST_FUNCTIONS]
    if not shown:
        return
    columns = (
        Column(title="Function", rows=tuple(_name(each.key) for each in shown), align="left"),
        Column(title="Own peak", rows=tuple(_bytes(each.owned_bytes) for each in shown)),
        Column(title="With callees", rows=tuple(_bytes(each.peak_bytes) for each in shown), leaves=1),
        Column(title="Left", rows=tuple(_bytes(each.live_bytes) for each in shown), leaves=2),
    )
    yield from _indented(columns, width)
    for function in shown:
        for native in function.natives[:1]:
            text = f"{_INDENT}{_bytes(native.size_bytes)} of {_name(function.key)} by {_stack(native.stack)}"
            yield shortened(printable(text), width)


def _native(native: NativeTime, width: int) -> Iterator[str]:
    yield shortened(f"C functions by {native.version}: {native.samples} samples", width)
    rows = [
        (_name(function.key), f"{share.name} ({share.file})", share.samples, native.samples)
        for function in native.functions[:_MOST_FUNCTIONS]
        for share in function.natives[:3]
    ]
    if not rows:
        yield f"{_INDENT}no C function was seen on top below the project's functions"
        return
    columns = (
        Column(title="Function", rows=tuple(row[0] for row in rows), align="left"),
        Column(title="C function", rows=tuple(row[1] for row in rows), align="left"),
        Column(title="Samples", rows=tuple(sampled_share_text(row[2] / row[3], row[2]) for row in rows)),
    )
    yield from _indented(columns, width)


def _lines(times: LineTimes, width: int) -> Iterator[str]:
    for function in times.functions:
        head = f"lines of {_name(function.key)} by {function.tool}: {seconds_text(function.seconds)}"
        yield shortened(printable(f"{head} ({times.cpu_ratio:.1f} times the CPU)"), width)
        yield from _function_lines(function, width)


def _function_lines(function: FunctionLines, width: int) -> Iterator[str]:
    """Give the dearest lines in their order."""
    dearest = sorted(function.lines, key=lambda line: -line.seconds)[:_MOST_LINES]
    shown = sorted(dearest, key=lambda line: line.line)
    whole = function.seconds or 1.0
    columns = (
        Column(title="Source", rows=tuple(line.text or NOTHING for line in shown), align="left"),
        Column(title="Line", rows=tuple(str(line.line) for line in shown)),
        Column(title="Hits", rows=tuple(f"{line.hits:,}" for line in shown), leaves=2),
        Column(title="Time", rows=tuple(seconds_text(line.seconds) for line in shown), leaves=1),
        Column(title="Share", rows=tuple(percent_text(line.seconds / whole) for line in shown)),
    )
    yield from _indented(columns, width)
    hidden = len(function.lines) - len(shown)
    if hidden > 0:
        yield f"{_INDENT}… {hidden} cheaper lines"


def _census(census: ObjectCensus, width: int) -> Iterator[str]:
    end = NOTHING if census.end is None else f"{census.end:,}"
    head = f"objects: {census.start:,} at the start, {census.peak:,} at the highest heap, {end} at the end"
    yield shortened(f"{head} (counting took {seconds_text(census.cost_s)})", width)
    types = census.types[:_MOST_TYPES]
    if not types:
        return
    columns = (
        Column(title="Type", rows=tuple(each.name for each in types), align="left"),
        Column(title="At peak", rows=tuple(f"{each.peak.objects:,}" for each in types)),
        Column(title="Bytes", rows=tuple(_bytes(each.peak.size_bytes) for each in types)),
        Column(title="Grown by", rows=tuple(_growth(each.start, each.end) for each in types), leaves=1),
        Column(title="Dict", rows=tuple("each" if each.has_dict else NOTHING for each in types), leaves=3),
        Column(
            title="Defined",
            rows=tuple(NOTHING if each.key is None else each.key.place for each in types),
            align="left",
            leaves=2,
        ),
    )
    yield from _indented(columns, width)


def _specialization(found: Specialization, width: int) -> Iterator[str]:
    yield "specialised bytecode:"
    functions = found.functions
    columns = (
        Column(title="Function", rows=tuple(_name(each.key) for each in functions), align="left"),
        Column(title="Specialised", rows=tuple(_share(each) for each in functions)),
        Column(title="Unstable", rows=tuple(str(len(each.unstable) or NOTHING) for each in functions)),
        Column(title="Cold", rows=tuple(str(each.cold or NOTHING) for each in functions), leaves=1),
    )
    yield from _indented(columns, width)
    for function in functions:
        yield from _unstable(function, width)


def _unstable(function: FunctionSpecialization, width: int) -> Iterator[str]:
    """Give the first lines with unstable instructions, changing types before what may merely have no fast form."""
    by_line: dict[tuple[bool, int], list[UnstableInstruction]] = {}
    for each in function.unstable:
        by_line.setdefault((each.instability is Instability.FAILED, each.line), []).append(each)
    rows = sorted(by_line.items())
    for (_, line), found in rows[:_MOST_UNSTABLE]:
        names = ", ".join(dict.fromkeys(f"{each.instruction} {each.operand}".rstrip() for each in found))
        why = _WHY[found[0].instability]
        yield shortened(printable(f"{_INDENT}{function.key.file}:{line} {why} ({names}): {found[0].text}"), width)
    if len(rows) > _MOST_UNSTABLE:
        yield shortened(f"{_INDENT}… {len(rows) - _MOST_UNSTABLE} more lines in {_name(function.key)}", width)


def _tachyon(found: TachyonSamples, width: int) -> Iterator[str]:
    yield f"Tachyon: {found.samples} samples"
    functions = found.functions[:_MOST_FUNCTIONS]
    if not functions:
        return
    columns = (
        Column(title="Function", rows=tuple(_name(each.key) for each in functions), align="left"),
        Column(
            title="CPU",
            rows=tuple(sampled_share_text(each.samples / found.samples, each.samples) for each in functions),
        ),
        Column(title="Native", rows=tuple(percent_text(each.native_samples / each.samples) for each in functions)),
        Column(title="GC", rows=tuple(percent_text(each.gc_samples / each.samples) for each in functions)),
    )
    yield from _indented(columns, width)


def _indented(columns: Sequence[Column], width: int) -> Iterator[str]:
    for line in table_lines(columns, width - len(_INDENT)):
        yield shortened(f"{_INDENT}{line}", width)


def _name(key: FunctionKey) -> str:
    return printable(key.place if key.qualname == "<module>" else f"{key.qualname} ({key.place})")


def _bytes(size: int) -> str:
    return bytes_text(size) if size >= 2**16 else f"{size / 1024:.0f} KiB" if size else NOTHING


def _stack(stack: Sequence[str]) -> str:
    """Return who asked for memory in C: the interpreter's own allocator is left out."""
    asking = dropwhile(lambda name: name.startswith(_ALLOCATOR), stack)
    return " < ".join(islice(asking, 3)) or "the interpreter's allocator"


def _growth(start: Amount, end: Amount | None) -> str:
    if end is None or end.objects == start.objects:
        return NOTHING
    return f"{end.objects - start.objects:+,}"


def _share(function: FunctionSpecialization) -> str:
    share = function.share
    warm = function.stable + len(function.unstable)
    return NOTHING if share is None else f"{function.stable} of {warm}, {percent_text(share)}"
