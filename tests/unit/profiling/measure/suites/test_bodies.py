import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.measure.suites.allotment import FILL_S, LEAST_S, UnitCost, allot
from profiling.measure.suites.bodies import read

GOOD = {"bodies": 3, "figures": [1.0, 2.0, 0.5, 4.0, 0.1], "units": {"a": 0.25, "b": [0.5, 7.0]}}


def test_the_figures_of_the_process_that_ran_most_bodies_count() -> None:
    bodies = read([{"bodies": 0}, GOOD, {**GOOD, "bodies": 1}])

    assert bodies is not None
    assert (bodies.count, bodies.cpu_s, bodies.wall_s, bodies.queued_s) == (3, 1.0, 2.0, 0.5)
    assert (bodies.gc_collections, bodies.gc_s) == (4.0, 0.1)
    assert bodies.units == {"a": UnitCost(call_s=0.25), "b": UnitCost(call_s=0.5, number=7)}


@pytest.mark.parametrize(
    "report", [{}, {**GOOD, "bodies": "3"}, {**GOOD, "bodies": -1}, {**GOOD, "figures": [1.0]}, {**GOOD, "figures": 7}]
)
def test_a_report_that_makes_no_sense_is_none(report: dict[str, object]) -> None:
    assert read([report]) is None


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(["bodies", "figures", "units"]),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
            lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(), inner, max_size=3),
        ),
    )
)
def test_whatever_the_target_writes_nothing_breaks_and_every_figure_is_finite(report: dict[str, object]) -> None:
    bodies = read([report])

    if bodies is not None:
        figures = [bodies.cpu_s, bodies.wall_s, bodies.queued_s, bodies.gc_collections, bodies.gc_s]
        assert all(math.isfinite(figure) and figure >= 0 for figure in figures)
        assert all(math.isfinite(unit.call_s) and unit.number >= 0 for unit in bodies.units.values())


@given(st.dictionaries(st.text(max_size=3), st.builds(UnitCost, call_s=st.floats(0, 100), number=st.integers(0, 1000))))
def test_every_benchmark_runs_and_fast_ones_fill_their_share(units: dict[str, UnitCost]) -> None:
    share_s = max(LEAST_S, FILL_S / max(1, len(units)))

    for name, (repeats, number) in allot(units).items():
        unit = units[name]
        assert repeats >= 1
        assert number == unit.number if unit.number else number >= 1
        if 1e-6 < unit.call_s < share_s and not unit.number:
            assert share_s / 2 <= repeats * number * unit.call_s <= 2 * share_s
