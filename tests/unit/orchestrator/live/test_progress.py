import io
import os
import pty
import select

import pytest
from rich.console import Console

from orchestrator.live.events import Event, EventKind
from orchestrator.live.progress import Now, ProgressView, advance


def _after(*events: Event) -> Now:
    now = Now()
    for event in events:
        now = advance(now, event)
    return now


def _node(name: str, *, time_s: float = 100.0) -> Event:
    return Event(kind=EventKind.NODE_STARTED, text=name, data={"node": name}, time_s=time_s)


_TARGET = Event(kind=EventKind.EXPERIMENT, text="Target: f", data={"target": "f"}, experiment=3)
_PAIRS = Event(kind=EventKind.MEASURING, text="cpu_s: 0.9x", data={"pairs": 9, "max_pairs": 30})


def test_the_live_line_names_node_experiment_pairs_and_time() -> None:
    assert _after(_node("measure"), _TARGET, _PAIRS).line(165.5) == "measure · experiment 3: f · pairs 9/≤30 · 1:05"


def test_the_live_line_says_how_long_a_measurement_will_still_take() -> None:
    pairs = Event(kind=EventKind.MEASURING, data={"pairs": 3, "max_pairs": 30, "eta_s": 12.4})
    assert _after(_node("measure"), pairs).line(100) == "measure · pairs 3/≤30 · about 12 s left · 0:00"
    assert _after(_node("measure"), pairs, _node("decide")).line(100) == "decide · 0:00"


def test_a_verdict_ends_the_experiment_in_the_live_line() -> None:
    verdict = Event(kind=EventKind.EXPERIMENT, text="KEEP", data={"status": "keep"}, experiment=3)
    assert _after(_node("record"), _TARGET, _PAIRS, verdict).line(100) == "record · 0:00"


def test_what_takes_a_while_stands_in_the_nodes_place_until_the_next_node() -> None:
    slow = Event(kind=EventKind.MEASURING, text="running the tests once")
    assert _after(_node("baseline"), slow).line(100) == "running the tests once · 0:00"
    assert _after(_node("baseline"), slow, _node("choose")).line(100) == "choose · 0:00"


def test_later_lines_of_an_experiment_keep_its_target() -> None:
    gated = Event(kind=EventKind.EXPERIMENT, text="gates passed", experiment=3)
    assert _after(_node("gate"), _TARGET, gated).target == "f"


@pytest.mark.parametrize("data", [{"pairs": "many"}, {"pairs": -1}, {"pairs": True}, {"eta_s": "soon"}, {}])
def test_odd_figures_are_not_shown(data: dict[str, str | int | bool]) -> None:
    assert _after(_node("x"), Event(kind=EventKind.MEASURING, data=dict(data))).line(100) == "x · 0:00"


def test_before_the_first_event_it_says_starting() -> None:
    assert Now().line(1e9) == "starting · 0:00"


def test_without_a_terminal_only_the_status_lines_are_printed() -> None:
    stream = io.StringIO()
    with ProgressView(Console(file=stream), lambda: 100.0) as view:
        view(_node("baseline"))
        view(Event(kind=EventKind.BASELINE, text="workload: [bold]x[/bold] \x1b[31m"))
    assert stream.getvalue() == "[baseline] workload: [bold]x[/bold] \\x1b[31m\n"


def test_a_terminal_that_knows_only_ascii_gets_no_error() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    with ProgressView(Console(file=stream, force_terminal=True, width=80), lambda: 100.0) as view:
        view(Event(kind=EventKind.STRATEGY, text="1.0s → 0.9s"))
    stream.flush()
    assert b"[strategy] 1.0s ? 0.9s" in raw.getvalue()


def _screen(descriptor: int) -> bytes:
    chunks = []
    while True:
        try:
            chunk = os.read(descriptor, 65536)
        except OSError:
            return b"".join(chunks)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)


def _interrupted(view: ProgressView) -> None:
    with view:
        view(Event(kind=EventKind.BASELINE, text="one line"))
        raise KeyboardInterrupt


def test_a_terminal_gets_its_cursor_back_after_ctrl_c() -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave, "w", encoding="utf-8") as stream:
        view = ProgressView(Console(file=stream, force_terminal=True, width=80), lambda: 100.0)
        with pytest.raises(KeyboardInterrupt):
            _interrupted(view)
    screen = _screen(master)
    os.close(master)
    assert b"[baseline] one line" in screen
    assert screen.rfind(b"\x1b[?25h") > screen.rfind(b"\x1b[?25l") >= 0


def test_a_view_that_is_abandoned_gives_the_cursor_back_at_once() -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave, "w", encoding="utf-8") as stream:
        with ProgressView(Console(file=stream, force_terminal=True, width=80), lambda: 100.0) as view:
            view.abandon()
            shown = b""
            while b"\x1b[?25h" not in shown and select.select([master], [], [], 10)[0] and len(shown) < 100_000:
                shown += os.read(master, 65536)
        assert b"\x1b[?25h" in shown
    os.close(master)
