import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.cli.conductor import conduct
from orchestrator.errors import NotARepository, SetupFailed
from orchestrator.live.bus import Bus
from orchestrator.live.events import Event, EventKind
from orchestrator.live.log import read
from orchestrator.settings import Settings

ROOT = Path(__file__).parents[4]

# A session that works in the background, notes how it ended, and says so.
_SLOW_SESSION = """
import asyncio, sys, time
from dataclasses import dataclass
from orchestrator.cli.conductor import conduct
from orchestrator.cli.ending import ended
from orchestrator.live.events import Event, EventKind

async def session(settings, bus):
    bus.publish(Event(kind=EventKind.SESSION, text="ready"))
    try:
        number = 0
        while True:
            await asyncio.sleep(0.01)
            number += 1
            if "talk" in sys.argv:
                bus.publish(Event(kind=EventKind.STRATEGY, text=f"{number}" * 100))
    except asyncio.CancelledError:
        (settings.repo / "cleaned").touch()
        if "stubborn" in sys.argv:
            time.sleep(60)
        raise

raise SystemExit(ended(lambda: conduct({"repo": sys.argv[1], "plain": True}, session)))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    exit_code: int = 0
    lines: tuple[str, ...] = ()


def _start(repository: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _SLOW_SESSION, str(repository), *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert path.exists()


def test_a_session_gets_its_settings_and_its_events_are_shown_and_logged(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def session(settings: Settings, bus: Bus) -> _Result:
        bus.publish(Event(kind=EventKind.NODE_STARTED, data={"node": "setup"}))
        bus.publish(Event(kind=EventKind.DISCOVERY, text=f"{settings.goal} in {settings.repo.name}"))
        return _Result(exit_code=1, lines=("kept \x1b[31mnothing",))

    flags = {"repo": repository / "pkg", "goal": "less memory", "plain": True}
    assert conduct(flags, session) == 1
    assert capsys.readouterr().out == "[discovery] less memory in project\nkept \\x1b[31mnothing\n"
    logged = list(read(repository / ".codeflash" / "events.jsonl"))
    assert [event.kind for event in logged] == [EventKind.NODE_STARTED, EventKind.DISCOVERY]


def test_json_prints_every_event_and_nothing_else(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def session(settings: Settings, bus: Bus) -> _Result:
        bus.publish(Event(kind=EventKind.NODE_STARTED, data={"node": "setup"}))
        bus.publish(Event(kind=EventKind.COMPLETE, text="done"))
        return _Result(lines=("a summary",))

    assert conduct({"repo": repository, "as_json": True}, session) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["node_started", "complete"]


def test_a_second_session_goes_on_counting(repository: Path) -> None:
    async def session(settings: Settings, bus: Bus) -> _Result:
        bus.publish(Event(kind=EventKind.DISCOVERY))
        return _Result()

    for _ in range(2):
        conduct({"repo": repository, "plain": True}, session)
    assert [event.number for event in read(repository / ".codeflash" / "events.jsonl")] == [1, 2]


def test_outside_a_repository_nothing_is_created(tmp_path: Path) -> None:
    async def session(settings: Settings, bus: Bus) -> _Result:
        raise AssertionError("it must not be run")

    with pytest.raises(NotARepository):
        conduct({"repo": tmp_path, "plain": True}, session)
    assert list(tmp_path.iterdir()) == []


def test_what_a_session_raises_passes_through_and_the_signal_handlers_are_given_back(repository: Path) -> None:
    async def session(settings: Settings, bus: Bus) -> _Result:
        raise SetupFailed("no workload")

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(SetupFailed, match="no workload"):
        conduct({"repo": repository, "plain": True}, session)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_session_that_cancels_itself_is_an_internal_error_and_no_interruption(repository: Path) -> None:
    async def session(settings: Settings, bus: Bus) -> _Result:
        raise asyncio.CancelledError

    with pytest.raises(RuntimeError, match="nobody had asked"):
        conduct({"repo": repository, "plain": True}, session)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_ends_a_session_cleanly_with_130(repository: Path, number: int) -> None:
    process = _start(repository)
    _wait_for(repository / ".codeflash" / "events.jsonl")
    process.send_signal(number)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert (repository / "cleaned").exists()
    assert "go on with: optimize" in told
    assert "Traceback" not in told


def test_a_second_signal_ends_it_at_once(repository: Path) -> None:
    process = _start(repository, "stubborn")
    _wait_for(repository / ".codeflash" / "events.jsonl")
    process.send_signal(signal.SIGINT)
    _wait_for(repository / "cleaned")
    time.sleep(0.4)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "once more: quit at once" in told
    assert "Traceback" not in told


def test_one_request_delivered_twice_is_not_taken_for_two(repository: Path) -> None:
    process = _start(repository)
    _wait_for(repository / ".codeflash" / "events.jsonl")
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert (repository / "cleaned").exists()


def test_a_reader_that_goes_away_stops_the_session_quietly(repository: Path) -> None:
    with _start(repository, "talk") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "[session] ready\n"
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (141, "")
    assert (repository / "cleaned").exists()


def test_without_a_terminal_a_real_command_line_ends_the_same_way(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "orchestrator.cli.main", "-C", str(repository), "--agent", "nobody"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "allowed is auto, recipes or claude" in done.stderr
    assert not (repository / ".codeflash").exists()
