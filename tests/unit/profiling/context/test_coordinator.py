import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.context import coordinator
from profiling.context.probe import Confidence, Probe, ProbeOutput
from profiling.context.snapshot import RepoSnapshot, take


class Plain(Probe):
    """Answers what it is given."""

    def __init__(self, name: str, work: Callable[[], object] = lambda: None, timeout_seconds: float = 5.0) -> None:
        self.name = name  # type: ignore[misc]  # one class stands for many probes here
        self.timeout_seconds = timeout_seconds  # type: ignore[misc]
        self._work = work

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        self._work()
        return ProbeOutput(schema_slice={"from": self.name})


class Waiting(Plain):
    async def run(self, snapshot: RepoSnapshot) -> ProbeOutput:  # type: ignore[override]
        await asyncio.sleep(60)
        return ProbeOutput()


@pytest.fixture
def snapshot(tmp_path: Path) -> RepoSnapshot:
    return take(tmp_path)


def _fail() -> None:
    raise RuntimeError("no luck")


def test_a_probe_that_fails_is_an_answer_of_low_confidence_and_stops_no_other(snapshot: RepoSnapshot) -> None:
    probes = (Plain("a"), Plain("b", _fail), Plain("c"))
    first, failed, last = (ran.output for ran in coordinator.run(probes, snapshot))
    assert (first.schema_slice, last.schema_slice) == ({"from": "a"}, {"from": "c"})
    assert failed == ProbeOutput(confidence=Confidence.LOW, errors=("b failed: RuntimeError: no luck",))


def test_a_probe_that_waits_is_stopped_at_its_timeout(snapshot: RepoSnapshot) -> None:
    (ran, other) = coordinator.run((Waiting("slow", timeout_seconds=0.05), Plain("quick")), snapshot)
    assert ran.output.errors == ("slow took longer than 0.05 s and was stopped",)
    assert other.output.errors == ()


def test_a_probe_that_hangs_in_a_thread_is_left_behind(snapshot: RepoSnapshot) -> None:
    released = threading.Event()
    began = time.monotonic()
    (ran, other) = coordinator.run((Plain("hanging", released.wait, timeout_seconds=0.05), Plain("quick")), snapshot)
    took = time.monotonic() - began
    released.set()
    assert ran.output.confidence is Confidence.LOW
    assert "took longer than 0.05 s" in ran.output.errors[0]
    assert other.output.schema_slice == {"from": "quick"}
    assert took < 30


def test_a_probe_that_will_not_be_cancelled_is_left_behind(snapshot: RepoSnapshot) -> None:
    class Stubborn(Plain):
        async def run(self, snapshot: RepoSnapshot) -> ProbeOutput:  # type: ignore[override]
            for _ in range(20):
                try:
                    await asyncio.sleep(0.05)
                except asyncio.CancelledError:
                    continue
            return ProbeOutput()

    (ran,) = coordinator.run((Stubborn("stubborn", timeout_seconds=0.05),), snapshot)
    assert ran.output.errors == ("stubborn took longer than 0.05 s and could not be stopped and was left behind",)


@pytest.mark.parametrize(("wanted", "most"), [(1, 1), (2, 2)])
def test_no_more_probes_run_at_once_than_are_wanted(snapshot: RepoSnapshot, wanted: int, most: int) -> None:
    lock, running, seen = threading.Lock(), 0, []

    def work() -> None:
        nonlocal running
        with lock:
            running += 1
            seen.append(running)
        time.sleep(0.01)
        with lock:
            running -= 1

    coordinator.run([Plain(str(number), work) for number in range(8)], snapshot, jobs=wanted)
    assert max(seen) <= most


def test_at_most_eight_run_at_once_whatever_is_wanted() -> None:
    assert coordinator.jobs_at_once(1) == 1
    assert 1 <= coordinator.jobs_at_once(500) <= coordinator.MOST_JOBS
    assert coordinator.jobs_at_once(None) == coordinator.jobs_at_once(coordinator.MOST_JOBS)


def test_answers_come_in_the_order_of_the_probes(snapshot: RepoSnapshot) -> None:
    probes = [Plain(str(number), lambda number=number: time.sleep(0.02 / (number + 1))) for number in range(6)]
    assert [ran.probe for ran in coordinator.run(probes, snapshot)] == probes
