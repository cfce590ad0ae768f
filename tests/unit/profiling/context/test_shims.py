from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.context import interpreter
from profiling.context.shims import behind


@pytest.fixture
def pyenv(tmp_path: Path) -> Callable[[str], Path]:
    """Make a pyenv with two versions of python3 and return its shim, which fails when it is run."""

    def made(chosen: str) -> Path:
        home = tmp_path / "pyenv"
        for name in ("versions/3.11.7/bin/python3", "versions/3.12.1/bin/python3", "shims/python3"):
            path = home / name
            path.parent.mkdir(parents=True)
            path.write_text("#!/bin/sh\nexit 1\n")
            path.chmod(0o755)
        (home / "version").write_text(chosen)
        return home / "shims" / "python3"

    return made


def test_behind_a_shim_is_the_program_of_the_chosen_version(pyenv: Callable[[str], Path], tmp_path: Path) -> None:
    shim = pyenv("3.12.1\n")
    assert behind(str(shim), tmp_path) == str(shim.parent.parent / "versions" / "3.12.1" / "bin" / "python3")


@pytest.mark.parametrize(
    "chosen", ["", "3.11.7:3.12.1", "3.11.7\n3.12.1\n", "3.13", "system", "../..", "3" * 9000, "\xff"]
)
def test_where_not_one_installed_version_is_chosen_the_shim_decides(
    pyenv: Callable[[str], Path], tmp_path: Path, chosen: str
) -> None:
    shim = str(pyenv(chosen))
    assert behind(shim, tmp_path) == shim


def test_where_a_folder_has_a_version_of_its_own_the_shim_decides(pyenv: Callable[[str], Path], tmp_path: Path) -> None:
    shim = str(pyenv("3.12.1"))
    (tmp_path / "repo" / "deep").mkdir(parents=True)
    (tmp_path / "repo" / ".python-version").write_text("3.11.7\n")
    assert behind(shim, tmp_path / "repo" / "deep") == shim


@pytest.mark.parametrize("path", ["/usr/bin/python3", "python3", "shims/python3"])
def test_any_other_program_is_what_it_is(tmp_path: Path, path: str) -> None:
    assert behind(path, tmp_path) == path


def test_a_shim_is_not_run_where_what_it_stands_for_can_be_asked(
    pyenv: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = pyenv("3.12.1")
    program = shim.parent.parent / "versions" / "3.12.1" / "bin" / "python3"
    program.write_text("""#!/bin/sh\necho '["/opt/python3", [3, 12, 1], "cpython", false]'\n""")
    monkeypatch.chdir(tmp_path)
    assert interpreter.ask(str(shim)).version == (3, 12, 1)
