from hypothesis import given
from hypothesis import strategies as st

from orchestrator.state import Report, gathered

reports = st.lists(
    st.builds(
        lambda worker, dispatch: Report(
            worker=worker,
            agent="cpu",
            dispatch=dispatch,
            kept=[],
            dropped=[],
            exhausted=[],
            left=[],
            failure="",
        ),
        st.sampled_from(["cpu-1", "cpu-2", "memory-3"]),
        st.integers(1, 3),
    ),
    max_size=6,
)


@given(reports, reports)
def test_reports_told_twice_count_once_and_a_new_dispatch_begins_anew(
    before: list[Report], added: list[Report]
) -> None:
    found = gathered(before, added)
    newest = max((one["dispatch"] for one in (*before, *added)), default=0)
    assert {one["worker"] for one in found} == {one["worker"] for one in (*before, *added) if one["dispatch"] == newest}
    assert len({one["worker"] for one in found}) == len(found)
    assert gathered(found, added) == found
    assert gathered(gathered([], before), added) == gathered(gathered([], added), before)
