import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
import yaml

from orchestrator.cli import gather_run
from orchestrator.cli.gather import gather
from orchestrator.errors import TargetError
from orchestrator.settings import variable
from profiling.context import gathering
from profiling.context.catalogue import PROBES
from profiling.context.gathering import DoesNotFit, NothingFound

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[4]
# None of these is needed to look at a repository; the second list not even where something has to be asked.
ONLY_FOR_ANSWERS = ("asyncio", "yaml", "profiling.context.compiled_schema")
HEAVY = ("langgraph", "langchain_core", "anthropic", "libcst", "pydantic", "git", "rich", "numpy", "sqlite3")


def _loaded(*arguments: str, cwd: Path) -> list[str]:
    code = (
        "import sys; from orchestrator.cli.main import main\n"
        "try:\n    main()\nfinally:\n    print('LOADED', sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    found: list[str] = ast.literal_eval(done.stdout.rpartition("LOADED ")[2])
    return found


def test_the_first_gather_imports_nothing_heavy_and_the_second_not_even_what_asks_and_writes(
    repository: Path, tmp_path: Path
) -> None:
    first = _loaded("gather", "-C", str(repository), cwd=tmp_path)
    second = _loaded("gather", "-C", str(repository), cwd=tmp_path)
    assert "profiling.context.coordinator" in first
    assert [name for name in HEAVY if name in first] == []
    assert [name for name in (*HEAVY, *ONLY_FOR_ANSWERS) if name in second] == []


def test_a_person_reads_a_line_each_and_where_all_of_it_is(optimize: Run, repository: Path) -> None:
    done = optimize("gather", cwd=repository)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert any(line.startswith("languages     python 100%") for line in lines)
    assert any(line.startswith("benchmarks    python bench.py (script)") for line in lines)
    assert lines[-1].startswith(f"wrote {repository}/.codeflash/context/repo-context.yaml in ")
    assert lines[-1].endswith(f"({len(PROBES)} probes run, 0 answers known)")


def test_a_second_gather_runs_no_probe(optimize: Run, repository: Path) -> None:
    optimize("gather", cwd=repository)
    done = optimize("gather", "--json", cwd=repository)
    found = json.loads(done.stdout)
    assert {step["source"] for step in found["run"]["steps"]} == {"cache"}
    assert sum(step["wall_ms"] for step in found["run"]["steps"]) == 0
    assert yaml.safe_load(Path(found["path"]).read_text()) == found["context"]


def test_git_does_not_see_what_was_gathered(optimize: Run, repository: Path) -> None:
    optimize("gather", cwd=repository)
    command = ["git", "-C", str(repository), "status", "--porcelain", "--untracked-files=all"]
    seen = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert seen == ["??", ".codeflash/.gitignore"]
    assert sorted(path.name for path in (repository / ".codeflash").iterdir()) == [".gitignore", "cache", "context"]


def test_an_empty_folder_is_a_valid_answer(optimize: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = optimize("gather", "--json", cwd=tmp_path / "empty")
    stack = json.loads(done.stdout)["context"]["language_stack"]
    assert (done.returncode, stack["primary"], stack["confidence"]) == (0, None, "low")


def test_every_option_is_an_environment_variable_of_the_usual_name() -> None:
    named = {option.name: option.envvar for option in gather.params if isinstance(option, click.Option)}
    named.pop("help", None)
    assert named == {name: variable(name) for name in named if name is not None}


def test_options_are_taken_from_the_environment(optimize: Run, repository: Path, tmp_path: Path) -> None:
    environ = {"OPTIMIZE_REPO": str(repository), "OPTIMIZE_JSON": "1", "OPTIMIZE_PROBE": "git-state ci-config"}
    done = optimize("gather", cwd=tmp_path, **environ)
    assert [step["probe"] for step in json.loads(done.stdout)["run"]["steps"]] == ["ci_config", "git_state"]


def test_a_probe_that_is_not_there_ends_with_2_and_says_what_was_meant(optimize: Run, repository: Path) -> None:
    done = optimize("gather", "--probe", "tool", cwd=repository)
    assert done.returncode == 2
    assert "no probe is called 'tool'; did you mean tools?" in done.stderr


def test_compacting_says_what_it_freed_and_leaves_what_counts(optimize: Run, repository: Path) -> None:
    optimize("gather", cwd=repository)
    optimize("gather", "--no-cache", cwd=repository)
    assert "removed 0 records" not in optimize("gather", "--gc", cwd=repository).stdout
    assert "removed 0 records and 0 answers (0.0 KiB)" in optimize("gather", "--gc", cwd=repository).stdout
    assert "(0 probes run" in optimize("gather", cwd=repository).stdout


def test_a_link_in_place_of_the_records_is_an_error_that_says_what_to_do(
    optimize: Run, repository: Path, tmp_path: Path
) -> None:
    (repository / ".codeflash").symlink_to(tmp_path)
    done = optimize("gather", cwd=repository)
    assert done.returncode == 3
    assert "is a symbolic link" in done.stderr
    assert "hint: " in done.stderr


def _flags(repository: Path) -> dict[str, object]:
    nothing = {"language": (), "probe": (), "jobs": None, "no_cache": False, "refresh_tools": False, "gc": False}
    return {"repo": str(repository), "task": "all", "as_json": False, **nothing}


def test_when_all_probes_fail_it_ends_with_2(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(*_: object) -> None:
        raise NothingFound("tools failed: no luck")

    monkeypatch.setattr(gather_run, "gather", failing)
    assert gather_run.gathered(_flags(repository)) == 2  # type: ignore[arg-type]
    assert capsys.readouterr().err == "optimize: error: every probe failed: tools failed: no luck\n"


def test_what_does_not_fit_its_schema_ends_with_3_and_names_the_paths(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "offences", lambda _: ("tools.at_hand must be array",))
    with pytest.raises(TargetError, match=r"tools\.at_hand must be array") as raised:
        gather_run.gathered(_flags(repository))  # type: ignore[arg-type]
    assert raised.value.exit_code == 3
    assert "repo-context.yaml.invalid" in raised.value.hint
    assert isinstance(raised.value.__cause__, DoesNotFit)
