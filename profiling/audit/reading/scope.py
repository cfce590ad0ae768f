"""What is gathered of a scope and of a class while a file is read."""

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from profiling.audit.reading.terms import MODULE, Op, Term

LoopFact: TypeAlias = tuple[str, int, int | None]
"""Kind, line, bound."""
CallFact: TypeAlias = tuple[Any, ...]
"""Line, text, loops, source, whether awaited, literal, mode, size: the fields of `CallSite` that a file tells."""
WriteFact: TypeAlias = tuple[str, str, int, str, bool]
"""Kind, target, line, method, whether local."""
ParameterFact: TypeAlias = tuple[str, int, Term]
"""Name, kind (below), type."""
POSITIONAL, VARIADIC, KEYWORD_ONLY, KEYWORDS = range(4)
_ROOT = re.compile(r"\w+")


@dataclass(slots=True)
class Scope:
    """A module's body, a function or a lambda while it is read.

    Attributes:
        path: dotted, from the module; empty for its body.
        owner: index of the class in whose body it is defined, -1 elsewhere.
        around: index of the nearest class around it, for `super()`.
        bound: names assigned in it; names: read in it; captured: of `bound`, read in scopes within.
        rebound: of `captured`, assigned by scopes within (`nonlocal`).
        keyed: names used as keys: only to these are constants passed on.
        digest: of its lines; 0 where nobody asked, and of a module's body, which holds all others.
        loops: kind, first and last line, bound of each.
    """

    path: str
    kind: int
    parent: int
    owner: int
    around: int
    qualname: str
    line: int
    first_line: int
    end_line: int
    flags: int = 0
    decorators: tuple[str, ...] = ()
    parameters: list[ParameterFact] = field(default_factory=list)
    returns: Term = None
    ops: list[Op] = field(default_factory=list)
    calls: list[CallFact] = field(default_factory=list)
    writes: list[WriteFact] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    captured: set[str] = field(default_factory=set)
    keyed: set[str] = field(default_factory=set)
    rebound: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    outer: set[str] = field(default_factory=set)
    loops: list[tuple[str, int, int, int | None]] = field(default_factory=list)
    digest: int = 0
    lambdas: int = 0
    versions: int = 0
    sites: int = 0

    def emit(self, *op: object) -> None:
        """Add an effect."""
        self.ops.append(op)

    def facts(self) -> tuple[object, ...]:
        """Return what is kept, in the order of `facts.ScopeFacts`."""
        return (
            self.path, self.kind, self.parent, self.owner, self.around, self.qualname, self.line, self.first_line,
            self.end_line, self.flags, self.decorators, tuple(self.parameters), self.returns,
            _stable(self.captured), _stable(self.keyed), _stable(self.rebound), self.digest,
        )  # fmt: skip

    def body(self) -> tuple[object, ...]:
        """Return what only evaluating it needs, in the order of `facts.BodyFacts`."""
        return (self.ops, self.calls, self._placed() if self.writes else self.writes, self.loops)

    def _placed(self) -> list[WriteFact]:
        """Tell of each store whether the root of its target was made in this function."""
        own: set[str] = set()
        if self.kind != MODULE:
            own = self.bound.difference([each[0] for each in self.parameters], self.globals, self.outer)
        placed: list[WriteFact] = []
        for kind, target, line, method, _ in self.writes:
            root = _ROOT.match(target)
            placed.append((kind, target, line, method, root is not None and root.group() in own))
        return placed


def _stable(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names)) if names else ()


@dataclass(slots=True)
class ClassScope:
    """A class while it is read.

    Attributes:
        path: dotted, from the module.
        scope: index of the scope around it.
        methods: of its body, by name, to scopes (several: overloads, a property's setter); nested: classes in it.
        annotations: types of its attributes; assigned: names its body gives a value, and `self.x` of its methods.
    """

    path: str
    scope: int
    bases: tuple[Term, ...]
    qualname: str = ""
    metaclass: Term = None
    dataclass: bool = False
    methods: dict[str, list[int]] = field(default_factory=dict)
    nested: dict[str, int] = field(default_factory=dict)
    annotations: dict[str, Term] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)
    assigned: set[str] = field(default_factory=set)
    body: set[str] = field(default_factory=set)

    def facts(self) -> tuple[object, ...]:
        """Return what is kept, in the order of `facts.ClassFacts`."""
        return (
            self.path, self.scope, self.bases, self.metaclass, self.dataclass, self.methods, self.nested,
            self.annotations, self.fields, sorted(self.assigned),
        )  # fmt: skip
