import pytest

from orchestrator.live.bus import Bus
from orchestrator.live.events import Event, EventKind

STREAM = "Tier 3 (Worker): cpu-7"


@pytest.fixture
def heard() -> list[Event]:
    return []


@pytest.fixture
def bus(heard: list[Event]) -> Bus:
    bus = Bus(lambda: 0.0)
    bus.listen(heard.append)
    return bus


def test_what_a_worker_raises_is_an_event_with_its_traceback_and_goes_on(bus: Bus, heard: list[Event]) -> None:
    with pytest.raises(ZeroDivisionError), bus.worker(STREAM):
        1 / 0  # noqa: B018
    assert [event.kind for event in heard] == [EventKind.FAILED, EventKind.WORKER_ENDED]
    assert "1 / 0" in str(heard[0].data["traceback"])
    assert heard[0].text == "ZeroDivisionError: division by zero"
    assert heard[1].data["outcome"] == "failed"


def test_a_worker_that_ends_without_a_result_says_so(bus: Bus, heard: list[Event]) -> None:
    with bus.worker(STREAM) as worker:
        worker.publish(EventKind.EXPERIMENT, "serialize", experiment=1)
    assert [event.stream for event in heard] == [STREAM, STREAM]
    assert (heard[1].text, heard[1].data) == ("ended without a result", {"outcome": "no_result"})


def test_a_worker_ends_with_its_result(bus: Bus, heard: list[Event]) -> None:
    with bus.worker(STREAM) as worker:
        worker.result("2 keeps, 1 discard", {"keeps": 2})
    assert [(event.kind, event.text) for event in heard] == [(EventKind.WORKER_ENDED, "2 keeps, 1 discard")]
    assert heard[0].data == {"keeps": 2, "outcome": "result"}


def test_a_worker_that_is_stopped_is_not_called_a_failure(bus: Bus, heard: list[Event]) -> None:
    with pytest.raises(KeyboardInterrupt), bus.worker(STREAM):
        raise KeyboardInterrupt
    assert [(event.kind, event.data["outcome"]) for event in heard] == [(EventKind.WORKER_ENDED, "stopped")]
