import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import NotWritable, RecordsDamaged
from orchestrator.live.bus import Bus
from orchestrator.live.events import Event, EventKind
from orchestrator.live.json_lines import NotAnEvent, parse, render
from orchestrator.live.log import EventLog, read

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
_TEXT = st.text(st.characters(codec=None, categories=None))
_EVENTS = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    text=_TEXT,
    data=st.dictionaries(st.text(), _JSON, max_size=3),
    experiment=st.none() | st.integers(min_value=1),
    stream=_TEXT,
    number=st.integers(min_value=0),
    stream_number=st.integers(min_value=0),
    time_s=st.floats(min_value=0, max_value=1e11),
)


def _publish(path: Path, *texts: str) -> None:
    log = EventLog(path)
    bus = Bus(lambda: 1.0, log)
    for text in texts:
        bus.publish(Event(kind=EventKind.STRATEGY, text=text))
    log.close()


@given(_EVENTS)
def test_what_is_rendered_is_one_ascii_line_and_parses_to_the_same_event(event: Event) -> None:
    line = render(event)
    assert line.isascii()
    assert "\n" not in line
    assert parse(line) == event


@given(st.text() | _JSON.map(str))
def test_any_other_line_is_refused_by_name(line: str) -> None:
    with pytest.raises(NotAnEvent):
        parse(line)


def test_figures_json_has_no_word_for_become_null() -> None:
    event = Event(kind=EventKind.MEASURING, data={"a": [float("nan"), {"b": float("inf")}], "c": 1.5})
    assert parse(render(event)).data == {"a": [None, {"b": None}], "c": 1.5}


@pytest.mark.parametrize(
    "line", ["[" * 100_000, '{"kind": "no such", "number": 1}', f'{{"kind": "strategy", "number": {"9" * 5000}}}']
)
def test_hostile_lines_are_refused_too(line: str) -> None:
    with pytest.raises(NotAnEvent):
        parse(line)


def test_a_log_goes_on_where_an_earlier_session_ended(tmp_path: Path) -> None:
    path = tmp_path / ".codeflash" / "events.jsonl"
    _publish(path, "a", "b")
    _publish(path, "c")
    assert [(event.text, event.number, event.stream_number) for event in read(path)] == [
        ("a", 1, 1),
        ("b", 2, 2),
        ("c", 3, 3),
    ]


@pytest.mark.parametrize("torn", [b'{"kind": "stra', b"x" * 200_000])
def test_a_torn_last_line_is_left_out_and_cut_off_by_the_next_event(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "events.jsonl"
    _publish(path, "a")
    path.write_bytes(path.read_bytes() + torn)
    assert [event.text for event in read(path)] == ["a"]
    _publish(path, "b")
    assert [(event.text, event.number) for event in read(path)] == [("a", 1), ("b", 2)]


def test_a_damaged_line_is_reported_with_its_number_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    _publish(path, "a", "b")
    path.write_bytes(b"garbage\n" + path.read_bytes())
    with pytest.raises(RecordsDamaged, match=r"events\.jsonl: line 1 ") as caught:
        list(read(path))
    assert f"mv {path}" in caught.value.hint


def test_a_log_that_is_a_link_is_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".codeflash").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotWritable, match="symbolic link"):
        EventLog(tmp_path / ".codeflash" / "events.jsonl").append(Event(kind=EventKind.STRATEGY))
    (tmp_path / "events.jsonl").symlink_to(tmp_path / "elsewhere" / "file")
    with pytest.raises(NotWritable):
        EventLog(tmp_path / "events.jsonl").append(Event(kind=EventKind.STRATEGY))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_log_that_is_no_file_is_reported_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "events.jsonl")
    with pytest.raises(RecordsDamaged, match="not an ordinary file"):
        list(read(tmp_path / "events.jsonl"))


def test_a_log_that_was_never_written_is_empty(tmp_path: Path) -> None:
    assert list(read(tmp_path / "events.jsonl")) == []


def test_nothing_is_created_before_the_first_event(tmp_path: Path) -> None:
    path = tmp_path / ".codeflash" / "events.jsonl"
    EventLog(path).numbering()
    assert not path.parent.exists()


def test_a_log_that_can_not_be_written_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotWritable, match=r"events\.jsonl"):
        EventLog(tmp_path / "file" / "events.jsonl").append(Event(kind=EventKind.STRATEGY))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_an_error_and_not_a_lost_event(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path)
    log.append(Event(kind=EventKind.STRATEGY))
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, log._descriptor)
    os.close(full)
    with pytest.raises(NotWritable, match="No space left"):
        log.append(Event(kind=EventKind.STRATEGY))
    log.close()


def test_events_of_a_killed_process_are_there_to_the_last_one(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from orchestrator.live.log import EventLog;"
        "from orchestrator.live.bus import Bus; from orchestrator.live.events import Event, EventKind;"
        "bus = Bus(lambda: 1.0, EventLog(Path(sys.argv[1])));"
        "[bus.publish(Event(kind=EventKind.STRATEGY)) for _ in range(50)]; os.kill(os.getpid(), signal.SIGKILL)"
    )
    path = tmp_path / "events.jsonl"
    root = Path(__file__).parents[4]
    subprocess.run([sys.executable, "-c", program, str(path)], env={"PYTHONPATH": str(root)}, check=False)
    assert [event.number for event in read(path)] == list(range(1, 51))
