"""Facts: what was seen at nominated places while the workload ran. They choose or veto a rewrite, never license it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from profiling.model import FunctionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionRequest:
    """Ask for the calls of one function."""

    id: str
    key: FunctionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopRequest:
    """Ask for the trips of one `for` or `while` statement (not a comprehension), at its ast position."""

    id: str
    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionRequest:
    """Ask for the values of one expression, at its ast position (lines 1-based, columns in UTF-8 bytes).

    Attributes:
        loop_id: id of an enclosing LoopRequest in the same function; then changes of the value within one entry of
            that loop are counted.
    """

    id: str
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    loop_id: str | None = None


FactRequest = FunctionRequest | LoopRequest | ExpressionRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionFacts:
    """What was seen of one function's calls.

    Attributes:
        calls: how many.
            A generator or coroutine counts when it is first advanced.
        distinct_arguments: distinct argument tuples (receiver left out), counted up to 4096; key: the value and type
            for immutable scalars, enums, types and tuples and frozensets of them, identity and type otherwise.
        keyable_calls: calls whose arguments were all told by value (hashable by value).
        consistent: the same arguments (and receiver) always gave an equal result of the same type, none raised, for
            the first 4096 of them. Builtin containers are compared by structure (512 elements, 4 deep), other objects
            by identity; a result that can't be compared is taken for a different one, a generator too.
        consistent_by_receiver: the same, for the receiver alone (what a cached property needs); for a plain function,
            over all its calls.
        receivers: distinct first arguments of a method by identity, up to 4096; 0 for plain functions. A method is
            what a class body holds and whose first parameter has a name like `self` or `cls`. Instances that can't be
            referred to weakly (slots without `__weakref__`) may be counted as one when one dies before the next.
        argument_types: per parameter name, type names with counts, most frequent first.
        result_types: type names with counts.
        results_immutable: every result was None, bool, int, float, complex, str, bytes, frozenset or tuple of such, or
            one of a kind (an enum member, a class).
        raised: calls that ended in an exception; not those of generators and coroutines, which raise later.
        max_depth: deepest recursion seen on one stack (1 = none).
        opened_files: distinct paths (relative to the root inside it) opened while it was the innermost project frame,
            with the number of opens; up to 256, then `(others)`.
        written_files: how many of these were opened for writing, or changed size or mtime between two opens.
    """

    id: str
    calls: int
    distinct_arguments: int
    keyable_calls: int
    consistent: bool
    consistent_by_receiver: bool
    receivers: int
    argument_types: Mapping[str, Mapping[str, int]]
    result_types: Mapping[str, int]
    results_immutable: bool
    raised: int
    max_depth: int
    opened_files: Mapping[str, int] = field(default_factory=dict)
    written_files: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopFacts:
    """Trips of one loop: entries (times it was reached), total trips, largest trips of one entry."""

    id: str
    entries: int
    trips: int
    max_trips: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionFacts:
    """What was seen of one expression's values.

    Attributes:
        evaluations: how often it was evaluated without raising.
        types: exact type names (`builtins.list` is `list`) with counts.
        max_len: largest `len()` of a builtin container, str or bytes; None when it never had one.
        total_len: sum of those lengths over evaluations.
        elements_hashable: for builtin containers: every element looked at (first 256 of each new object) was an
            immutable builtin scalar, or a tuple or frozenset of them; True for values that are such scalars themselves.
        loop_entries: entries of its loop in which it was evaluated; changed_entries: those in which its value was
            not the same object or an equal immutable scalar of the same type throughout. An evaluation that can't be
            put to an entry (a lambda called from elsewhere) counts as a changed entry of its own.
    """

    id: str
    evaluations: int
    types: Mapping[str, int]
    max_len: int | None
    total_len: int
    elements_hashable: bool
    loop_entries: int = 0
    changed_entries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All facts of one run, by request id. A request that saw nothing has no entry."""

    functions: Mapping[str, FunctionFacts] = field(default_factory=dict)
    loops: Mapping[str, LoopFacts] = field(default_factory=dict)
    expressions: Mapping[str, ExpressionFacts] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
