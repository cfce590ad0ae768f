import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from profiling.measure import machine
from profiling.measure.machine import Load, Watch, load, watch

BURN = "import time\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass"
LINUX = pytest.mark.skipif(not Path("/proc/stat").is_file(), reason="the system does not tell who is busy")


def _burn(seconds: float) -> list[str]:
    return [sys.executable, "-S", "-c", BURN.format(seconds=seconds)]


def _machine_of(tmp_path: Path, *, busy_ticks: int, own_ticks: int, steal_ticks: int = 0) -> None:
    """Write a /proc of one processor and this process."""
    (tmp_path / str(os.getpid())).mkdir(exist_ok=True)
    (tmp_path / "stat").write_text(
        f"cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 {busy_ticks} 0 0 900 50 0 0 {steal_ticks} 0 0\nintr 1 2\n"
    )
    (tmp_path / str(os.getpid()) / "stat").write_text(
        f"{os.getpid()} (a) b c) S 1 1 1 0 -1 0 0 0 0 0 {own_ticks} 0 0 0 20 0 1 0 100\n"
    )


@pytest.fixture
def one_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(machine, "_PROC", tmp_path)
    monkeypatch.setattr(machine, "usable_cores", lambda: (0,))
    return tmp_path


def test_what_is_busy_less_our_own_is_that_of_others(one_processor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter((10.0, 12.0))
    monkeypatch.setattr(machine.time, "monotonic", lambda: next(now))
    tick = os.sysconf("SC_CLK_TCK")
    _machine_of(one_processor, busy_ticks=0, own_ticks=0)
    watching = Watch()
    _machine_of(one_processor, busy_ticks=round(1.6 * tick), own_ticks=round(0.6 * tick), steal_ticks=round(0.2 * tick))

    seen = watching.load()

    assert (seen.others, seen.steal) == (pytest.approx(0.5), pytest.approx(0.1))
    assert (seen.seconds, seen.cores) == (2.0, 1)
    assert seen.is_high


def test_a_watch_tells_what_was_seen_for_as_long_as_it_lasted() -> None:
    with watch() as others:
        time.sleep(0.02)
    seen = others.load()
    assert seen.others is None or (seen.seconds >= 0.02 and 0 <= seen.others <= seen.cores)


def test_counts_that_run_apart_never_give_less_than_nothing(one_processor: Path) -> None:
    _machine_of(one_processor, busy_ticks=0, own_ticks=0)
    watching = Watch()
    _machine_of(one_processor, busy_ticks=1, own_ticks=5000)
    assert watching.load().others == 0.0


@LINUX
def test_the_work_of_a_child_is_counted_as_ours_while_it_runs_and_after_its_end() -> None:
    tick_s = 1 / os.sysconf("SC_CLK_TCK")
    before = machine._own_ticks()
    child = subprocess.Popen(_burn(0.3))
    deadline = time.monotonic() + 30
    while machine._own_ticks() - before < 10 and time.monotonic() < deadline:
        time.sleep(0.02)
    running = machine._own_ticks() - before
    child.wait()
    ended = machine._own_ticks() - before

    assert running >= 10
    assert ended * tick_s >= 0.28


def test_without_proc_only_the_load_average_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_PROC", tmp_path)
    seen = load(0.01)
    assert (seen.others, seen.steal, seen.seconds) == (None, None, 0.0)
    assert seen.text.startswith("load average")


@pytest.mark.parametrize("text", ["", "cpu\n", "cpu0 a b c\n", "cpu0 1 2\n"])
def test_a_strange_proc_is_as_good_as_none(one_processor: Path, text: str) -> None:
    (one_processor / "stat").write_text(text)
    if text.startswith("cpu0"):
        assert load(0.01).others is None
    else:
        assert load(0.01).others in {None, 0.0}


@pytest.mark.parametrize(
    ("seen", "high"),
    [
        (Load(cores=2, average=9.0, seconds=1.0, others=0.1, steal=0.0), False),
        (Load(cores=2, average=0.0, seconds=1.0, others=0.4, steal=0.2), True),
        (Load(cores=4, average=2.1), True),
        (Load(cores=4, average=1.9), False),
    ],
)
def test_load_is_high_when_others_take_a_quarter_or_the_average_half(seen: Load, *, high: bool) -> None:
    assert seen.is_high is high


def test_what_the_host_withheld_is_said_when_there_is_any() -> None:
    quiet = Load(cores=2, average=0.1, seconds=3.0, others=0.25, steal=0.0)
    robbed = Load(cores=1, average=0.1, seconds=3.0, others=0.25, steal=0.31)
    assert quiet.text == "others kept 0.2 of 2 processors busy, seen for 3.0s"
    assert robbed.text == "others kept 0.2 of 1 processor busy, the host withheld 0.3, seen for 3.0s"
