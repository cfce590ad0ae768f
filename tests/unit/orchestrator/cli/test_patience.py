import time

import pytest

from orchestrator.cli.patience import Patience


def test_what_is_quick_is_not_said_and_what_takes_long_is(capsys: pytest.CaptureFixture[str]) -> None:
    with Patience(after_s=0.2) as say:
        say("quick")
        say("slow\x1b[2J")
        deadline = time.monotonic() + 10
        told = ""
        while not told and time.monotonic() < deadline:
            time.sleep(0.01)
            told = capsys.readouterr().err
        assert told == "slow\\x1b[2J …\n"
        say("never heard")
    time.sleep(0.3)
    assert capsys.readouterr().err == ""
