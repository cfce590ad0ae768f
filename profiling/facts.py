"""Facts: what was seen at nominated places while the workload ran. They choose or veto a rewrite, never license it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from profiling.model import FunctionKey
from profiling.run_facts import RunFacts

SCHEMA = 2
"""Of stored facts; raised when the meaning of a field changes or a kind of facts is added."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRequest:
    """Ask for the instances of one class.

    Attributes:
        key: place of the `class` statement: its first decorator's line where there is one, and its qualified name.
    """

    id: str
    key: FunctionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerRequest:
    """Ask for what is done with the containers made by one expression, at its ast position (as ExpressionRequest).

    A display, a comprehension, or a call of a constructor: any expression will do.
    """

    id: str
    file: str
    line: int
    column: int
    end_line: int
    end_column: int


FactRequest = FunctionRequest | LoopRequest | ExpressionRequest | ClassRequest | ContainerRequest


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
        argument_sizes: per parameter name, how many of its values that were builtin containers, str or bytes had a
            length in each bin; a bin is named by its smallest length: 0, 1, 2, 4, 8 and so on.
        receiver_types: class names of a method's receivers (the class itself for a class method) with calls.
        keywords: names given by keyword with calls, as far as the calling instruction tells: of a call with `**` only
            those that end up in the function's own `**`.
        exceptions: type names of the exceptions counted in `raised`, with counts; `(not told)` for those of functions
            of a script before Python 3.12.
        results_watched: mutable results that were looked at again, at the next call or at the end; a sample, and only
            those made of builtin containers and scalars alone (512 elements, 4 deep).
        results_mutated: how many of these had changed by then.
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
    argument_sizes: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    receiver_types: Mapping[str, int] = field(default_factory=dict)
    keywords: Mapping[str, int] = field(default_factory=dict)
    exceptions: Mapping[str, int] = field(default_factory=dict)
    results_watched: int = 0
    results_mutated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopFacts:
    """Trips of one loop.

    Attributes:
        entries: times it was reached; trips: in all of them; max_trips: most trips of one entry.
        entries_by_trips: how many entries had how many trips: exact below 64, above to 6 significant bits.
        inner_trips: trips of requested loops inside it, in the same function, by their request's id, over all entries.
        max_inner_trips: the most of them within one entry.
    """

    id: str
    entries: int
    trips: int
    max_trips: int
    entries_by_trips: Mapping[int, int] = field(default_factory=dict)
    inner_trips: Mapping[str, int] = field(default_factory=dict)
    max_inner_trips: Mapping[str, int] = field(default_factory=dict)

    @property
    def p50_trips(self) -> int:
        """Return the median of the trips per entry; 0 when it was never reached."""
        return median(self.entries_by_trips)


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
        distinct: at most so many distinct values, counted up to 4096 in each process (then there may be more), by
            content and type; None where some value was none that has one: no immutable builtin scalar, enum member,
            class, or tuple or frozenset of such.
    """

    id: str
    evaluations: int
    types: Mapping[str, int]
    max_len: int | None
    total_len: int
    elements_hashable: bool
    loop_entries: int = 0
    changed_entries: int = 0
    distinct: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFacts:
    """What was seen of one class and its subclasses' instances.

    Attribute names are seen where the project's imported files name them, `x.name`; a private `__name` is given as it
    is written. What libraries do to instances is not seen, nor is code of a script that is run directly.

    Attributes:
        created: instances whose `__init__` (the class's own or the one it inherits) began; None where that could not
            be seen: there is none in Python, or before Python 3.12 none in the class body (a dataclass, say).
        peak_alive: most of these alive at one time; None where they can't be referred to weakly, or as `created`.
        set_in_init: names stored through the receiver of an `__init__`, with stores; set_elsewhere: other stores.
        read: names read, with reads.
        in_dict: names found in the `__dict__` of instances that were looked at (a sample), sorted.
        reflected: uses of an instance in `vars`, `getattr`, `setattr`, `hasattr`, `delattr`, `dir` and `.__dict__`,
            with counts.
        weakly_referenced: the program held a weak reference to an instance when one was looked at.
        pickled_or_copied: an instance of the class was pickled or copied by its default means.
        subclasses: names, with the file relative to the root, or `(outside)`.
        hash_calls, eq_calls: calls of its `__hash__` and `__eq__`; None where these are not written in Python, or
            before Python 3.12 not in the class body.
    """

    id: str
    created: int | None
    peak_alive: int | None
    set_in_init: Mapping[str, int] = field(default_factory=dict)
    set_elsewhere: Mapping[str, int] = field(default_factory=dict)
    read: Mapping[str, int] = field(default_factory=dict)
    in_dict: tuple[str, ...] = ()
    reflected: Mapping[str, int] = field(default_factory=dict)
    weakly_referenced: bool = False
    pickled_or_copied: bool = False
    subclasses: Mapping[str, str] = field(default_factory=dict)
    hash_calls: int | None = None
    eq_calls: int | None = None

    @property
    def unread(self) -> tuple[str, ...]:
        """Return the names that were stored and that no project code read by name, sorted."""
        return tuple(sorted({*self.set_in_init, *self.set_elsewhere} - self.read.keys()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerFacts:
    """What was done with the containers made at one place, in the function that made them.

    Attributes:
        made: how many.
        followed: the place is the value of an assignment to a local name that is bound by plain assignments only;
            else only the new containers were looked at, and `operations` is empty.
        operations: what was done through that name, with counts: method names, with `pop(0)` and `insert(0)` apart,
            `contains`, `getitem`, `setitem`, `delitem`, `getslice`, `setslice`, `delslice`, `iter`, `len`, `truth`,
            in-place operators (`+=`), `return`, and `other` for uses that may hand it elsewhere.
        max_size: the largest `len()` seen; None when it never was a builtin container.
        sizes: how many had which length when the name was bound anew or the function ended (when they were made, if
            not followed): exact below 64, above to 6 significant bits.
        element_types: type names of elements (of a dict, its keys) at that time, with counts: the first 64 elements of
            the first 256 containers.
        elements_hashable: all of these were immutable builtin scalars, or tuples or frozensets of such.
    """

    id: str
    made: int
    followed: bool
    operations: Mapping[str, int] = field(default_factory=dict)
    max_size: int | None = None
    sizes: Mapping[int, int] = field(default_factory=dict)
    element_types: Mapping[str, int] = field(default_factory=dict)
    elements_hashable: bool = True

    @property
    def p50_size(self) -> int:
        """Return the median of the final sizes; 0 when none was seen."""
        return median(self.sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All facts of one run, by request id. A request that saw nothing has no entry.

    Attributes:
        run: what was seen of the whole run without being asked for.
        schema: of this type, when stored.
    """

    functions: Mapping[str, FunctionFacts] = field(default_factory=dict)
    loops: Mapping[str, LoopFacts] = field(default_factory=dict)
    expressions: Mapping[str, ExpressionFacts] = field(default_factory=dict)
    classes: Mapping[str, ClassFacts] = field(default_factory=dict)
    containers: Mapping[str, ContainerFacts] = field(default_factory=dict)
    run: RunFacts = field(default_factory=RunFacts)
    notes: tuple[str, ...] = ()
    schema: int = SCHEMA


def median(histogram: Mapping[int, int]) -> int:
    """Return the lower median of values with counts; 0 of none."""
    left = (sum(histogram.values()) + 1) // 2
    for value in sorted(histogram):
        left -= histogram[value]
        if left <= 0:
            return value
    return 0
