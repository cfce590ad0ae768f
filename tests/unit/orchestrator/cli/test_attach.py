from pathlib import Path

import pytest
from click import UsageError as Misused
from click.testing import CliRunner

from orchestrator.cli.profile import profile
from orchestrator.errors import OptimizeError, SettingsError, TargetError, UsageError


def asked(*arguments: str) -> None:
    CliRunner().invoke(profile, arguments, catch_exceptions=False, standalone_mode=False)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        (["--lines", "burn"], UsageError, "--attach does not go with --lines"),
        (["--deep"], UsageError, "--attach does not go with --deep"),
        (["--against", "x.json"], UsageError, "--attach does not go with --against"),
        (["--stdin", "x"], UsageError, "--attach does not go with --stdin"),
        (["--show-output"], UsageError, "--attach does not go with --show-output"),
        (["--out", "x.pstats"], UsageError, r"can't write \.pstats"),
        (["--duration", "0.2s"], SettingsError, "duration can't be '0.2s'"),
        (["--duration", "2h"], SettingsError, "duration can't be '2h'"),
        (["--duration", "soon"], SettingsError, "soon"),
        (["--", "python", "server.py"], UsageError, "--attach does not go with a COMMAND"),
    ],
)
def test_what_does_not_go_with_attach_is_refused(
    tmp_path: Path, options: list[str], error: type[OptimizeError], said: str
) -> None:
    with pytest.raises(error, match=said):
        asked("-C", str(tmp_path), "--attach", "1", *options)


def test_a_duration_without_a_process_is_refused() -> None:
    with pytest.raises(Misused, match="--duration is for --attach"):
        asked("--duration", "5s")


def test_a_process_that_is_not_there_is_the_target_s_error_and_says_what_to_do(tmp_path: Path) -> None:
    most = 2**31 - 1  # above any limit a system sets on process numbers

    with pytest.raises(TargetError, match=f"there is no process {most}") as raised:
        asked("-C", str(tmp_path), "--attach", str(most))

    assert raised.value.hint
