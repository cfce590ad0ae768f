"""The words of the audit: functions, calls with how they were resolved, what is expensive, what changes state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Tier(StrEnum):
    """How a call's target was found, the surest first."""

    EXACT = "exact"
    """By name, import, `self`, `super` or the MRO."""
    TYPED = "typed"
    """By the receiver's type: constructor, annotation, `isinstance`, element type."""
    FLOW = "flow"
    """By following values through assignments, parameters, returns and containers."""
    CALLBACK = "callback"
    """Handed to something that calls it (`map`, `Thread(target=)`, external code)."""
    NAME = "name"
    """By the method's name alone, which few classes of the tree define."""
    EXTERNAL = "external"
    """Outside the tree: a builtin, the standard library, a dependency."""


class LoopKind(StrEnum):
    """What repeats."""

    FOR = "for"
    WHILE = "while"
    COMPREHENSION = "comprehension"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A loop around a call, within the calling function.

    Attributes:
        kind, line: what it is and where.
        bound: passes, where a `range` literal or the length of a literal tells; None where not.
    """

    kind: LoopKind
    line: int
    bound: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Callee:
    """Something a call may reach.

    Attributes:
        name: dotted (`pkg.mod.Class.method`, `<builtin>.open`, `json.dumps`).
        tier: how it was found.
    """

    name: str
    tier: Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSite:
    """One call in a function, resolved or not.

    Attributes:
        line: 1-based.
        text: the callee as written, at most 80 characters.
        callees: what it may reach, in the tree or outside it; empty when nothing was found.
        reason: why nothing was found; empty otherwise.
        implicit: no call is written: a property, an operator, `with`, `for`, a decorator.
        awaited: it stands under `await`.
        loops: around it, outermost first.
        literal: its first argument where that is a literal string (a path, a statement), at most 200 characters.
        mode: the `mode` of an `open`-like call where it is a literal.
        size: length of the largest literal argument (characters, bytes or elements), None without one.
        source: its first argument as written, at most 80 characters, to see the same data used twice.
    """

    line: int
    text: str
    callees: tuple[Callee, ...] = ()
    reason: str = ""
    implicit: bool = False
    awaited: bool = False
    loops: tuple[Loop, ...] = ()
    literal: str | None = None
    mode: str | None = None
    size: int | None = None
    source: str = ""


class WriteKind(StrEnum):
    """How a statement changes something that outlives it."""

    ATTRIBUTE = "attribute"
    ITEM = "item"
    GLOBAL = "global"
    METHOD = "method"


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A statement that stores: the raw fact of which state mutations are made.

    Attributes:
        kind: an attribute, an item, a global, or a method of a container (`append`, `update`).
        target: as written (`self.history`, `CACHE`, `events`), at most 80 characters.
        method: the method's name, for METHOD.
        line: 1-based.
        local: the root of the target is a local name made in this function: no `self`, parameter, closure or global.
    """

    kind: WriteKind
    target: str
    line: int
    method: str = ""
    local: bool = False


class MutationKind(StrEnum):
    """What a state mutation changes."""

    ATTR_WRITE = "attr_write"
    CONTAINER_MUTATE = "container_mutate"
    FILE_WRITE = "file_write"
    IPC_EMIT = "ipc_emit"
    GLOBAL_WRITE = "global_write"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMutation:
    """A change of state that outlives the call.

    Attributes:
        target: `self.history`, `module.events`, `file:<path or ?>`.
        kind, line: what is changed and where.
    """

    target: str
    kind: MutationKind
    line: int


class CostClass(StrEnum):
    """What makes an operation expensive; the words of the DSL."""

    FILE_IO = "file_io"
    NETWORK = "network"
    AST_PARSE = "ast_parse"
    JSON_IO = "json_io"
    PICKLE = "pickle"
    DEEP_COPY = "deep_copy"
    LOOP_AMPLIFIED = "loop_amplified"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpensiveOp:
    """A call with its estimated cost.

    Attributes:
        callee: what is called.
        cost_class: of its row in the cost model.
        size: bytes or length of the data, None where it can't be told.
        line: 1-based.
        weight: class weight x size (1 if unknown) x loop bounds.
    """

    callee: str
    cost_class: CostClass
    size: int | None
    line: int
    weight: float


class NodeKind(StrEnum):
    """What a node of the graph is."""

    MODULE = "module"
    FUNCTION = "function"
    METHOD = "method"
    LAMBDA = "lambda"
    CLASS_BODY = "class"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionNode:
    """A function of the tree with everything it does.

    Attributes:
        name: dotted (`pkg.mod.Class.method`); the module's name for its body; `owner.<lambdaN>` for a lambda.
        file: relative to the source root, POSIX separators.
        line: of the `def` (1-based); first_line: of its first decorator, as `co_firstlineno`; end_line: its last.
        qualname: as `co_qualname` gives it (with `<locals>`), the key that profiles use; `<module>` for a module body.
        kind: what it is.
        is_async, is_generator: of its `def`.
        decorators: as written.
        calls: resolved or not, in the order of their lines.
        writes: raw stores.
        state_mutations, expensive_ops: made of `writes` and `calls` by the two indexes; empty before.
    """

    name: str
    file: str
    line: int
    first_line: int
    end_line: int
    qualname: str
    kind: NodeKind
    is_async: bool = False
    is_generator: bool = False
    decorators: tuple[str, ...] = ()
    calls: tuple[CallSite, ...] = ()
    writes: tuple[Write, ...] = ()
    state_mutations: tuple[StateMutation, ...] = ()
    expensive_ops: tuple[ExpensiveOp, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A call that nothing was found for."""

    caller: str
    text: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """A file that could not be read or parsed, and why."""

    file: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An entry point (or several) with everything it reaches.

    Attributes:
        name: short, safe as a file name.
        entry_points: dotted names of functions.
        description: one sentence; where it comes from when nobody wrote one.
        argv: a command of the project that runs it, from the tree's root; empty where the source does not tell one.
    """

    name: str
    entry_points: tuple[str, ...]
    description: str = ""
    argv: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redundancy:
    """The same expensive call reached more than once in an action."""

    callee: str
    source: str
    places: tuple[str, ...]

    @property
    def count(self) -> int:
        """Return how many call sites reach it."""
        return len(self.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionProfile:
    """What an action costs before anyone runs it.

    Attributes:
        action: what was traced.
        functions: the reachable part of the graph, by name, nearest first.
        depth: of each function, from an entry point.
        expensive_ops, state_mutations: of those functions, by function.
        redundancy: the same expensive call reached more than once.
        pipelining: groups of independent expensive operations that now run in sequence, each `function:line callee`.
        total_load: sum of weights, amplified by the loops on the way.
        load: per function, its own operations amplified by the loops on the way.
        unresolved: calls whose targets are unknown.
    """

    action: Action
    functions: tuple[FunctionNode, ...]
    depth: Mapping[str, int]
    expensive_ops: Mapping[str, tuple[ExpensiveOp, ...]]
    state_mutations: Mapping[str, tuple[StateMutation, ...]]
    redundancy: tuple[Redundancy, ...] = ()
    pipelining: tuple[tuple[str, ...], ...] = ()
    total_load: float = 0.0
    load: Mapping[str, float] = field(default_factory=dict)
    unresolved: tuple[Unresolved, ...] = ()
