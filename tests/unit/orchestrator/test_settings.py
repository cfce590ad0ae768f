import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import SettingsError
from orchestrator.settings import Settings, load, option, seconds, variable
from profiling.model import Domain


def _write(repo: Path, text: str) -> None:
    (repo / "pyproject.toml").write_text(text, encoding="utf-8")


def _load(repo: Path, flags: dict[str, object] | None = None, environ: dict[str, str] | None = None) -> Settings:
    return load({"repo": repo, **(flags or {})}, environ or {})


def test_a_flag_wins_over_the_environment_over_the_file_over_the_default(tmp_path: Path) -> None:
    assert _load(tmp_path).max_experiments == 20
    _write(tmp_path, "[tool.codeflash]\nmax-experiments = 2\n")
    assert _load(tmp_path).max_experiments == 2
    _write(tmp_path, "[tool.codeflash]\nmax-experiments = 2\n[tool.optimize]\nmax-experiments = 3\n")
    assert _load(tmp_path).max_experiments == 3
    environ = {"OPTIMIZE_MAX_EXPERIMENTS": "4"}
    assert _load(tmp_path, environ=environ).max_experiments == 4
    assert _load(tmp_path, {"max_experiments": 5}, environ).max_experiments == 5


def test_a_flag_that_was_not_given_and_an_empty_variable_do_not_count(tmp_path: Path) -> None:
    settings = _load(tmp_path, {"workload": None}, {"OPTIMIZE_WORKLOAD": ""})
    assert settings.workload is None


def test_underscores_and_hyphens_name_the_same_key(tmp_path: Path) -> None:
    _write(tmp_path, "[tool.optimize]\nmax_experiments = 7\ntime-limit = '10m'\n")
    settings = _load(tmp_path)
    assert (settings.max_experiments, settings.time_limit_s) == (7, 600.0)


@pytest.mark.parametrize(
    ("flags", "environ", "parts"),
    [
        ({"max_experiments": "0"}, {}, ["max-experiments", "'0'", "--max-experiments", "from 1 to 10000"]),
        ({}, {"OPTIMIZE_SEED": "x"}, ["seed", "'x'", "the variable OPTIMIZE_SEED", "from 0 on"]),
        ({"time_limit_s": "soon"}, {}, ["time-limit", "'soon'", "--time-limit", "90s, 10m, 2h"]),
        ({"domain": "gpu"}, {}, ["domain", "'gpu'", "--domain", "cpu, memory, async, structure"]),
        ({"agent": "gpt"}, {}, ["agent", "'gpt'", "--agent", "auto, recipes or claude"]),
        ({"budget": "0"}, {}, ["budget", "'0'", "--budget", "dollars over zero"]),
        ({}, {"OPTIMIZE_BASE_URL": "file:///x"}, ["base-url", "'file:///x'", "OPTIMIZE_BASE_URL", "https://"]),
        ({"workload": ""}, {}, ["workload", "''", "--workload", "a command line"]),
    ],
)
def test_a_refusal_names_the_value_its_origin_and_what_is_allowed(
    tmp_path: Path, flags: dict[str, object], environ: dict[str, str], parts: list[str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, flags, environ)
    told = f"{caught.value} {caught.value.hint}"
    assert [part for part in parts if part not in told] == []


def test_a_bad_value_in_the_file_is_named_with_file_and_key(tmp_path: Path) -> None:
    _write(tmp_path, "[tool.optimize]\nmax-experiments = true\n")
    with pytest.raises(SettingsError, match=r"pyproject\.toml: \[tool\.optimize\] max-experiments"):
        _load(tmp_path)


@pytest.mark.parametrize(
    "key", ["base-url", "docs-server", "provider", "model", "models", "budget", "token-budget", "agent-budget"]
)
def test_a_repository_can_not_spend_the_persons_money_or_send_the_key_elsewhere(tmp_path: Path, key: str) -> None:
    _write(tmp_path, f"[tool.optimize]\n{key} = 'http://elsewhere'\n")
    with pytest.raises(SettingsError, match=f"{key} is the person's to give"):
        _load(tmp_path)
    _write(tmp_path, f"[tool.codeflash]\n{key} = 'http://elsewhere'\n")
    assert _load(tmp_path) == _load(tmp_path / "nowhere", {"repo": tmp_path})


@pytest.mark.parametrize("table", ["optimize", "codeflash"])
def test_a_repository_can_not_choose_an_agent_that_costs_money(tmp_path: Path, table: str) -> None:
    _write(tmp_path, f"[tool.{table}]\nagent = 'claude'\n")
    with pytest.raises(SettingsError, match="the person's to choose") as caught:
        _load(tmp_path)
    assert f"[tool.{table}] agent" in str(caught.value)
    assert _load(tmp_path / "elsewhere", {"agent": "claude"}).agent == "claude"
    assert _load(tmp_path / "elsewhere", environ={"OPTIMIZE_AGENT": "claude"}).agent == "claude"


def test_a_misspelt_key_of_ours_is_refused_and_one_of_another_tool_is_not(tmp_path: Path) -> None:
    _write(tmp_path, "[tool.codeflash]\nmodule-root = 'src'\n[tool.optimize]\nsource = 'src'\n")
    assert _load(tmp_path).max_experiments == 20
    _write(tmp_path, "[tool.optimize]\nworklaod = 'python bench.py'\n")
    with pytest.raises(SettingsError, match="did you mean workload"):
        _load(tmp_path)


@pytest.mark.parametrize("key", ["yes", "plain", "json", "goal", "resume"])
def test_a_repository_can_not_answer_for_the_person(tmp_path: Path, key: str) -> None:
    _write(tmp_path, f"[tool.optimize]\n{key} = true\n")
    with pytest.raises(SettingsError, match="the person's to give"):
        _load(tmp_path)
    _write(tmp_path, f"[tool.codeflash]\n{key} = true\n")
    assert _load(tmp_path).yes is False


@pytest.mark.parametrize("content", [b"[tool.optimize\n", b"\xff\xfe", b"a = " + b"[" * 100_000])
def test_a_pyproject_that_can_not_be_read_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"pyproject\.toml can't be read"):
        _load(tmp_path)


@pytest.mark.parametrize("text", ["tool = 3", "[tool]\noptimize = 3", "", "[tool.optimize]"])
def test_a_file_without_our_table_leaves_the_defaults(tmp_path: Path, text: str) -> None:
    _write(tmp_path, text)
    assert _load(tmp_path) == Settings(repo=tmp_path)


@pytest.mark.parametrize(("text", "expected"), [("90", 90), ("90s", 90), ("10m", 600), ("1.5h", 5400), ("2 min", 120)])
def test_durations_read_as_people_write_them(text: str, expected: float) -> None:
    assert seconds(text) == expected


def _loaded_or_refused(flags: dict[str, object]) -> Settings | str:
    try:
        return load({**flags, "repo": "/"}, {})
    except SettingsError as error:
        return str(error)


@given(st.text(alphabet=string.printable))
def test_any_text_given_for_a_time_limit_is_a_positive_number_or_a_settings_error(text: str) -> None:
    outcome = _loaded_or_refused({"time_limit_s": text})
    is_refused = isinstance(outcome, str) and "--time-limit" in outcome
    assert is_refused or (isinstance(outcome, Settings) and 0 < outcome.time_limit_s < float("inf"))


@given(st.dictionaries(st.sampled_from(sorted(Settings.model_fields)), st.text() | st.integers() | st.booleans()))
def test_no_flag_value_raises_anything_but_a_settings_error(flags: dict[str, object]) -> None:
    outcome = _loaded_or_refused(flags)
    assert isinstance(outcome, Settings) or "can't be" in outcome or "not part of this version" in outcome


def test_every_flag_and_variable_is_spelt_as_people_write_it() -> None:
    assert (option("time_limit_s"), variable("time_limit_s")) == ("--time-limit", "OPTIMIZE_TIME_LIMIT")
    assert (option("as_json"), variable("as_json")) == ("--json", "OPTIMIZE_JSON")
    assert option("repo") == "-C"


def test_a_domain_is_one_of_the_declared_ones(tmp_path: Path) -> None:
    assert _load(tmp_path, {"domain": "memory"}).domain is Domain.MEMORY
