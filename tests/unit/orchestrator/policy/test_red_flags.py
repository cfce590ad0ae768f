from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.measures import Coverage, FileComplexity, Lookups, Spread
from orchestrator.policy.red_flags import change_text, ratio, red_flags
from tests.fakes.measures import measures, spread

spreads = st.lists(st.floats(min_value=1e-3, max_value=1e3), min_size=3, max_size=3).map(
    lambda runs: Spread(middle=sorted(runs)[1], low=min(runs), high=max(runs), runs=3)
)


def metrics(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [flag.metric for flag in red_flags(measures(**before), measures(**after))]


def test_a_tree_against_itself_has_no_red_flag() -> None:
    assert red_flags(measures(), measures()) == ()


@pytest.mark.parametrize(
    ("before", "after", "flagged"),
    [
        ({"cpu_s": spread(1.0)}, {"cpu_s": spread(1.1)}, ["total time"]),
        ({"cpu_s": spread(1.0)}, {"cpu_s": spread(1.03)}, []),
        ({"cpu_s": spread(1.0)}, {"cpu_s": spread(0.5)}, []),
        ({"peak_rss_mib": spread(50.0)}, {"peak_rss_mib": spread(61.0)}, ["peak memory"]),
        ({"peak_rss_mib": spread(50.0)}, {"peak_rss_mib": spread(59.0)}, []),
        ({"peak_rss_mib": spread(50.0)}, {"peak_rss_mib": spread(61.0, by=0.3)}, []),
        ({"tests_failed": 1}, {"tests_failed": 2}, ["tests"]),
        ({"tests_passed": 4}, {"tests_passed": 3}, ["tests"]),
        ({"tests_passed": 4}, {"tests_passed": 5}, []),
        ({}, {"caches": {"a.py:f": Lookups(hits=79, misses=21)}}, ["cache hit rate"]),
        ({}, {"caches": {"a.py:f": Lookups(hits=81, misses=19)}}, []),
        (
            {"caches": {"a.py:f": Lookups(hits=5, misses=5)}},
            {"caches": {"a.py:f": Lookups(hits=4, misses=6)}},
            ["cache hit rate"],
        ),
        ({"caches": {"a.py:f": Lookups(hits=99, misses=1)}}, {"caches": {"a.py:f": Lookups(hits=85, misses=15)}}, []),
        ({"coverage": Coverage(percent=84.0)}, {"coverage": Coverage(percent=80.0)}, ["coverage"]),
        ({"coverage": Coverage(percent=99.0)}, {"coverage": Coverage(percent=86.0)}, []),
        ({"coverage": Coverage(percent=99.0)}, {"coverage": Coverage(percent=None, why_not="x")}, []),
        (
            {"complexity": {"a.py": FileComplexity(total=8, worst=4)}},
            {"complexity": {"a.py": FileComplexity(total=9, worst=4), "b.py": FileComplexity(total=50, worst=9)}},
            ["complexity"],
        ),
        ({}, {"complexity": {"b.py": FileComplexity(total=50, worst=9)}}, []),
    ],
)
def test_what_got_worse_beyond_its_noise_is_flagged_and_nothing_else(
    before: dict[str, Any], after: dict[str, Any], flagged: list[str]
) -> None:
    assert metrics(before, after) == flagged


def test_a_flag_tells_both_figures_and_how_sure_they_are() -> None:
    (flag,) = red_flags(measures(cpu_s=spread(1.0)), measures(cpu_s=spread(1.2)))

    assert flag.text.startswith("CPU 1 s → 1.2 s: 1.20x [1.15, 1.25], 3 and 3 runs")
    assert "optimize compare decides" in flag.text


@given(spreads, spreads)
def test_a_change_lies_between_what_its_runs_allow(before: Spread, after: Spread) -> None:
    found = ratio(before, after)

    assert found is not None
    assert found[1] <= found[0] <= found[2]


@given(spreads, spreads)
def test_runs_that_overlap_are_never_called_slower(before: Spread, after: Spread) -> None:
    flags = metrics({"cpu_s": before}, {"cpu_s": after})

    assert ("total time" in flags) == (after.low > before.high)


def test_without_a_time_to_compare_with_no_change_is_told() -> None:
    nothing = Spread(middle=0.0, low=0.0, high=0.0, runs=3)

    assert ratio(nothing, spread(1.0)) is None
    assert change_text(nothing, spread(1.0)) == "?"
