import sys
import venv
from pathlib import Path

import pytest

from profiling.context import interpreter
from profiling.context.answering import Wishes
from profiling.context.knowledge import know


def test_the_repositorys_own_environment_is_preferred(tmp_path: Path) -> None:
    venv.create(tmp_path / ".venv", symlinks=True)
    assert interpreter.find(tmp_path, None).executable == str(tmp_path / ".venv" / "bin" / "python")


def test_without_an_environment_our_own_is_not_taken(tmp_path: Path) -> None:
    found = interpreter.find(tmp_path, None)
    assert found.version >= interpreter.OLDEST
    if sys.prefix != sys.base_prefix:
        assert not Path(found.executable).is_relative_to(sys.prefix)


def test_a_wanted_interpreter_that_does_not_run_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(interpreter.NoInterpreter, match="no-such-python"):
        interpreter.find(tmp_path, "no-such-python")


def test_an_answer_that_is_not_python_is_refused(tmp_path: Path) -> None:
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho hello\n")
    fake.chmod(0o755)
    with pytest.raises(interpreter.NoInterpreter, match="does not run"):
        interpreter.ask(str(fake))


def test_modules_are_found_without_importing_them() -> None:
    here = interpreter.ask(sys.executable)
    assert interpreter.has_module(here, "json")
    assert not interpreter.has_module(here, "no_such_module_at_all")


def test_gather_names_the_python_that_a_session_tries_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, activated, on_path = tmp_path / "repo", tmp_path / "activated", tmp_path / "bin"
    for folder in (root, activated, on_path):
        folder.mkdir()
    (on_path / "python3").write_text("#!/bin/sh\necho Python 3.10.4\n")
    (on_path / "python3").chmod(0o755)
    monkeypatch.setenv("PATH", str(on_path))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)

    def said() -> tuple[object, object, object]:
        answer = know(root, Wishes(probes=frozenset({"python_environment"}))).answers.by_probe["python_environment"]
        found = answer["interpreter"]
        assert isinstance(found, dict)
        return found["path"], found["version"], found["origin"]

    assert said() == (str(on_path / "python3"), "3.10.4", "PATH")
    (activated / interpreter.MARK).write_text("version = 3.12.1\n")
    monkeypatch.setenv("VIRTUAL_ENV", str(activated))
    assert said() == (str(activated / "bin" / "python"), "3.12.1", "activated environment")
    (root / ".venv").mkdir()
    (root / ".venv" / interpreter.MARK).write_text("version_info = 3.13.0.final.0\n")
    assert said() == (".venv/bin/python", "3.13.0", "environment in the repository")
    assert [one.origin for one in interpreter.candidates(root)] == list(interpreter.Origin)
