from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.live import says
from orchestrator.live.events import EventKind
from orchestrator.policy.past import Past
from orchestrator.policy.verdict import Reason, Status
from profiling.model import Dimension, Domain


def history(count: int) -> tuple[Past, ...]:
    one = Past(
        status=Status.KEEP, reason=Reason.IMPROVED, dimension=Dimension.CPU_S, domain=Domain.CPU, gain=0.2, name="parse"
    )
    return (one,) * count


def told(steps: list[int]) -> list[object]:
    """Return the experiments at which progress is told, where each step adds so many."""
    totals = list(accumulate(steps, initial=0))
    events = [event for before, now in pairwise(totals) for event in says.progress(history(now), before)]
    assert all(event.kind is EventKind.PROGRESS for event in events)
    return [event.data["experiments"] for event in events]


def test_progress_is_told_every_three_experiments() -> None:
    assert told([1] * 7) == [3, 6]


def test_a_merge_that_passes_a_third_one_by_is_told_at_once_and_once() -> None:
    assert told([2, 2, 1, 0, 0, 2]) == [4, 7]
    assert told([7]) == [7]


@given(st.lists(st.integers(0, 5), max_size=30))
def test_no_three_experiments_pass_without_a_word_and_none_is_said_twice(steps: list[int]) -> None:
    found = told(steps)
    totals = set(accumulate(steps))
    assert found == sorted(set(found))
    assert len(found) == len({total // says.PROGRESS_EVERY for total in totals if total >= says.PROGRESS_EVERY})
