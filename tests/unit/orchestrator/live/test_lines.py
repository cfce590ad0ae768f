import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.live.events import LEAD_STREAM, Event, EventKind
from orchestrator.live.lines import render, worker_name
from orchestrator.live.plain_text import MAX_LINE, neutral, one_line

SPECIALIST = "Tier 2 (Cpu specialist)"
WORKER = "Tier 3 (Worker): cpu-7"


def _line(kind: EventKind, text: str, *, experiment: int | None = None, stream: str = LEAD_STREAM) -> str | None:
    return render(Event(kind=kind, text=text, experiment=experiment, stream=stream))


def test_the_unified_profile_reads_as_specified() -> None:
    text = "\nCPU: process_records 45%, serialize 18%\nGC: 23 collections, 1.1s total (15% of CPU time)"
    assert _line(EventKind.UNIFIED_PROFILE, text) == (
        "[unified profile]\n"
        "  CPU: process_records 45%, serialize 18%\n"
        "  GC: 23 collections, 1.1s total (15% of CPU time)"
    )


def test_lines_that_are_indented_already_are_not_indented_twice() -> None:
    assert _line(EventKind.UNIFIED_PROFILE, "  CPU: a 45%\n    b") == "[unified profile]\n  CPU: a 45%\n    b"


def test_the_target_table_reads_as_specified() -> None:
    text = "| Function | CPU % |\n| a        | 45%   |\n3 licensed fixes"
    assert _line(EventKind.UNIFIED_TARGETS, text) == (
        "[unified targets]\n| Function | CPU % |\n| a        | 45%   |\n  3 licensed fixes"
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (EventKind.DISCOVERY, "[discovery] x"),
        (EventKind.BASELINE, "[baseline] x"),
        (EventKind.DISPATCH, "[dispatch] x"),
        (EventKind.STRATEGY, "[strategy] x"),
        (EventKind.PROGRESS, "[progress] x"),
        (EventKind.MILESTONE, "[milestone] x"),
        (EventKind.PLATEAU, "[plateau] x"),
        (EventKind.STUCK, "[stuck] x"),
        (EventKind.REVIEW, "[adversarial-review] x"),
        (EventKind.COMPLETE, "[complete] x"),
        (EventKind.WARNING, "[warning] x"),
        (EventKind.VIEW_DROPPED, "[warning] x"),
        (EventKind.NODE_STARTED, None),
        (EventKind.NODE_FINISHED, None),
        (EventKind.MEASURING, None),
    ],
)
def test_every_kind_has_its_tag_or_no_line(kind: EventKind, expected: str | None) -> None:
    assert _line(kind, "x") == expected


def test_an_experiment_carries_its_number() -> None:
    line = _line(EventKind.EXPERIMENT, "Target: serialize (cpu, hypothesis: none)", experiment=3)
    assert line == "[experiment 3] Target: serialize (cpu, hypothesis: none)"


def test_a_workers_lines_carry_its_name() -> None:
    assert _line(EventKind.EXPERIMENT, "serialize — 18% faster. KEEP", experiment=1, stream=SPECIALIST) == (
        "[cpu-specialist] experiment 1: serialize — 18% faster. KEEP"
    )
    assert _line(EventKind.FAILED, "ValueError: x", stream=WORKER) == "[worker cpu-7] failed: ValueError: x"
    assert _line(EventKind.WORKER_ENDED, "ended without a result", stream=WORKER) == (
        "[worker cpu-7] ended without a result"
    )
    assert worker_name("anything else") == "anything else"


@given(
    st.sampled_from([kind for kind in EventKind if kind is not EventKind.UNIFIED_TARGETS]),
    st.text(st.characters(codec=None, categories=None)),
    st.sampled_from([LEAD_STREAM, SPECIALIST, "Tier 3 (Worker): \x1b[2J\n[complete] all done"]),
)
def test_no_text_can_begin_a_second_status_line_or_control_the_terminal(
    kind: EventKind, text: str, stream: str
) -> None:
    lines = (_line(kind, text, stream=stream) or "").split("\n")
    assert all(line == "" or line.startswith("  ") for line in lines[1:])
    assert [char for line in lines for char in line if not char.isprintable() and char.isascii()] == []


@given(st.text(st.characters(codec=None, categories=None)))
def test_neutral_text_can_be_printed_and_stays_as_it_is_when_neutralised_again(text: str) -> None:
    once = neutral(text)
    assert neutral(once) == once or any(len(line) > MAX_LINE for line in once.split("\n"))
    assert once.encode("utf-8").decode("utf-8") == once
    assert "\x1b" not in once
    assert "\u202e" not in once


def test_escape_sequences_are_written_out_and_long_lines_cut() -> None:
    assert neutral("a\x1b[31mred\rb\u202ec") == "a\\x1b[31mred\\x0db\\u202ec"
    assert neutral("x" * (MAX_LINE + 5)).endswith("x… (5 more characters)")
    assert one_line(" a\n\tb ") == "a b"
