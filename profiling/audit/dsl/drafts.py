"""Makes records fast: a frozen dataclass sets every field through a call, which takes longer than reading its line.

A draft has the slots of a record and no more, so its fields are set as those of any object, and it becomes the record
by being given its class, which the interpreter allows between classes laid out alike. Every field must be set here,
also those that have a default: a record knows no other value than its slots hold.
"""

from collections.abc import Callable
from typing import Any, Final

from profiling.audit.dsl.records import Edge, Reached
from profiling.audit.model import (
    Callee,
    CallSite,
    CostClass,
    ExpensiveOp,
    FunctionNode,
    MutationKind,
    StateMutation,
    Tier,
)


def _laid_out_as(record: type[Any]) -> Callable[[], Any]:
    """Return a class with the slots of a record and nothing else."""
    return type(f"{record.__name__}Draft", (), {"__slots__": record.__slots__})


_Function: Final = _laid_out_as(FunctionNode)
_Site: Final = _laid_out_as(CallSite)
_Callee: Final = _laid_out_as(Callee)
_Mutation: Final = _laid_out_as(StateMutation)
_Operation: Final = _laid_out_as(ExpensiveOp)
_Edge: Final = _laid_out_as(Edge)
_Reached: Final = _laid_out_as(Reached)


def function(name: str, file: str, line: int) -> Any:
    """Return the draft of a function without any details; its `kind` is None until one is known."""
    draft = _Function()
    draft.name = name
    draft.file = file
    draft.line = draft.first_line = draft.end_line = line
    draft.qualname = ""
    draft.kind = None
    draft.is_async = draft.is_generator = False
    draft.decorators = draft.calls = draft.writes = draft.state_mutations = draft.expensive_ops = ()
    return draft


def site() -> Any:
    """Return the draft of a call site without any details; line and text are to be set."""
    draft = _Site()
    draft.callees = draft.loops = ()
    draft.reason = draft.source = ""
    draft.implicit = draft.awaited = False
    draft.literal = draft.mode = draft.size = None
    return draft


def bare_site(line: int, text: str, callees: tuple[Callee, ...]) -> CallSite:
    """Return a call site without details."""
    made = _Site()
    made.line = line
    made.text = text
    made.callees = callees
    made.loops = ()
    made.reason = made.source = ""
    made.implicit = made.awaited = False
    made.literal = made.mode = made.size = None
    made.__class__ = CallSite
    record: CallSite = made
    return record


def callee(name: str, tier: Tier) -> Callee:
    """Return a callee."""
    made = _Callee()
    made.name = name
    made.tier = tier
    made.__class__ = Callee
    record: Callee = made
    return record


def mutation(target: str, kind: MutationKind, line: int) -> StateMutation:
    """Return a state mutation."""
    made = _Mutation()
    made.target = target
    made.kind = kind
    made.line = line
    made.__class__ = StateMutation
    record: StateMutation = made
    return record


def operation(callee: str, cost_class: CostClass, size: int | None, line: int, weight: float) -> ExpensiveOp:
    """Return an expensive operation."""
    made = _Operation()
    made.callee = callee
    made.cost_class = cost_class
    made.size = size
    made.line = line
    made.weight = weight
    made.__class__ = ExpensiveOp
    record: ExpensiveOp = made
    return record


def edge(caller: str, callee: str) -> Edge:
    """Return an edge."""
    made = _Edge()
    made.caller = caller
    made.callee = callee
    made.__class__ = Edge
    record: Edge = made
    return record


def reached(name: str, depth: int, load: float) -> Reached:
    """Return a function that an action reaches."""
    made = _Reached()
    made.function = name
    made.depth = depth
    made.load = load
    made.__class__ = Reached
    record: Reached = made
    return record
