"""The unified profile: what one workload costs, function by function, in every dimension."""

from dataclasses import dataclass
from typing import Literal

from profiling.entry_points.model import EntryPoint
from profiling.model import Command, FunctionKey, Interpreter, RunUsage

SCHEMA_VERSION = 2
Collector = Literal["generational", "incremental", "free-threaded"]
"""Kinds of garbage collector: 3.14.0 to 3.14.4 collect in increments, free-threaded builds all at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryShare:
    """CPU seconds spent inside one library (top-level import name, `re` and `copy` included) below project frames."""

    name: str
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Where a function waited, for something else than a core.

    Attributes:
        line: 1-based, in the function's file: the line it stood on.
        library: top-level import name of the innermost library below it; None when it called a builtin itself.
        seconds: seen waiting there, a mean over runs.
        on_loop: part of these in a callback of an event loop, which it held up; a loop with nothing to do is not held.
    """

    line: int
    library: str | None
    seconds: float
    on_loop: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionProfile:
    """One project function. Library time below it counts as its own, up to the next project frame.

    Attributes:
        key: where it is defined.
        cpu_self_s: thread CPU seconds with this the innermost project frame, GC pauses included.
        cpu_total_s: thread CPU seconds with this anywhere on the stack, counted once a sample.
        wall_blocked_s: seconds seen waiting, for something else than a core, with this the innermost project frame.
        samples_self: samples behind cpu_self_s; below 30 the share is too uncertain to rank on.
        samples_total: samples behind cpu_total_s.
        gc_pause_s: seconds of collections triggered in it (CPU of the collecting thread: a busy machine adds nothing).
        gc_collections: how many collections were triggered in it.
        rss_growth_bytes: resident set growth seen while it was the innermost project frame.
        peak_bytes: largest traced heap growth while on the stack (memory pass), or None without a memory pass.
        peak_owned_bytes: its part of the run's traced peak: what the peak rose by with this the innermost project frame
            (memory pass), or None. Sums to the peak over functions; peak_bytes counts callers too.
        live_bytes: traced bytes allocated by it and alive at the end (memory pass), or None.
        calls: exact calls (counts pass), or None.
        loop_cpu_s: CPU seconds on an event loop in callbacks of this coroutine.
        loop_blocked_s: seconds an event loop was held by this coroutine while it waited, without CPU.
        libraries: where cpu_self_s went that was spent in library frames below it, largest first.
        loop_longest_s: seconds that a single callback of this coroutine held a loop at most; waiting for a core, which
            a busy machine adds, is left out.
        loop_others_waited_s: part of loop_cpu_s + loop_blocked_s in which other callbacks of that loop were ready.
        waits: where wall_blocked_s was spent, largest first; at most 8 places.
    """

    key: FunctionKey
    cpu_self_s: float = 0.0
    cpu_total_s: float = 0.0
    wall_blocked_s: float = 0.0
    samples_self: int = 0
    samples_total: int = 0
    gc_pause_s: float = 0.0
    gc_collections: int = 0
    rss_growth_bytes: int = 0
    peak_bytes: int | None = None
    live_bytes: int | None = None
    calls: int | None = None
    loop_cpu_s: float = 0.0
    loop_blocked_s: float = 0.0
    libraries: tuple[LibraryShare, ...] = ()
    peak_owned_bytes: int | None = None
    loop_longest_s: float = 0.0
    loop_others_waited_s: float = 0.0
    waits: tuple[Wait, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Exact calls of one project function by another, library frames between them left out (counts pass)."""

    caller: FunctionKey
    callee: FunctionKey
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcurrencyPoint:
    """The heap beside what ran at once (memory pass).

    Attributes:
        tasks: unfinished tasks of the process's event loops at a tick.
        heap_bytes: largest traced heap over the ticks with so many tasks.
        ticks: how many ticks there were.
    """

    tasks: int
    heap_bytes: int
    ticks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassProfile:
    """A project class with many instances that keep a dictionary each (memory pass).

    Attributes:
        key: of the `class` statement or its first decorator.
        instances: most alive at once, of those looked at: at heaps up to a fifth below the peak.
        bytes_each: of one, with its dictionary (or the values that stand for it) and without what attributes hold.
    """

    key: FunctionKey
    instances: int
    bytes_each: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheProfile:
    """A project function under `functools.lru_cache` (counts pass).

    Attributes:
        key: of the function.
        hits, misses: exact, over all processes; what was cleared away before the end is not in them.
        entries: most in one process at its end; limit: `maxsize`, None without one.
    """

    key: FunctionKey
    hits: int
    misses: int
    entries: int
    limit: int | None

    @property
    def hit_rate(self) -> float:
        """Return hits over look-ups, 0 to 1; 0 without a look-up."""
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSite:
    """A line that imports: file relative to the root inside the tree, absolute outside; 1-based line."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProfile:
    """One imported module.

    Attributes:
        module: dotted name.
        file: where it was loaded from (relative to the root inside the tree, absolute outside), None for built-ins.
        self_s: CPU seconds in its own body; total_s: with what it imported.
        importer_file: file of the importing line, like `file`; None when started by the interpreter.
        importer_line: 1-based line of the import.
        executed: whether any function defined in it ran in the workload, its own import apart; None when not recorded.
        importers: all lines that imported it, the first included (counts pass); empty when not recorded. Lines in
            modules too small to be in the profile are stood for by those that import these modules.
        kept_bytes: what its import, with all it imported, left on the traced heap, 0 below 64 KiB (memory pass), or
            None.
    """

    module: str
    file: str | None
    self_s: float
    total_s: float
    importer_file: str | None
    importer_line: int | None
    executed: bool | None = None
    importers: tuple[ImportSite, ...] = ()
    kept_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """A line of a function that was under way.

    Attributes:
        key: the function; line: 1-based, in its file.
        column: bytes of the line before the expression that was evaluated; None where that is not known (CPython before
            3.11).
    """

    key: FunctionKey
    line: int
    column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedQuery:
    """A database statement that one line asked five times or more in one run.

    Attributes:
        key: the innermost project function; line: of it, 1-based.
        statement: its shape: `?` stands for every literal, placeholder and list of them.
        driver: module that it was handed to; library: the one that the line called (an ORM), None for the driver.
        count: in the run with most; executemany is one.
        wall_s, cpu_s: seconds until the driver's execute returned, means over runs; fetching rows is not in them. Of a
            coroutine's query the CPU is not known, and 0.
        callers: project lines around it, innermost first, on the most frequent way there; at most 5.
        column: of the line, as of a `CallLine`.
    """

    key: FunctionKey
    line: int
    statement: str
    driver: str
    library: str | None
    count: int
    wall_s: float
    cpu_s: float
    callers: tuple[CallLine, ...] = ()
    column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One distinct stack of project frames, outermost first, with its weight in every dimension.

    Attributes:
        frames: a function that recurs appears once, where it is innermost: the last is where the time was spent.
        thread: name.
        cpu_s, wall_s: seconds of this thread with this stack; samples: with CPU in them.
        library: top-level import name of the innermost library below the last frame, or None.
        waited_s: part of wall_s spent waiting for something else than a core.
        gc_s: CPU seconds of collections triggered on this stack; part of cpu_s.
        rss_growth_bytes: resident set growth seen on it.
        peak_owned_bytes: what the traced heap's peak rose by on it (memory pass), or None.
    """

    frames: tuple[FunctionKey, ...]
    thread: str
    cpu_s: float
    wall_s: float
    samples: int
    library: str | None = None
    waited_s: float = 0.0
    gc_s: float = 0.0
    rss_growth_bytes: int = 0
    peak_owned_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GcTotals:
    """Garbage collection of the whole run: collections by generation and their pauses.

    Attributes:
        collections: by generation; pause_s: CPU seconds of all, max_pause_s: of the longest.
        threshold: `gc.get_threshold()` at the end; collector: which kind the target's interpreter has. Figures of
            interpreters that differ in either are never comparable.
    """

    collections: tuple[int, int, int] = (0, 0, 0)
    pause_s: float = 0.0
    max_pause_s: float = 0.0
    threshold: tuple[int, int, int] = (700, 10, 10)
    collector: Collector = "generational"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One workload on one tree, all passes joined.

    Attributes:
        schema_version: of this file format.
        tree_id: git tree hash of the profiled source, so that a profile of another base is recognised.
        command: the workload.
        interpreter: the target's.
        baseline: plain runs, at least 3 (one of a program that never ends): the denominator and the noise.
        time_pass: usage of the time pass's run.
        memory_pass: usage of the memory pass's run, None when skipped (a note says why).
        cpu_covered_s: CPU seconds of the processes that reported; against time_pass.cpu_s this is the coverage.
        samples: samples of the time pass.
        functions: project functions, largest cpu_self_s first.
        imports: modules over 0.3 ms, largest total_s first.
        libraries: largest first.
        stacks: distinct project stacks, largest cpu_s first.
        gc: totals.
        peak_bytes: traced heap peak of the memory pass, or None.
        notes: what could not be seen, one sentence each.
        cpu_seen_s: CPU seconds of all samples, those outside project code too.
        edges: calls between project functions (counts pass), most frequent first.
        concurrency: heap by number of tasks (memory pass), fewest tasks first; empty without an event loop.
        classes: with at least 1000 instances at once (memory pass), most bytes first.
        timed_out: the workload was stopped at its time limit, which is where all figures end.
        queries: repeated ones (time pass), most time first; at most 200.
        caches: of the project that were asked (counts pass), most look-ups first.
        entry_points: what the workload called, and what its tasks run (time pass), longest first; profiles
            made before they were recorded have none.
    """

    schema_version: int
    tree_id: str
    command: Command
    interpreter: Interpreter
    baseline: tuple[RunUsage, ...]
    time_pass: RunUsage
    memory_pass: RunUsage | None
    cpu_covered_s: float
    samples: int
    functions: tuple[FunctionProfile, ...]
    imports: tuple[ImportProfile, ...]
    libraries: tuple[LibraryShare, ...]
    stacks: tuple[Stack, ...]
    gc: GcTotals
    peak_bytes: int | None
    notes: tuple[str, ...] = ()
    cpu_seen_s: float = 0.0
    edges: tuple[Edge, ...] = ()
    concurrency: tuple[ConcurrencyPoint, ...] = ()
    timed_out: bool = False
    classes: tuple[ClassProfile, ...] = ()
    queries: tuple[RepeatedQuery, ...] = ()
    caches: tuple[CacheProfile, ...] = ()
    entry_points: tuple[EntryPoint, ...] = ()

    @property
    def cpu_sampled_s(self) -> float:
        """Return the CPU seconds of all samples: the denominator of every CPU share."""
        return self.cpu_seen_s or sum(function.cpu_self_s for function in self.functions) or self.cpu_covered_s
