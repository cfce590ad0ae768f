"""What is known of a function after looking into it: whether it is pure, and what it gives."""

from dataclasses import dataclass
from enum import IntEnum

from agents.recipes.functions import FunctionNode
from agents.recipes.kinds import Kind
from agents.recipes.project import Module


class Purity(IntEnum):
    """What running it can do, from least to most."""

    PURE = 0
    """Nothing, and the result depends on the arguments alone."""
    READS = 1
    """Nothing, but the result may depend on state that can change (attributes, rebound globals)."""
    IMPURE = 2
    """Anything: effects, or not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What is known of a function or expression.

    Attributes:
        purity: of running it.
        result: of its value.
        reason: why it is not pure, with the line; empty when it is.
        raises_own: it may raise exceptions whose classes are not builtin, so making one may do anything; that matters
            to a caller that catches it.
    """

    purity: Purity
    result: Kind
    reason: str = ""
    raises_own: bool = False


UNKNOWN = Summary(purity=Purity.IMPURE, result=Kind.UNKNOWN, reason="not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A module-level function and the module it stands in."""

    module: Module
    node: FunctionNode
