"""What a `.dsl` file holds besides functions, one class a record."""

from dataclasses import dataclass
from typing import TypeAlias

from profiling.audit.model import Action, FileProblem, FunctionNode, Redundancy, Unresolved

FORMAT = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A named fact of the whole file: `format 1 pair`, `total_load 12000 pair`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A call between two functions of the tree, by their dotted names."""

    caller: str
    callee: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A function that an action reaches.

    Attributes:
        function: dotted name.
        depth: calls from the nearest entry point.
        load: weight of its own operations, amplified by the loops on the way.
    """

    function: str
    depth: int
    load: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Independent expensive operations that now run in sequence, each `function:line callee`."""

    operations: tuple[str, ...]


Statement: TypeAlias = Pair | Edge | Unresolved | FileProblem | Action | Redundancy | Reached | Pipeline
"""What one word says."""
Record: TypeAlias = FunctionNode | Statement
