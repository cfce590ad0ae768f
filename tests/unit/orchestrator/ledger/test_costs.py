from hypothesis import given
from hypothesis import strategies as st

from agents.claude._client import Usage
from agents.claude.account import Spent
from orchestrator.ledger.costs import closing_line, cost_data, cost_lines, together

COUNTS = st.integers(0, 10**9)
SPENT = st.builds(
    Spent,
    calls=COUNTS,
    unknown_calls=COUNTS,
    usage=st.builds(Usage, input_tokens=COUNTS, output_tokens=COUNTS, cache_read_tokens=COUNTS),
)
LEAD = Spent(calls=2, usage=Usage(input_tokens=100, cache_read_tokens=300), usd=0.5)


@given(st.dictionaries(st.sampled_from(["lead", "reviewer", "cpu-specialist"]), SPENT))
def test_the_whole_is_the_sum_of_the_agents_to_the_token(costs: dict[str, Spent]) -> None:
    whole = together(costs)
    assert whole.calls == sum(one.calls for one in costs.values())
    assert whole.usage.total_tokens == sum(one.usage.total_tokens for one in costs.values())
    assert len(cost_lines(costs)) == (len(costs) + 1 if costs else 0)


def test_each_kept_improvement_has_its_price_and_a_session_that_kept_nothing_says_so() -> None:
    told = "models: 2 calls, 400 tokens (300 of 400 prompt tokens from the cache, 75%), $0.5000"
    assert closing_line({"lead": LEAD}, 2) == f"{told}; $0.2500 for each of 2 kept"
    assert closing_line({"lead": LEAD}, 0) == f"{told}; nothing was kept for it"


def test_where_no_model_was_asked_nothing_is_said() -> None:
    assert closing_line({}, 3) == ""
    assert cost_lines({}) == ()
    assert cost_data({}) == {}
