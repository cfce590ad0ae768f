"""What a session's models cost, as records and views tell it: by agent, all together, and for each kept improvement."""

from collections.abc import Mapping

from agents.claude.account import Spent
from orchestrator.live.events import JsonValue

Costs = Mapping[str, Spent]
"""Totals by the name of the agent that asked."""


def together(costs: Costs) -> Spent:
    """Return the totals of all agents."""
    return sum(costs.values(), Spent())


def cost_lines(costs: Costs) -> tuple[str, ...]:
    """Return how it reads, all agents first; nothing where no model was asked."""
    if not costs:
        return ()
    total = f"all agents: {together(costs).text}"
    return (total, *(f"{agent}: {spent.text}" for agent, spent in sorted(costs.items())))


def closing_line(costs: Costs, kept: int) -> str:
    """Return the totals with what each kept improvement cost; nothing where no model was asked."""
    total = together(costs)
    each = f"${total.usd / kept:.4f} for each of {kept} kept" if kept else "nothing was kept for it"
    return f"models: {total.text}; {each}" if costs else ""


def cost_data(costs: Costs) -> dict[str, JsonValue]:
    """Return it for machines, by agent, `all` among them; nothing where no model was asked."""
    return {agent: _plain(spent) for agent, spent in {"all": together(costs), **costs}.items()} if costs else {}


def _plain(spent: Spent) -> dict[str, JsonValue]:
    usage = spent.usage
    return {
        "calls": spent.calls,
        "unknown_calls": spent.unknown_calls,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_tokens": usage.cache_write_5m_tokens + usage.cache_write_1h_tokens,
        "total_tokens": usage.total_tokens,
        "cache_hit_rate": round(usage.hit_rate, 4),
        "usd": round(spent.usd, 6),
    }
