"""Merge the memory pass of all processes, by function."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from profiling.collect import classes, concurrency
from profiling.collect.reports import MemoryReport
from profiling.collect.source import Source
from profiling.collect.stacks import StackKey
from profiling.model import FunctionKey
from profiling.profile import ClassProfile, ConcurrencyPoint


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
        stacks: what the peak rose by on a stack, of the process in which the innermost function owned most.
        peak_bytes: the largest traced heap of a single process.
        notes: what was not traced.
        concurrency, classes: see `Profile`; imports: bytes kept by module, the most of a single process.
    """

    functions: Mapping[FunctionKey, FunctionMemory]
    stacks: Mapping[StackKey, int]
    peak_bytes: int
    notes: tuple[str, ...]
    concurrency: tuple[ConcurrencyPoint, ...] = ()
    classes: tuple[ClassProfile, ...] = ()
    imports: Mapping[str, int] = field(default_factory=dict)


def merge(reports: Sequence[MemoryReport], source: Source) -> Memory:
    """Merge processes."""
    functions: defaultdict[FunctionKey, FunctionMemory] = defaultdict(FunctionMemory)
    stacks: dict[FunctionKey, Mapping[StackKey, int]] = {}
    for report in reports:
        keys = [source.function(code) for code in report.codes]
        for number, growth in report.peaks:
            function = functions[keys[number]]
            function.peak_bytes = max(function.peak_bytes, growth)
        for key, owned in _owned(report, keys).items():
            if sum(owned.values()) > functions[key].owned_bytes:
                functions[key].owned_bytes = sum(owned.values())
                stacks[key] = owned
        for file, line, size in report.live or ():
            functions[source.enclosing(file, line)].live_bytes += size
    return Memory(
        functions=functions,
        stacks={stack: size for owned in stacks.values() for stack, size in owned.items()},
        peak_bytes=max((report.peak_bytes for report in reports), default=0),
        notes=tuple(
            f"memory of process {report.argv0 or '-c'} is incomplete: {report.stopped_because}"
            for report in reports
            if report.stopped_because is not None
        ),
        concurrency=concurrency.merge(reports),
        classes=classes.merge(reports, source.root),
        imports=_kept(reports),
    )


def _kept(reports: Sequence[MemoryReport]) -> Mapping[str, int]:
    most: dict[str, int] = {}
    for report in reports:
        for module, kept in report.imports:
            most[module] = max(kept, most.get(module, 0))
    return most


def _owned(report: MemoryReport, keys: Sequence[FunctionKey]) -> Mapping[FunctionKey, Mapping[StackKey, int]]:
    """Return bytes by stack, under the innermost function of each."""
    found: defaultdict[FunctionKey, defaultdict[StackKey, int]] = defaultdict(lambda: defaultdict(int))
    for thread, numbers, library, size in report.owned:
        frames = tuple(dict.fromkeys(keys[number] for number in numbers))
        if frames:
            found[frames[0]][StackKey(thread=thread, frames=frames[::-1], library=library)] += size
    return found
