from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.context import commands, manifest
from profiling.model import Command


@given(st.lists(st.text(min_size=1, alphabet=st.characters(codec="utf-8", exclude_characters="\0")), min_size=1))
def test_a_command_survives_being_written_and_parsed(words: list[str]) -> None:
    command = Command(argv=("python", *(word for word in words if not word.startswith((">", "<", "2>")))))
    shell = {"|", "||", "&&", ";", "&"}
    if not shell & set(command.argv):
        assert commands.parse(command.text).argv == command.argv


def test_leading_assignments_become_the_commands_environment() -> None:
    command = commands.parse("PYTHONPATH=src MODE='a b' python bench.py --n 3")
    assert command.env == (("PYTHONPATH", "src"), ("MODE", "a b"))
    assert command.argv == ("python", "bench.py", "--n", "3")


@pytest.mark.parametrize("text", ["", "A=1", "python 'x", "python x | tee y", "a && b", "python x >out"])
def test_what_is_no_single_command_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(commands.BadCommand, match=r"holds no|quotation|shell"):
        commands.parse(text)


def test_pytest_is_chosen_where_it_is_installed_and_unittest_where_it_is_not(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text("import unittest\n")
    declared = manifest.read(tmp_path)
    with_pytest = commands.tests(tmp_path, declared, has_pytest=True)
    without = commands.tests(tmp_path, declared, has_pytest=False)
    assert with_pytest is not None
    assert without is not None
    assert with_pytest.argv == ("python", "-m", "pytest", "-q", "tests")
    assert without.argv == ("python", "-m", "unittest", "discover", "-s", "tests")


def test_a_repository_without_tests_has_no_test_command(tmp_path: Path) -> None:
    assert commands.tests(tmp_path, manifest.read(tmp_path), has_pytest=True) is None


def test_benchmark_scripts_are_workload_candidates_and_empty_modules_are_not(tmp_path: Path) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "bench.py").write_text("import x\nfor i in range(3): x.f(i)\n")
    (tmp_path / "bench_empty.py").write_text('"""Nothing."""\n\n\ndef f(): pass\n')
    (tmp_path / "benchmarks" / "bench_io.py").write_text("if __name__ == '__main__':\n    print(1)\n")
    (tmp_path / "bench_bad.py").write_text("def (:\n")
    found = commands.workloads(tmp_path, manifest.read(tmp_path))
    assert [command.text for command in found] == ["python bench.py", "python benchmarks/bench_io.py"]


def test_a_declared_workload_comes_first(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.optimize]\nworkload = 'python -m pkg --fast'\n")
    (tmp_path / "bench.py").write_text("print(1)\n")
    found = commands.workloads(tmp_path, manifest.read(tmp_path))
    assert [command.text for command in found] == ["python -m pkg --fast", "python bench.py"]
