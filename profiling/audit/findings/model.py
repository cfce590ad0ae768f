"""The words of the findings: what was found, where, why it costs, what to do about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from profiling.audit.model import FunctionNode
from profiling.audit.sources import Function, Sources
from profiling.audit.traversal import Part


class FindingKind(StrEnum):
    """What was found; each has a detector."""

    REDUNDANCY = "redundancy"
    PIPELINING = "pipelining"
    EFFECTIVE_CODE_PATH = "effective_code_path"
    ENTITY_HIERARCHY = "entity_hierarchy"
    REPARSING = "reparsing"
    CHUNKIFICATION = "chunkification"
    GENERAL_PRIMITIVE = "general_primitive"


class Level(StrEnum):
    """How much: of effort, of priority."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Heat(StrEnum):
    """How often a function runs, as far as reachability and, where there is one, a profile tell."""

    HOT = "hot"
    COLD = "cold"
    INIT = "init"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to act on.

    Attributes:
        kind: of which mechanism.
        function: dotted name; file, line: the place.
        what: what was seen there; why: what it costs.
        action: what to do.
        effort: of doing so.
        heat: of the function.
        cost_now: weight of what is concerned in one run of the action (about nanoseconds); 0 where it has none.
        reduction: share (0 to 1) of it that would go at most, None where the source does not tell.
        priority: by cost, or by heat where there is no cost.
    """

    kind: FindingKind
    function: str
    file: str
    line: int
    what: str
    why: str
    action: str
    effort: Level
    heat: Heat
    cost_now: float = 0.0
    reduction: float | None = None
    priority: Level = Level.LOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every detector is given.

    Attributes:
        functions: those looked at, with their links.
        sources: their files.
        heat: of each.
        passes: of each, calls through loops in one run of the actions.
        inclusive: of each, the weight of one call with all it calls.
    """

    functions: Part
    sources: Sources
    heat: Mapping[str, Heat]
    passes: Mapping[str, float]
    inclusive: Mapping[str, float]

    def defined(self) -> Iterator[tuple[FunctionNode, Function]]:
        """Yield the functions whose `def` is at hand."""
        for node in self.functions.nodes.values():
            function = self.sources.function(node)
            if function is not None:
                yield node, function

    def cost(self, name: str) -> float:
        """Return the weight of all calls of a function in one run of the actions."""
        return self.inclusive.get(name, 0.0) * self.passes.get(name, 0.0)
