import sys
from pathlib import Path

import pytest

from profiling.context import manifest, spoilers
from profiling.model import Interpreter

PYTHON = Interpreter(executable=getattr(sys, "_base_executable", sys.executable), version=(3, 11, 0))


def found(root: Path, **environ: str) -> list[str]:
    return [one.what for one in spoilers.look(root, manifest.read(root), PYTHON, environ)]


def test_a_plain_repository_has_none(tmp_path: Path) -> None:
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-q --cov=pkg'\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = ['-q', '--cov=pkg']\n"),
        ("setup.cfg", "[tool:pytest]\naddopts = -q --cov=pkg\n"),
        ("pytest.ini", "[pytest]\naddopts = -q --cov=pkg\n"),
        ("tox.ini", "[tox]\n[pytest]\naddopts =\n  -q\n  --cov=pkg\n"),
    ],
)
def test_coverage_in_addopts_is_found_wherever_pytest_reads_them(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / file).write_text(text)
    assert found(tmp_path) == ["pytest's addopts hold --cov=pkg, which counts every line"]


def test_tests_that_are_spread_are_found_and_a_coverage_threshold_alone_is_harmless(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -n auto --cov-fail-under=90 --no-header\n")
    assert found(tmp_path) == ["pytest's addopts hold -n, which spreads tests over processes"]


def test_a_variable_that_starts_coverage_is_found(tmp_path: Path) -> None:
    assert found(tmp_path, COVERAGE_PROCESS_START="x", HOME="/root") == [
        "COVERAGE_PROCESS_START is set, which starts a tracer in every process"
    ]


def test_a_damaged_configuration_and_a_missing_interpreter_raise_nothing(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_bytes(b"[pytest\nadd\xff")
    gone = Interpreter(executable="/no/such/python", version=(3, 11, 0))
    assert spoilers.look(tmp_path, manifest.read(tmp_path), gone, {}) == ()
