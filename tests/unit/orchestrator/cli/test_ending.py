import io
import re
from pathlib import Path
from typing import Never

import click
import pytest

from orchestrator.cli.ending import OutputClosed, ended
from orchestrator.errors import GateNotMet, Interrupted, NotARepository, OptimizeError, SettingsError, SetupFailed


def _raiser(error: BaseException) -> "Never":
    raise error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("x", hint="y"), 2),
        (NotARepository("x", hint="y"), 2),
        (SetupFailed("x", hint="y"), 3),
        (GateNotMet("x", hint="y"), 1),
        (Interrupted("x", hint="y"), 130),
        (OptimizeError("x", hint="y"), 3),
    ],
)
def test_every_error_of_ours_ends_with_its_code_message_and_hint(
    error: OptimizeError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(lambda: _raiser(error)) == code
    assert capsys.readouterr() == ("", "optimize: error: x\nhint: y\n")


def test_a_command_that_returns_ends_with_its_code() -> None:
    assert ended(lambda: 1) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interruption_is_no_traceback(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(lambda: _raiser(error)) == 130
    told = capsys.readouterr().err
    assert "interrupted" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("error", [BrokenPipeError(), OutputClosed()])
def test_a_closed_pipe_is_quiet(
    error: Exception, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert ended(lambda: _raiser(error)) == 141
    assert capsys.readouterr().err == ""


def test_anything_else_is_written_down_where_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ended(lambda: _raiser(ValueError("no such thing \x1b[31m"))) == 3
    told = capsys.readouterr().err
    assert told.startswith("optimize: error: internal error: ValueError: no such thing \\x1b[31m\n")
    path = Path(re.findall(r"traceback is in (\S+);", told)[0])
    assert "raise error" in path.read_text()
    path.unlink()


def test_a_traceback_goes_into_the_records_where_there_are_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = tmp_path / ".codeflash" / "cache"
    cache.mkdir(parents=True)
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert ended(lambda: _raiser(RuntimeError("x"))) == 3
    assert str(next(cache.iterdir())) in capsys.readouterr().err


def test_a_linked_records_folder_is_not_written_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere" / "cache").mkdir(parents=True)
    (tmp_path / ".codeflash").symlink_to(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)
    assert ended(lambda: _raiser(RuntimeError("x"))) == 3
    assert list((tmp_path / "elsewhere" / "cache").iterdir()) == []
    Path(re.findall(r"traceback is in (\S+);", capsys.readouterr().err)[0]).unlink()


def test_further_lines_of_a_message_are_indented(capsys: pytest.CaptureFixture[str]) -> None:
    ended(lambda: _raiser(SetupFailed("it failed:\nTraceback\n  more\nhint: fake")))
    assert capsys.readouterr().err == "optimize: error: it failed:\n  Traceback\n    more\n  hint: fake\n"
