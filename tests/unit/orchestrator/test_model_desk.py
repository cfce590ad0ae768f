from pathlib import Path

import pytest

from agents.claude._client import Reply, StopReason, Usage
from agents.claude.account import BudgetSpent
from agents.claude.scripted import ScriptedClient
from agents.claude.tools.toolbox import Used
from orchestrator.errors import SettingsError
from orchestrator.ledger.layout import Layout
from orchestrator.model_desk import Voices, desk
from orchestrator.settings import load
from profiling.model import Command


def make(tmp_path: Path, **flags: object):  # type: ignore[no-untyped-def]
    said: list[str] = []
    settings = load({"repo": tmp_path, "agent": "claude", **flags}, {})
    made = desk(
        settings,
        Layout(root=tmp_path),
        "s1",
        Voices(warn=said.append, say=lambda agent, text, stream: said.append(f"{stream}{agent}: {text}")),
        ScriptedClient(()),
    )
    return made, said


def reply(tokens: int) -> Reply:
    return Reply(blocks=(), stop_reason=StopReason.END_TURN, usage=Usage(input_tokens=tokens), model="claude-opus-5-5")


def test_budgets_hold_for_the_session_and_for_each_agent_and_survive_a_restart(tmp_path: Path) -> None:
    flags = {"token_budget": 100, "agent_token_budget": 60}
    first, said = make(tmp_path, **flags)
    first.account.replied("lead", "claude-opus-5-5", reply(60))
    with pytest.raises(BudgetSpent, match="the agent lead"):
        first.account.check("lead")
    second, _ = make(tmp_path, **flags)
    second.account.replied("cpu-specialist", "claude-opus-5-5", reply(50))
    with pytest.raises(BudgetSpent, match="110 of 100 tokens"):
        second.account.check("reviewer")
    assert any("nearly used up" in line for line in said)


def test_who_watches_hears_the_totals_of_the_agent_and_of_all(tmp_path: Path) -> None:
    made, said = make(tmp_path)
    made.account.replied("lead", "claude-opus-5-5", reply(1000))
    made.account.replied("reviewer", "claude-opus-5-5", reply(234))
    made.watcher.spent("lead")
    assert "lead: 1 call, 1,000 tokens" in said[-1]
    made.watcher.said("lead", "I look at ")
    made.watcher.said("lead", "the loop.")
    made.watcher.used("lead", Used(name="search", is_error=True, characters=12, seconds=0.04))
    made.watcher.spent("lead")
    assert said[-3:-1] == ["lead: used search (12 characters in 0.0 s, refused)", "lead: says: I look at the loop."]
    assert "all agents: 2 calls, 1,234 tokens" in said[-1]


def test_what_two_of_one_name_say_at_once_is_told_apart_in_their_streams(tmp_path: Path) -> None:
    made, said = make(tmp_path)
    first, second = made.heard_in("1 "), made.heard_in("2 ")
    first.watcher.said("cpu-specialist", "a loop ")
    second.watcher.said("cpu-specialist", "a copy ")
    first.watcher.said("cpu-specialist", "in a loop")
    second.watcher.spent("cpu-specialist")
    first.watcher.spent("cpu-specialist")
    assert [line for line in said if "says" in line] == [
        "2 cpu-specialist: says: a copy",
        "1 cpu-specialist: says: a loop in a loop",
    ]
    assert made.heard_in("") is made


def test_one_model_can_be_named_for_all(tmp_path: Path) -> None:
    made, _ = make(tmp_path, model="claude-sonnet-5-5")
    assert {made.models.named(role) for role in ("lead", "specialist", "reviewer")} == {"claude-sonnet-5-5"}


def test_dollars_are_not_promised_where_no_price_is_known(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no price is known of my-model") as caught:
        make(tmp_path, model="my-model", budget="2.50")
    assert "--token-budget" in str(caught.value.hint)
    assert make(tmp_path, model="my-model", token_budget=5)[0].models.named("lead") == "my-model"


def test_a_bad_file_of_models_is_a_bad_setting(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text("prices_as_of = 3\n")
    with pytest.raises(SettingsError, match=r"models\.toml: prices_as_of"):
        make(tmp_path, models=tmp_path / "models.toml")


def test_a_documentation_source_is_a_command_or_an_address(tmp_path: Path) -> None:
    assert make(tmp_path)[0].documentation is None
    for server, expected in (
        ("npx -y docs --quiet", Command(argv=("npx", "-y", "docs", "--quiet"))),
        ("https://docs.example/mcp", "https://docs.example/mcp"),
    ):
        found = make(tmp_path, docs_server=server)[0].documentation
        assert found is not None
        assert found.server == expected
    with pytest.raises(SettingsError, match="needs a shell"):
        make(tmp_path, docs_server="npx docs | tee log")


def test_without_a_key_the_session_does_not_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    settings = load({"repo": tmp_path, "agent": "claude"}, {})
    with pytest.raises(SettingsError, match="no key") as caught:
        desk(settings, Layout(root=tmp_path), "s1", Voices(warn=print, say=print))
    assert "--agent recipes" in str(caught.value.hint)


def test_the_maintainers_conventions_are_told_to_every_agent(tmp_path: Path) -> None:
    (tmp_path / ".codeflash").mkdir()
    (tmp_path / ".codeflash" / "conventions.md").write_text("Never touch the parser.\n")
    assert make(tmp_path)[0].conventions == "Never touch the parser.\n"
