"""What the deep tools find: one optional part a tool."""

from dataclasses import dataclass
from enum import StrEnum

from profiling.model import FunctionKey

SCHEMA_VERSION = 1


class Tool(StrEnum):
    """A deep tool, by the name it is asked for."""

    MEMRAY = "memray"
    PY_SPY = "py-spy"
    LINES = "lines"
    CENSUS = "census"
    SPECIALIZATION = "specialization"
    TACHYON = "tachyon"


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeBytes:
    """C functions that allocated, innermost first, and the bytes they held at the peak."""

    stack: tuple[str, ...]
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeapFunction:
    """What one function held, by memray; see `FunctionProfile` for the three figures.

    Attributes:
        key: the innermost project function of the allocations.
        owned_bytes: allocated by it and held at the peak; peak_bytes: with its callees.
        live_bytes: allocated by it and not freed at the end.
        natives: C stacks of its largest allocations.
    """

    key: FunctionKey
    owned_bytes: int
    peak_bytes: int
    live_bytes: int
    natives: tuple[NativeBytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """All memory of the process that had most, C extensions' too.

    Attributes:
        version: of memray.
        peak_bytes: the largest heap of a single process.
        cpu_ratio: CPU of this run to a plain one.
        functions: largest owned first.
    """

    version: str
    peak_bytes: int
    cpu_ratio: float
    functions: tuple[HeapFunction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeShare:
    """A C function's samples as the innermost one below a project function, and the file it is in."""

    name: str
    file: str
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeFunction:
    """A project function's samples, and those of the C functions below it, most first."""

    key: FunctionKey
    samples: int
    natives: tuple[NativeShare, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeTime:
    """Samples of py-spy: outside project code they count in `samples` alone."""

    version: str
    samples: int
    functions: tuple[NativeFunction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTime:
    """One line: how often it was begun, seconds with what it calls, and its text."""

    line: int
    hits: int
    seconds: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionLines:
    """The lines of one function, in their order."""

    key: FunctionKey
    tool: str
    seconds: float
    lines: tuple[LineTime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTimes:
    """Lines of the top functions; cpu_ratio is CPU of this run to a plain one: the distortion."""

    cpu_ratio: float
    functions: tuple[FunctionLines, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Objects of a type, and their shallow bytes; bare ones where measuring would have run the target's code."""

    objects: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeCount:
    """Objects of one type that the garbage collector tracks.

    Attributes:
        name: with its module.
        key: of a project class's statement, else None.
        has_dict: each instance may have a `__dict__`, whose bytes are counted as a dict's.
        start, peak: before the program, and when the heap was highest.
        end: as it ended; None for a process that was killed.
    """

    name: str
    key: FunctionKey | None
    has_dict: bool
    start: Amount
    peak: Amount
    end: Amount | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectCensus:
    """Objects by type of the process that had most of them.

    Attributes:
        start, peak, end: all objects.
        cost_s: seconds that counting took.
        types: most bytes at the peak first.
    """

    start: int
    peak: int
    end: int | None
    cost_s: float
    types: tuple[TypeCount, ...]


class Instability(StrEnum):
    """Why a warm instruction counts as not specialised."""

    FAILED = "failed"
    CHANGES = "changes"
    MISSES = "misses"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnstableInstruction:
    """A warm instruction without a lasting fast form.

    Attributes:
        line: 1-based; text: of that line.
        instruction: as `dis` names it; operand: what it works on, as `dis` shows it.
        instability: it never found a form, took several, or has one that keeps missing.
    """

    line: int
    text: str
    instruction: str
    operand: str
    instability: Instability


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSpecialization:
    """Instructions of one function that have fast forms for certain types.

    Attributes:
        stable: have one and keep it; cold: were hardly run.
        unstable: are run, without.
    """

    key: FunctionKey
    stable: int
    cold: int
    unstable: tuple[UnstableInstruction, ...]

    @property
    def share(self) -> float | None:
        """Return the share of warm instructions that are specialised, None without warm ones."""
        warm = self.stable + len(self.unstable)
        return self.stable / warm if warm else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Specialization:
    """Bytecode of the top functions, in the profile's order."""

    functions: tuple[FunctionSpecialization, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledFunction:
    """A project function's samples as the innermost one of the project; below: `<native>` and `<GC>` samples there."""

    key: FunctionKey
    samples: int
    native_samples: int
    gc_samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TachyonSamples:
    """Samples of the standard library's own sampler (3.15)."""

    samples: int
    functions: tuple[SampledFunction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepReport:
    """What was asked for and could be had; the notes say why the rest could not, and what limits these figures."""

    schema_version: int = SCHEMA_VERSION
    heap: Heap | None = None
    native: NativeTime | None = None
    lines: LineTimes | None = None
    census: ObjectCensus | None = None
    specialization: Specialization | None = None
    tachyon: TachyonSamples | None = None
    notes: tuple[str, ...] = ()
