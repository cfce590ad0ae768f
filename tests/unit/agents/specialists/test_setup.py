import sys
from pathlib import Path

import pytest

from agents.specialists.setup import SetupImpossible, Wishes, look


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
