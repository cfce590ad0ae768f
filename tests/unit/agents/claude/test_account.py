from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.claude._client import ModelRejected, ModelUnavailable, Reply, StopReason, Usage
from agents.claude.account import Account, Budget, BudgetSpent
from agents.claude.models import load

MODELS = load()
MODEL = "claude-opus-5-5"
usages = st.builds(
    Usage,
    input_tokens=st.integers(0, 10**6),
    output_tokens=st.integers(0, 10**6),
    cache_read_tokens=st.integers(0, 10**6),
    cache_write_5m_tokens=st.integers(0, 10**6),
    cache_write_1h_tokens=st.integers(0, 10**6),
)


def reply(usage: Usage, *lost: Usage) -> Reply:
    return Reply(blocks=(), stop_reason=StopReason.END_TURN, usage=usage, model=MODEL, lost=lost)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(["cpu", "lead"]), usages, st.lists(usages, max_size=2)), max_size=5))
def test_totals_are_the_sum_of_what_was_told_to_the_token_and_survive_a_restart(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[str, Usage, list[Usage]]]
) -> None:
    path = tmp_path_factory.mktemp("account") / "calls.jsonl"
    account = Account(path, MODELS)
    for agent, usage, lost in calls:
        account.replied(agent, MODEL, reply(usage, *lost))
    everything = [one for _, usage, lost in calls for one in (usage, *lost)]
    assert account.total.usage == sum(everything, Usage())
    assert account.total.calls == len(everything)
    again = Account(path, MODELS)
    assert again.total == account.total
    assert again.by_agent == account.by_agent
    assert sum((spent.usage for spent in again.by_agent.values()), Usage()) == account.total.usage


def test_a_line_torn_by_a_kill_loses_that_call_alone(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    account = Account(path, MODELS)
    account.replied("cpu", MODEL, reply(Usage(input_tokens=5)))
    with path.open("a") as file:
        file.write('{"agent": "cpu", "mod')
    assert Account(path, MODELS).total.usage == Usage(input_tokens=5)


def test_a_budget_lets_the_call_through_that_crosses_it_and_none_after(tmp_path: Path) -> None:
    account = Account(tmp_path / "calls", MODELS, session=Budget(tokens=100))
    account.check("cpu")
    account.replied("cpu", MODEL, reply(Usage(input_tokens=60, output_tokens=50)))
    with pytest.raises(BudgetSpent, match=r"the session is used up: 110 of 100 tokens"):
        account.check("lead")


def test_a_budget_of_an_agent_stops_that_agent_alone(tmp_path: Path) -> None:
    account = Account(tmp_path / "calls", MODELS, agent=Budget(usd=1.0))
    account.replied("cpu", MODEL, reply(Usage(output_tokens=50_000)))
    with pytest.raises(BudgetSpent, match=r"the agent cpu is used up: \$1.0000 of \$1.00"):
        account.check("cpu")
    account.check("lead")


def test_a_soft_limit_warns_once(tmp_path: Path) -> None:
    said: list[str] = []
    account = Account(tmp_path / "calls", MODELS, session=Budget(tokens=100), warn=said.append)
    for _ in range(3):
        account.replied("cpu", MODEL, reply(Usage(input_tokens=30)))
    assert said == ["the budget of the session is nearly used up: 90 of 100 tokens"]


def test_a_call_that_told_nothing_is_unknown_and_not_nothing(tmp_path: Path) -> None:
    account = Account(tmp_path / "calls", MODELS)
    account.failed("cpu", MODEL, ModelRejected("no"))
    account.failed("cpu", MODEL, ModelUnavailable("cut", lost=(Usage(input_tokens=3),)))
    account.replied(
        "cpu",
        "a-model-without-a-price",
        Reply(blocks=(), stop_reason=StopReason.END_TURN, usage=Usage(output_tokens=1), model="unlisted"),
    )
    assert (account.total.calls, account.total.unknown_calls) == (3, 2)
    assert account.total.usage == Usage(input_tokens=3, output_tokens=1)
    assert "2 of unknown cost" in account.total.text


def test_the_share_read_from_the_cache_is_of_the_whole_prompt(tmp_path: Path) -> None:
    account = Account(tmp_path / "calls", MODELS)
    account.replied("cpu", MODEL, reply(Usage(input_tokens=10, cache_write_5m_tokens=90)))
    account.replied("cpu", MODEL, reply(Usage(input_tokens=10, cache_read_tokens=90)))
    assert account.total.usage.hit_rate == pytest.approx(0.45)
    assert "90 of 200 prompt tokens from the cache, 45%" in account.total.text
