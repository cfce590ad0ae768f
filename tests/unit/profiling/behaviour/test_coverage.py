import importlib.metadata
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.behaviour.coverage import NotCovered, covered_percent
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, Tree

SHOP = "def sell(n):\n    if n:\n        return 1\n    return 2\n\ndef buy():\n    return 3\n"
TESTS = "import unittest, shop\n\nclass T(unittest.TestCase):\n    def test_sell(self):\n        shop.sell(0)\n"
Cover = Callable[..., float]


@pytest.fixture
def cover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cover:
    """Return what the tests of a small project cover; our own coverage must not follow them."""
    for name in [name for name in os.environ if name.startswith("COV")]:
        monkeypatch.delenv(name)
    root, scratch = tmp_path / "tree", tmp_path / "scratch"
    root.mkdir()
    scratch.mkdir()
    (root / "shop.py").write_text(SHOP)
    (root / "test_shop.py").write_text(TESTS)
    tree = Tree(root=root, import_roots=(".",), packages=("shop",), source_paths=("shop.py",))

    def covered(*argv: str, timeout_s: float = 60.0, python: str = sys.executable) -> float:
        interpreter = Interpreter(executable=python, version=sys.version_info[:3])
        command = Command(argv=argv, timeout_s=timeout_s)
        return covered_percent(command, tree, interpreter, Processes(), scratch)

    return covered


@pytest.mark.parametrize(
    "argv",
    [
        ("python", "-m", "unittest", "-q"),
        pytest.param(("python", "-m", "pytest", "-q"), marks=pytest.mark.slow),
        pytest.param(("pytest",), marks=pytest.mark.slow),
    ],
)
def test_the_share_of_the_project_s_statements_that_tests_run_is_told(
    cover: Cover, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    assert importlib.metadata.version("coverage")

    assert 60 < cover(*argv) < 75
    left = {path.name for path in (tmp_path / "tree").iterdir()}
    assert not left & {".coverage", "coverage.json", ".pytest_cache"}


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (("make", "test"), "not run by Python itself"),
        (("pytest", "-n", "2"), "spreads its tests over processes"),
        (("python", "-X", "dev", "-m", "unittest"), "not run by Python itself"),
        (("python", "-m", "no_such_module_here"), "saw no line"),
    ],
)
def test_why_there_is_no_coverage_is_said(cover: Cover, argv: tuple[str, ...], why: str) -> None:
    with pytest.raises(NotCovered, match=why):
        cover(*argv)


def test_an_environment_without_coverage_is_told_what_to_install(cover: Cover, tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o755)

    with pytest.raises(NotCovered, match="has no coverage: install it there"):
        cover("pytest", python=str(bare))
