"""Merge the memory pass of all processes, by function."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from profiling.collect.reports import MemoryReport
from profiling.collect.source import Source
from profiling.model import FunctionKey


@dataclass(slots=True, kw_only=True)
class FunctionMemory:
    """Traced bytes of one function; see `FunctionProfile`."""

    peak_bytes: int = 0
    owned_bytes: int = 0
    live_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The memory pass merged.

    Attributes:
        functions: peaks are the largest of a single process, live bytes the sum.
        peak_bytes: the largest traced heap of a single process.
        notes: what was not traced.
    """

    functions: Mapping[FunctionKey, FunctionMemory]
    peak_bytes: int
    notes: tuple[str, ...]


def merge(reports: Sequence[MemoryReport], source: Source) -> Memory:
    """Merge processes."""
    functions: defaultdict[FunctionKey, FunctionMemory] = defaultdict(FunctionMemory)
    for report in reports:
        keys = [source.function(code) for code in report.codes]
        for number, growth in report.peaks:
            function = functions[keys[number]]
            function.peak_bytes = max(function.peak_bytes, growth)
        owned: defaultdict[FunctionKey, int] = defaultdict(int)
        for number, growth in report.owned:
            owned[keys[number]] += growth
        for key, growth in owned.items():
            functions[key].owned_bytes = max(functions[key].owned_bytes, growth)
        for file, line, size in report.live or ():
            functions[source.enclosing(file, line)].live_bytes += size
    return Memory(
        functions=functions,
        peak_bytes=max((report.peak_bytes for report in reports), default=0),
        notes=tuple(
            f"memory of process {report.argv0 or '-c'} is incomplete: {report.stopped_because}"
            for report in reports
            if report.stopped_because is not None
        ),
    )
