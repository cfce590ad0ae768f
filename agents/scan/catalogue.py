"""Every rule without a rewrite, those first whose findings are worth most."""

from agents.scan import kept, lists, quadratic, repeated, size, waiting
from agents.scan.model import Rule

RULES: tuple[Rule, ...] = (*lists.RULES, *quadratic.RULES, *repeated.RULES, *waiting.RULES, *kept.RULES, *size.RULES)
