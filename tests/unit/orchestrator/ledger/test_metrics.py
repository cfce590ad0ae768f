from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import RecordsDamaged
from orchestrator.ledger import metrics
from orchestrator.ledger.metrics import Moment
from orchestrator.measures import Asked, Busy, Coverage, FileComplexity, Lookups, Sampled
from profiling.model import Dimension
from tests.fakes.experiments import compared
from tests.fakes.measures import ENVIRONMENT, measures, point

BASE, HEAD = Moment.BASE, Moment.HEAD


def test_points_are_read_as_they_were_written_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    figures = measures(
        caches={"a.py:f": Lookups(hits=3, misses=1)},
        coverage=Coverage(percent=None, why_not="no pytest"),
        complexity={"a.py": FileComplexity(total=3, worst=2)},
        heap_peak_mib=None,
        logging=Sampled(share=0.1, samples=90),
        queries={"a.py:f": Asked(count=9, entry="a.py:g")},
        busy={"a.py:g": Busy(seconds=0.5, error_s=0.1)},
    )
    paired = {Dimension.CPU_S: compared(0.7)}
    points = (point("one", BASE), point("one", HEAD, figures, paired=paired), point("two", BASE))

    metrics.add(points[:2], path)
    metrics.add(points[2:], path)

    assert metrics.read(path) == points


def test_a_session_that_ends_again_replaces_its_points(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    metrics.add((point("one", BASE), point("one", HEAD)), path)
    again = point("one", HEAD, at="2026-11-23T00:00:00+00:00")

    metrics.add((again,), path)

    assert metrics.read(path) == (point("one", BASE), again)


def test_without_a_file_nothing_is_noted(tmp_path: Path) -> None:
    assert metrics.read(tmp_path / "none") == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2 is no JSON"),
        ("[]", "line 2 is of version None"),
        ('{"version": 99}', "line 2 is of version 99"),
        ('{"version": 1}', "line 2: session: Field required"),
        ("[" * 100_000, "line 2 is no JSON"),
    ],
)
def test_a_damaged_line_is_named_and_the_file_left_as_it_is(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "metrics.jsonl"
    metrics.add((point("one", BASE),), path)
    text = path.read_text() + line + "\n"
    path.write_text(text)

    with pytest.raises(RecordsDamaged, match=said):
        metrics.add((point("two", BASE),), path)

    assert path.read_text() == text


@given(st.sampled_from(["workload", "python", "processor", "system"]))
def test_another_workload_interpreter_or_machine_is_another_method(what: str) -> None:
    here = point("one", BASE)
    other = (
        point("one", HEAD, workload="python other.py")
        if what == "workload"
        else point("one", HEAD, environment={**ENVIRONMENT, what: "another"})
    )

    assert here.method == point("one", HEAD, environment={**ENVIRONMENT, "load": "busy"}).method
    assert here.method != other.method


def test_points_that_compare_stand_together_and_what_was_added_to_last_comes_last() -> None:
    far = point("far", BASE, environment={**ENVIRONMENT, "processor": "another"})
    one, two = point("one", BASE), point("two", BASE)

    assert metrics.by_method((one, far, two)) == ((far,), (one, two))
    assert metrics.by_method(()) == ()
