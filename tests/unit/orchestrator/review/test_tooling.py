import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orchestrator.policy.presubmit import Check, Item
from orchestrator.review.tooling import as_before
from profiling.measure.processes import Processes
from profiling.model import Interpreter, Tree

WELL = 'x = "a"\n'
UGLY = "x  =  'a'\n"
FORMATS = "[tool.ruff.format]\n"
TYPES = "[tool.mypy]\nstrict = true\n"
TYPED = "def f(x: int) -> int:\n    return x\n"
MISTYPED = "def f(x: int) -> str:\n    return x\n"


def asked(folder: Path, project: str, before: str | None, after: str) -> dict[Check, Item]:
    """Ask the tools that `project` declares of one file, as it is before and after."""
    trees = {}
    for name, text in (("base", before), ("head", after)):
        root = folder / name
        root.mkdir(parents=True)
        (root / "pyproject.toml").write_text(project)
        if text is not None:
            (root / "m.py").write_text(text)
        trees[name] = Tree(root=root, import_roots=(".",), packages=("m",), source_paths=("m.py",))
    observer: Any = SimpleNamespace(
        base=lambda _, commit: trees[commit], processes=Processes(), slot=nullcontext, layout=None
    )
    setup: Any = SimpleNamespace(interpreter=Interpreter(executable=sys.executable, version=sys.version_info[:3]))
    return {item.name: item for item in as_before(setup, observer, "base", "head", ("m.py",))}


@pytest.mark.parametrize(
    ("before", "after", "passes", "words"),
    [
        (WELL, WELL, True, "is content with 1 files"),
        (WELL, UGLY, False, "was content with the base"),
        (UGLY, UGLY, True, "complains of the base as well"),
        (UGLY, WELL, True, "is content"),
        (None, UGLY, False, "was content with the base"),
    ],
)
def test_a_formatter_that_was_content_must_still_be(
    tmp_path: Path, before: str | None, after: str, passes: bool, words: str
) -> None:
    found = asked(tmp_path, FORMATS, before, after)
    assert found[Check.FORMATTER_AS_BEFORE].passed is passes
    assert words in found[Check.FORMATTER_AS_BEFORE].detail
    assert "declares none" in found[Check.TYPES_AS_BEFORE].detail


@pytest.mark.slow
def test_a_new_error_of_the_type_checker_fails(tmp_path: Path) -> None:
    item = asked(tmp_path, TYPES, TYPED, MISTYPED)[Check.TYPES_AS_BEFORE]
    assert not item.passed
    assert "m.py:2" in item.detail


@pytest.mark.parametrize("project", ["", "[tool.black]\n", "[tool\n", "tool = 3\n"])
def test_a_tool_that_is_not_declared_or_not_there_holds_nothing_against_anybody(tmp_path: Path, project: str) -> None:
    found = asked(tmp_path, project, WELL, UGLY)
    assert all(item.passed for item in found.values())
    assert all(item.detail for item in found.values())
