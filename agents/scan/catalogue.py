"""Every rule without a rewrite, those first whose findings are worth most."""

from agents.scan import branching, building, kept, lists, quadratic, relations, repeated, size, waiting
from agents.scan.model import Rule

RULES: tuple[Rule, ...] = (
    *lists.RULES,
    *quadratic.RULES,
    *relations.RULES,
    *repeated.RULES,
    *waiting.RULES,
    *building.RULES,
    *kept.RULES,
    *branching.RULES,
    *size.RULES,
)
