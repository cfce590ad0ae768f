"""What bad input gets: a clear message with what to do, the right exit code, nothing lost."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import Finished, command, environment, git, target_python

Optimize = Callable[..., Finished]


def flags(
    root: Path, workload: str = "python bench.py", tests: str = "python -m unittest discover -s tests"
) -> list[str]:
    return [
        "-C",
        str(root),
        "--workload",
        workload,
        "--tests",
        tests,
        "--python",
        target_python(),
        "--max-experiments",
        "1",
    ]


def check_refused(done: Finished, code: int, *words: str) -> None:
    assert done.code == code, done.err or done.out
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.err, done.err
    assert "hint: " in done.err


def test_a_folder_without_git_is_refused(tmp_path: Path, optimize: Optimize) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    check_refused(optimize(*flags(folder)), 2, "git", str(folder))


def test_a_bare_repository_is_refused(tmp_path: Path, optimize: Optimize) -> None:
    folder = tmp_path / "bare.git"
    subprocess.run(["git", "init", "-q", "--bare", str(folder)], check=True)
    check_refused(optimize(*flags(folder)), 2, "bare")


def test_a_repository_without_a_commit_is_refused(tmp_path: Path, optimize: Optimize) -> None:
    folder = tmp_path / "empty"
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    check_refused(optimize(*flags(folder)), 2, "commit")


@pytest.mark.slow
def test_a_detached_head_is_worked_on(shop: Path, optimize: Optimize) -> None:
    git(shop, "checkout", "-q", "--detach")
    done = optimize(*flags(shop))
    assert done.code == 0, done.err
    assert git(shop, "rev-parse", "--abbrev-ref", "HEAD") == "HEAD"


def test_a_workload_that_fails_is_refused_with_its_last_words(shop: Path, optimize: Optimize) -> None:
    done = optimize(*flags(shop, workload="python -c 'raise SystemExit(\"out of cheese\")'"))
    check_refused(done, 3, "out of cheese", "exit code 1")


@pytest.mark.slow
def test_a_workload_that_is_not_there_is_refused(shop: Path, optimize: Optimize) -> None:
    check_refused(optimize(*flags(shop, workload="python no_such_bench.py")), 3, "no_such_bench.py")


def test_a_workload_that_runs_nothing_of_the_project_is_refused(shop: Path, optimize: Optimize) -> None:
    done = optimize(*flags(shop, workload="python -c 'print(sum(range(3000000)))'"))
    check_refused(done, 3, "project", "--workload")


@pytest.mark.slow
def test_a_workload_with_shell_syntax_is_refused(shop: Path, optimize: Optimize) -> None:
    check_refused(optimize(*flags(shop, workload="python bench.py | tail")), 2, "shell")


@pytest.mark.slow
def test_a_silent_workload_is_measured_and_told_to_print_a_checksum(shop: Path, optimize: Optimize) -> None:
    (shop / "bench.py").write_text(
        (shop / "bench.py").read_text().replace("print(describe(words, known))", "describe(words, known)")
    )
    git(shop, "commit", "-qam", "silent")
    done = optimize(*flags(shop))
    assert done.code == 0, done.err
    assert "prints nothing" in done.out
    assert "checksum" in done.out


def test_a_test_command_that_runs_nothing_is_refused(shop: Path, optimize: Optimize) -> None:
    done = optimize(*flags(shop, tests="python -c 'import sys; sys.exit(7)'"))
    check_refused(done, 3, "exit code 7", "--tests")


@pytest.mark.slow
def test_tests_that_import_another_copy_of_the_project_are_refused(shop: Path, optimize: Optimize) -> None:
    copy = shop.with_name("another-copy")
    shutil.copytree(shop / "shop", copy / "shop")
    path = shop / "tests" / "test_text.py"
    path.write_text(f"import sys\nsys.path.insert(0, {str(copy)!r})\n{path.read_text()}")
    git(shop, "commit", "-qam", "tests of something else")
    check_refused(optimize(*flags(shop)), 3, "shop", str(copy))


@pytest.mark.slow
def test_a_repository_without_tests_is_worked_on_and_told_so(shop: Path, optimize: Optimize) -> None:
    git(shop, "rm", "-rq", "tests")
    git(shop, "commit", "-qm", "no tests")
    done = optimize(
        "-C", str(shop), "--workload", "python bench.py", "--python", target_python(), "--max-experiments", "1"
    )
    assert done.code == 0, done.err
    assert "no tests" in done.out


def test_records_that_can_not_be_written_are_said_before_anything_else(shop: Path, optimize: Optimize) -> None:
    (shop / ".codeflash").write_text("a file where a folder belongs\n")
    check_refused(optimize(*flags(shop)), 3, ".codeflash")
    assert (shop / ".codeflash").read_text() == "a file where a folder belongs\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("results.tsv", "commit\tno such header\n"),
        pytest.param("HANDOFF.md", "---\nversion: 99\n---\n# from the future\n", marks=pytest.mark.slow),
        pytest.param("HANDOFF.md", "no front matter\n", marks=pytest.mark.slow),
        pytest.param("setup.md", "---\nversion: 0\n---\n", marks=pytest.mark.slow),
        pytest.param("experiments/001.json", "{ torn", marks=pytest.mark.slow),
        ("session.db", "this is no database, and longer than a header of one hundred bytes " * 4),
    ],
)
def test_a_damaged_record_is_named_and_left_as_it_is(shop: Path, optimize: Optimize, name: str, text: str) -> None:
    path = shop / ".codeflash" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    done = optimize(*flags(shop))
    check_refused(done, 2, path.name, "mv ")
    assert path.read_text() == text
    assert git(shop, "branch", "--list", "codeflash/*") in {"", "codeflash/optimize"}


@pytest.mark.slow
def test_a_setup_that_no_longer_fits_is_looked_for_again(shop: Path, optimize: Optimize) -> None:
    first = optimize(*flags(shop))
    assert "from .codeflash/setup.md" not in first.out
    again = optimize(*flags(shop))
    assert "from .codeflash/setup.md" in again.out
    (shop / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    assert "from .codeflash/setup.md" not in optimize(*flags(shop)).out


@pytest.mark.slow
def test_a_second_session_is_told_who_holds_the_repository(shop: Path, optimize: Optimize) -> None:
    first = subprocess.Popen(
        command(*flags(shop), "--json"),
        cwd=shop.parent,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert first.stdout is not None
    with first.stdout:
        next(line for line in first.stdout if '"preflight"' in line)
        check_refused(optimize(*flags(shop)), 2, str(first.pid))
        first.kill()
    first.wait(timeout=60)
    assert optimize(*flags(shop)).code == 0


def test_a_session_to_go_on_with_that_is_not_there_is_said_and_none_is_begun(shop: Path, optimize: Optimize) -> None:
    check_refused(optimize(*flags(shop), "--resume"), 2, "no session to go on with", str(shop), "HANDOFF.md")
    assert git(shop, "branch", "--list", "codeflash/*") == ""


def test_a_misspelt_option_says_what_was_meant(shop: Path, optimize: Optimize) -> None:
    done = optimize("-C", str(shop), "--worklod", "python bench.py")
    assert done.code == 2
    assert "--workload" in done.err


def test_the_installed_command_runs_from_any_folder(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("optimize")
    assert script.exists(), "the project is not installed into this environment"
    done = subprocess.run([script, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("optimize ")
