import ast
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from orchestrator.cli.program import COMMANDS, program

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[4]
HEAVY = ("langgraph", "langchain_core", "anthropic", "libcst", "pydantic", "git", "rich", "yaml", "asyncio")


def _python(code: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [*words, "--help"]
        for words in ((), ("run",), ("profile",), ("doctor",), ("compare",), ("gather",), ("scan",), ("metrics",))
    ],
)
def test_help_imports_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    code = (
        "import sys, atexit; from orchestrator.cli.main import main\n"
        "try:\n    main()\nfinally:\n    print('LOADED', sorted(sys.modules))"
    )
    done = _python(code, *arguments, cwd=tmp_path)
    loaded = ast.literal_eval(done.stdout.rpartition("LOADED ")[2])
    assert "click" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_a_scan_imports_nothing_of_sessions_models_or_measuring(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("def f(xs):\n    for x in xs:\n        xs.insert(0, x)\n")
    code = (
        "import sys; from orchestrator.cli.main import main\n"
        "try:\n    main()\nfinally:\n    print('LOADED', sorted(sys.modules))"
    )
    done = _python(code, "scan", "-C", str(tmp_path), cwd=tmp_path)
    loaded = ast.literal_eval(done.stdout.rpartition("LOADED ")[2])
    assert "agents.scan.tree" in loaded
    needless = (
        "langgraph",
        "langchain_core",
        "anthropic",
        "git",
        "rich",
        "numpy",
        "sqlite3",
        "mcp",
        "hypothesis",
        "lizard",
    )
    assert [name for name in needless if name in loaded] == []


def test_the_package_of_commands_and_the_version_need_no_import_beyond_our_own(tmp_path: Path) -> None:
    code = (
        "import sys; before = set(sys.modules); import orchestrator.cli;"
        "from orchestrator.cli.main import main; main();"
        "print(sorted(set(sys.modules) - before))"
    )
    done = _python(code, "--version", cwd=tmp_path)
    first, _, loaded = done.stdout.partition("\n")
    assert first == "optimize 0.1.0"
    assert [name for name in ast.literal_eval(loaded) if not name.startswith("orchestrator.")] == ["gc", "orchestrator"]
    assert "gc" in sys.builtin_module_names, "no file is read for it"


def test_the_help_teaches_commands_options_records_and_exit_codes(optimize: Run) -> None:
    done = optimize("--help")
    taught = [
        *("run", "profile", "targets", "gather", "status", "doctor", "version"),
        *("--workload", "--time-limit", "--json", "HANDOFF.md", "results.tsv", "130", "codeflash/optimize"),
    ]
    assert (done.returncode, done.stderr) == (0, "")
    assert [word for word in taught if word not in done.stdout] == []
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize(("columns", "widest"), [("", 80), ("1", 60), ("wide", 80), ("60", 60), ("1000", 100)])
def test_the_help_fits_the_terminal(optimize: Run, columns: str, widest: int) -> None:
    done = optimize("profile", "--help", COLUMNS=columns)
    assert done.returncode == 0
    assert 30 < max(map(len, done.stdout.splitlines())) <= widest


@pytest.mark.parametrize(
    "command",
    ["run", "profile", "targets", "compare", "verify", "gather", "status", "stop", "clean", "doctor", "version"],
)
def test_every_listed_command_exists_and_explains_itself(optimize: Run, command: str) -> None:
    done = optimize(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: optimize {command}")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["statsu"], "Did you mean 'status'"),
        (["profle", "--", "python", "x.py"], "Did you mean 'profile'"),
        (["doc"], "Did you mean 'doctor'"),
        (["--domian", "cpu"], "--domain"),
        (["--seed", "1", "status"], "optimize status …"),
        (["status", "more"], "unexpected extra argument"),
        (["-C", "/no/such/folder"], "does not exist"),
    ],
)
def test_what_is_mistyped_ends_with_2_and_says_what_was_meant(optimize: Run, arguments: list[str], told: str) -> None:
    done = optimize(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("optimize: error: ")
    assert told in done.stderr
    assert "hint: " in done.stderr
    assert done.stdout == ""


def test_a_folder_may_come_before_the_command(optimize: Run, repository: Path, tmp_path: Path) -> None:
    done = optimize("-C", str(repository), "status", cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, f"no session yet in {repository}")


def test_words_that_are_no_command_begin_a_session_and_its_settings_are_checked(
    optimize: Run, repository: Path
) -> None:
    done = optimize("faster", "parsing", "--max-experiments", "0", cwd=repository)
    assert done.returncode == 2
    assert done.stderr == (
        "optimize: error: max-experiments can't be '0' (from --max-experiments)\n"
        "hint: allowed is a whole number from 1 to 10000\n"
    )


def test_outside_a_repository_it_says_so(optimize: Run, tmp_path: Path) -> None:
    done = optimize("--plain")
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr
    assert "git init" in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["status", "--help"], ["version"], ["doctor"]])
def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "orchestrator.cli.main", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert (done.stderr, done.returncode) == ("", 141)


@pytest.mark.parametrize("module", ["click", "orchestrator.cli.conductor", "orchestrator.session"])
def test_ctrl_c_while_modules_are_imported_is_an_interruption_and_no_traceback(repository: Path, module: str) -> None:
    code = (
        "import sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}: raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from orchestrator.cli.main import main\n"
        "main()"
    )
    done = _python(code, "--plain", cwd=repository)
    assert done.returncode == 130
    assert "interrupted" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [listed.name for listed in COMMANDS])
def test_examples_in_a_commands_help_keep_their_lines(command: str) -> None:
    found = program.get_command(click.Context(program), command)
    assert found is not None
    with click.Context(found, info_name=command) as context:
        assert "\\b" not in found.get_help(context)
