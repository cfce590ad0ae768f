import sys
from pathlib import Path

import pytest

from agents.specialists.setup import SetupImpossible, Wishes, look
from profiling.context import coordinator
from profiling.context.commands import BadCommand


def _repository(root: Path) -> None:
    (root / "pkg").mkdir()
    (root / "pkg" / "__init__.py").write_text("def f():\n    return 1\n")
    (root / "bench.py").write_text("import pkg\nprint(pkg.f())\n")
    (root / "AGENTS.md").write_text("Be careful.\n")
    (root / "uv.lock").touch()


def test_everything_is_found_from_the_files_alone(tmp_path: Path) -> None:
    _repository(tmp_path)
    setup = look(tmp_path, Wishes(python=sys.executable))
    assert setup.workload is not None
    assert setup.workload.text == "python bench.py"
    assert setup.tests is None
    assert setup.package_manager == "uv"
    assert setup.documents == ("AGENTS.md",)
    assert any("--tests" in problem for problem in setup.problems)


def test_wishes_win_over_what_is_found(tmp_path: Path) -> None:
    _repository(tmp_path)
    setup = look(tmp_path, Wishes(python=sys.executable, workload="python -m pkg", tests="make check"))
    assert setup.workload is not None
    assert setup.tests is not None
    assert (setup.workload.text, setup.tests.text) == ("python -m pkg", "make check")


def test_the_fingerprint_changes_with_what_the_setup_was_derived_from(tmp_path: Path) -> None:
    _repository(tmp_path)
    wishes = Wishes(python=sys.executable)
    first = look(tmp_path, wishes).fingerprint
    assert look(tmp_path, wishes).fingerprint == first
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'pkg'\n")
    assert look(tmp_path, wishes).fingerprint != first


def test_a_folder_without_python_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(SetupImpossible, match="no importable package") as caught:
        look(tmp_path, Wishes(python=sys.executable))
    assert "tool.optimize" in caught.value.hint


def test_a_second_look_asks_no_probe_where_there_is_a_folder_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _repository(tmp_path)
    (tmp_path / ".codeflash").mkdir()
    (tmp_path / ".codeflash" / ".gitignore").write_text("cache/\n")
    first = look(tmp_path, Wishes(python=sys.executable))

    def refusing(*_: object, **__: object) -> object:
        raise AssertionError("a probe was asked")

    monkeypatch.setattr(coordinator, "run", refusing)
    assert look(tmp_path, Wishes(python=sys.executable)) == first
    (tmp_path / "bench_other.py").write_text("print(1)\n")
    with pytest.raises(AssertionError, match="a probe was asked"):
        look(tmp_path, Wishes(python=sys.executable))


def test_a_look_leaves_a_repository_as_it_was(tmp_path: Path) -> None:
    _repository(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    look(tmp_path, Wishes(python=sys.executable))
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["workload", "tests"])
def test_a_declared_command_that_is_none_is_the_persons_to_correct(tmp_path: Path, name: str) -> None:
    _repository(tmp_path)
    (tmp_path / "pyproject.toml").write_text(f'[tool.optimize]\n{name} = "a | b"\n')
    with pytest.raises(BadCommand, match="needs a shell"):
        look(tmp_path, Wishes(python=sys.executable))
