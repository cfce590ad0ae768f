"""Targets: functions (or modules) with evidence in one or more domains, and the interactions that join them."""

from dataclasses import dataclass
from enum import StrEnum

from profiling.model import Dimension, Domain, FunctionKey


class InteractionKind(StrEnum):
    """Cross-domain mechanisms; each has a detector that asks for evidence on both sides."""

    ALLOCATION_GC = "allocation_gc"
    DEEPCOPY = "deepcopy"
    DATA_STRUCTURE = "data_structure"
    RECOMPUTATION = "recomputation"
    BLOCKING_IO = "blocking_io"
    MEMORY_PRESSURE = "memory_pressure"
    CPU_STARVATION = "cpu_starvation"
    ALGORITHM_SIZE = "algorithm_size"
    IMPORT_STARTUP = "import_startup"
    LIBRARY_CEILING = "library_ceiling"
    REPEATED_QUERY = "repeated_query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One figure that supports a claim: dimension, value in the dimension's unit, and how it reads."""

    dimension: Dimension
    value: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """A mechanism seen at one function, with evidence in at least two dimensions or counts on both sides.

    `subject` names what it is about beside the function, a library for example; empty where that is all.
    """

    kind: InteractionKind
    key: FunctionKey
    evidence: tuple[Evidence, ...]
    root_fix: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One row of the unified target table.

    Attributes:
        key: the function, or a module body with qualname `<module>`.
        cpu_share: share (0 to 1) of the workload's CPU.
        cpu_s, gc_s, loop_s, import_s: seconds.
        memory_mib: MiB of heap peak (memory pass) or of resident growth.
        calls: exact calls where counted.
        domains: those in which it is over a threshold.
        interactions: those found at it.
        actionable: over a threshold, or carrying a licensed recipe in exercised code.
        uncertain: fewer than 30 samples behind the share.
    """

    key: FunctionKey
    cpu_share: float
    cpu_s: float
    memory_mib: float
    gc_s: float
    loop_s: float
    import_s: float
    calls: int | None
    domains: tuple[Domain, ...]
    interactions: tuple[InteractionKind, ...]
    actionable: bool
    uncertain: bool
