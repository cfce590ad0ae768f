import asyncio
import itertools
import threading
from collections import defaultdict
from pathlib import Path

import pytest

from orchestrator.errors import NotWritable
from orchestrator.live.bus import Bus, Numbering
from orchestrator.live.events import Event, EventKind
from orchestrator.live.log import EventLog, read

THREADS, EVENTS = 8, 10_000


def _bus(log: EventLog | None = None) -> Bus:
    ticks = itertools.count(1000)
    return Bus(lambda: float(next(ticks)), log)


def _event(text: str = "x", *, kind: EventKind = EventKind.STRATEGY, stream: str = "s") -> Event:
    return Event(kind=kind, text=text, stream=stream)


def _publish_from_threads(bus: Bus, *, count: int, kind: EventKind = EventKind.STRATEGY) -> list[threading.Thread]:
    def work(stream: str) -> None:
        for number in range(count):
            bus.publish(_event(str(number), kind=kind, stream=stream))

    threads = [threading.Thread(target=work, args=(f"s{index}",)) for index in range(THREADS)]
    for thread in threads:
        thread.start()
    return threads


def test_events_are_numbered_and_stamped_globally_and_per_stream() -> None:
    bus = _bus()
    seen = [bus.publish(_event(stream=stream)) for stream in ("a", "b", "a")]
    assert [(one.number, one.stream_number, one.time_s) for one in seen] == [
        (1, 1, 1000.0),
        (2, 1, 1001.0),
        (3, 2, 1002.0),
    ]


def test_eight_threads_lose_nothing_on_the_way_into_an_event_loop_and_streams_keep_their_order() -> None:
    bus = _bus()

    async def consume() -> list[Event]:
        async with bus.view(limit=THREADS * EVENTS) as view:
            _publish_from_threads(bus, count=EVENTS)
            received = []
            async for event in view:
                received.append(event)
                if len(received) == THREADS * EVENTS:
                    break
            assert view.dropped == 0
            return received

    received = asyncio.run(asyncio.wait_for(consume(), 60))
    assert [event.number for event in received] == list(range(1, THREADS * EVENTS + 1))
    by_stream: dict[str, list[int]] = defaultdict(list)
    for event in received:
        by_stream[event.stream].append(int(event.text))
    assert all(by_stream[f"s{index}"] == list(range(EVENTS)) for index in range(THREADS))


def test_a_slow_view_drops_are_counted_told_and_never_in_the_log(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.jsonl")
    bus = _bus(log)

    async def consume() -> tuple[int, list[Event]]:
        async with bus.view(limit=10) as view:
            for thread in _publish_from_threads(bus, count=100):
                thread.join()
            view.close()
            return view.dropped, [event async for event in view]

    dropped, received = asyncio.run(consume())
    log.close()
    assert (dropped, received[0].kind, received[0].data) == (790, EventKind.VIEW_DROPPED, {"dropped": 790})
    assert [event.number for event in received[1:]] == list(range(791, 801))
    assert [event.number for event in read(log.path)] == list(range(1, 801))


def test_passing_updates_never_push_out_status_events() -> None:
    bus = _bus()

    async def consume() -> list[EventKind]:
        async with bus.view(limit=5) as view:
            bus.publish(_event(kind=EventKind.COMPLETE))
            for _ in range(100):
                bus.publish(_event(kind=EventKind.MEASURING))
            view.close()
            return [event.kind async for event in view]

    assert asyncio.run(consume()) == [EventKind.VIEW_DROPPED, EventKind.COMPLETE, *[EventKind.MEASURING] * 5]


def test_a_view_outside_an_event_loop_is_a_clear_error() -> None:
    with pytest.raises(RuntimeError, match="no event loop runs here"):
        _bus().view()


def test_events_published_while_the_loop_is_not_running_wait_for_it() -> None:
    bus = _bus()
    with asyncio.Runner() as runner:

        async def make() -> object:
            return bus.view()

        view = runner.run(make())
        bus.publish(_event("while stopped"))

        async def take() -> str:
            async for event in view:  # type: ignore[attr-defined]
                return str(event.text)
            return "nothing"

        assert runner.run(take()) == "while stopped"


def test_publishing_goes_on_when_the_loop_of_a_view_closes_under_way() -> None:
    bus = _bus()
    heard: list[int] = []
    bus.listen(lambda event: heard.append(event.number))
    is_reading = threading.Event()

    async def read_one() -> None:
        async for _ in bus.view():
            is_reading.set()
            return

    reader = threading.Thread(target=lambda: asyncio.run(read_one()))
    reader.start()
    threads = _publish_from_threads(bus, count=2000)
    assert is_reading.wait(30)
    for thread in (reader, *threads):
        thread.join()
    bus.publish(_event("after"))
    assert heard == list(range(1, THREADS * 2000 + 2))


def test_a_view_ends_when_it_is_closed_from_another_thread() -> None:
    bus = _bus()

    async def consume() -> list[str]:
        view = bus.view()
        bus.publish(_event("last"))
        threading.Timer(0.05, view.close).start()
        return [event.text async for event in view]

    assert asyncio.run(asyncio.wait_for(consume(), 30)) == ["last"]


def test_what_a_listener_publishes_comes_after_what_it_heard() -> None:
    bus = _bus()
    heard: list[str] = []

    def echo(event: Event) -> None:
        if event.text == "ask":
            bus.publish(_event("answer"))

    bus.listen(echo)
    bus.listen(lambda event: heard.append(event.text))
    bus.publish(_event("ask"))
    assert heard == ["ask", "answer"]


def test_a_listener_that_raises_is_detached_and_said() -> None:
    bus = _bus()
    heard: list[Event] = []

    def broken(event: Event) -> None:
        raise ValueError("no screen")

    bus.listen(broken)
    bus.listen(heard.append)
    bus.publish(_event("one"))
    bus.publish(_event("two"))
    assert [event.kind for event in heard] == [EventKind.STRATEGY, EventKind.WARNING, EventKind.STRATEGY]
    assert "no screen" in heard[1].text


def test_a_listener_that_was_taken_off_hears_nothing_more() -> None:
    bus = _bus()
    heard: list[Event] = []
    end = bus.listen(heard.append)
    bus.publish(_event("one"))
    end()
    end()
    bus.publish(_event("two"))
    assert [event.text for event in heard] == ["one"]


class _FullDisk:
    def __init__(self) -> None:
        self.is_full = True
        self.kept: list[Event] = []

    def numbering(self) -> Numbering:
        return Numbering(last=41, by_stream={"s": 7})

    def append(self, event: Event) -> None:
        if self.is_full:
            raise NotWritable("the disk is full")
        self.kept.append(event)


def test_an_event_that_can_not_be_written_down_has_not_happened() -> None:
    log = _FullDisk()
    bus = Bus(lambda: 0.0, log)
    heard: list[Event] = []
    bus.listen(heard.append)
    with pytest.raises(NotWritable):
        bus.publish(_event("lost"))
    log.is_full = False
    bus.publish(_event("kept"))
    assert heard == log.kept
    assert [(event.text, event.number, event.stream_number) for event in heard] == [("kept", 42, 8)]
