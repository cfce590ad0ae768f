import sys
import venv
from pathlib import Path

import pytest

from profiling.context import interpreter


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
