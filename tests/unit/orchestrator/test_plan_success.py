from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.scan.plan import Phase
from orchestrator.ledger.action_plan import Baseline, Criterion, Entry, ItemState, Outcome
from orchestrator.ledger.metrics import Moment, Point
from orchestrator.ledger.record import TestTally
from orchestrator.measures import Asked, Busy, Coverage, FileComplexity, Lookups, Measures, Sampled
from orchestrator.plan_figures import Known, cached_in, trend_of
from orchestrator.plan_success import boxes
from profiling.model import Dimension
from tests.fakes.experiments import compared
from tests.fakes.measures import measures, point, spread
from tests.fakes.plans import ITEM, record

BASE, HEAD = Moment.BASE, Moment.HEAD
CACHED = """--- a/shop.py
+++ b/shop.py
@@ -1,3 +1,4 @@
+@functools.lru_cache(maxsize=64)
 def price(name):
-    return slow(name)
+    return slow(name)
"""


def known(**changes: Any) -> Known:
    plain: dict[str, Any] = {
        "entries": (),
        "standing": (),
        "trend": (),
        "baseline": None,
        "now": None,
        "headline": "",
    }
    return Known(**{**plain, **changes})


def session(before: Measures, after: Measures, name: str = "one", **changes: Any) -> tuple[Point, Point]:
    return point(name, BASE, before, at=f"{name} 1"), point(name, HEAD, after, at=f"{name} 2", **changes)


def box(words: str, found: Known) -> Criterion:
    (one,) = [each for each in boxes(found) if words in each.text]
    return one


def texts(found: Known) -> list[str]:
    return [each.text for each in boxes(found)]


def profiled(figures: Measures, at: str = "1") -> Baseline:
    return Baseline(workload="python bench.py", profile="p", figures={}, at=at, measures=figures)


def test_a_plan_without_anything_has_the_boxes_of_any_and_none_is_ticked() -> None:
    found = list(boxes(known()))

    assert [one.is_met for one in found] == [False] * 5
    assert all("yet" in one.measured for one in found)


@pytest.mark.parametrize(("width", "is_met"), [(0.18, True), (0.20, True), (0.22, False)])
def test_the_time_is_met_when_the_whole_interval_of_the_pairs_is_below(width: float, is_met: bool) -> None:
    paired = {Dimension.CPU_S: compared(0.70, width=width)}
    found = box("CPU time", known(trend=session(measures(), measures(), paired=paired)))

    assert found.is_met is is_met
    assert "0.70x [" in found.measured
    assert "7 pairs" in found.measured


def test_a_headline_is_text_alone() -> None:
    headline = "base against head, new pairs: CPU: 1s → 0.1s (90% faster) 0.10x [0.09, 0.11], 9 pairs"
    found = box("CPU time", known(headline=headline))

    assert (found.is_met, found.measured) == (False, headline)


def test_a_session_that_changes_nothing_leaves_the_pairs_of_the_one_before() -> None:
    paired = {Dimension.CPU_S: compared(0.5)}
    first = session(measures(), measures(cpu_s=spread(0.5)), paired=paired)
    second = point("two", BASE, measures(cpu_s=spread(0.5)), tree=first[1].tree, at="two 1")

    assert "7 pairs" in box("CPU time", known(trend=(*first, second))).measured


@pytest.mark.parametrize(("now_s", "is_met"), [(0.6, True), (0.79, False)])
def test_over_sessions_the_plain_runs_decide_with_all_that_their_extremes_allow(now_s: float, is_met: bool) -> None:
    first = session(measures(), measures(cpu_s=spread(0.9)), paired={Dimension.CPU_S: compared(0.5)})
    second = session(measures(cpu_s=spread(0.9)), measures(cpu_s=spread(now_s)), "two")
    found = box("CPU time", known(trend=(*first, *second)))

    assert found.is_met is is_met
    assert f"{now_s:.2f}x [" in found.measured
    assert "not paired" in found.measured


def test_a_regression_unticks_its_own_box_alone() -> None:
    kept = record()
    larger = replace(kept, verdict=replace(kept.verdict, regressed=(Dimension.PEAK_MIB,)))
    failing = record(tests=TestTally(failed=1))

    for words, standing, is_met in [
        ("memory beyond", kept, True),
        ("memory beyond", larger, False),
        ("memory beyond", failing, True),
        ("no test fails", larger, True),
        ("no test fails", failing, False),
    ]:
        assert box(words, known(standing=(standing,))).is_met is is_met


@pytest.mark.parametrize(
    ("before", "now", "is_met"),
    [
        (90.0, 86.0, True),
        (90.0, 84.0, False),
        (60.0, 60.0, True),
        (60.0, 59.0, False),
        (None, 86.0, True),
        (None, 60.0, False),
        (90.0, None, False),
    ],
)
def test_coverage_stays_above_85_or_where_it_was(before: float | None, now: float | None, is_met: bool) -> None:
    figures = [measures(coverage=Coverage(percent=each, why_not="no pytest")) for each in (before, now)]
    found = box("tests' coverage", known(trend=session(figures[0], figures[1])))

    assert found.is_met is is_met
    assert f"{now:.1f}%" in found.measured if now is not None else found.measured == "not measured: no pytest"


def test_coverage_has_no_box_where_there_are_no_tests() -> None:
    trend = session(measures(), measures(), tests="")

    assert "the tests' coverage" not in " ".join(texts(known(trend=trend)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"cpu_s": spread(1.3)}, "total time"),
        ({"peak_rss_mib": spread(70.0)}, "peak memory"),
        ({"tests_passed": 3, "tests_failed": 1}, "tests"),
        ({"complexity": {"shop.py": FileComplexity(total=9, worst=9)}}, "complexity"),
    ],
)
def test_red_flags_that_stand_untick_their_box_and_are_told(changes: dict[str, Any], said: str) -> None:
    before = measures(complexity={"shop.py": FileComplexity(total=3, worst=2)})
    found = box("red flag", known(trend=session(before, replace(before, **changes))))

    assert found.is_met is (not said)
    assert said in found.measured


def test_a_red_flag_that_a_later_session_mended_stands_no_more() -> None:
    simple, branchy = ({"shop.py": FileComplexity(total=total, worst=2)} for total in (3, 9))
    first = session(measures(complexity=simple), measures(complexity=branchy, cpu_s=spread(1.5)))
    mended = session(measures(complexity=branchy, cpu_s=spread(1.5)), measures(complexity=simple), "two")
    later = session(measures(), measures(), "three")

    assert not box("red flag", known(trend=first)).is_met
    assert box("red flag", known(trend=(*first, *mended, *later))).is_met


def test_a_single_tree_shows_no_red_flag_and_no_absence_of_one() -> None:
    alone = box("red flag", known(trend=(point("one", BASE),)))

    assert (alone.is_met, alone.measured) == (False, "nothing to compare with yet: one tree was measured")


@pytest.mark.parametrize(
    ("caches", "is_met", "said"),
    [
        ({"shop.py:price": Lookups(hits=90, misses=10)}, True, "90% hits of 100"),
        ({"shop.py:price": Lookups(hits=80, misses=20)}, False, "80% hits of 100"),
        ({"shop.py:Shop.price": Lookups(hits=9, misses=1)}, True, "shop.py:Shop.price 90% hits of 10"),
        ({"other.py:price": Lookups(hits=1, misses=99)}, False, "shop.py:price not measured yet"),
        ({}, False, "shop.py:price not measured yet"),
    ],
)
def test_a_cache_that_was_added_must_be_hit(caches: dict[str, Lookups], is_met: bool, said: str) -> None:
    trend = session(measures(), measures(caches=caches), "s")
    found = box("hit rate", known(trend=trend, standing=(record(diff=CACHED),)))

    assert found.is_met is is_met
    assert said in found.measured


def test_caches_that_were_there_have_no_box() -> None:
    trend = session(measures(), measures(caches={"shop.py:old": Lookups(hits=0, misses=9)}))

    assert "hit rate" not in " ".join(texts(known(trend=trend, standing=(record(),))))


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("+_price_cached = lru_cache(maxsize=1)(_price_uncached)", "_price_uncached"),
        ("+price = functools.cache(price)", "price"),
        ("+@cache\n+@wraps(f)\n+async def price(name):", "price"),
        ("+    @functools.lru_cache\n     def price(self):", "price"),
    ],
)
def test_a_cache_is_known_by_the_function_it_is_on(line: str, name: str) -> None:
    assert list(cached_in(f"+++ b/a/b.py\n@@ -1 +1 @@\n{line}\n")) == [("a/b.py", name)]


@pytest.mark.parametrize(
    "line", ["-@cache\n def price(name):", "+@cached_property\n+def price(self):", " @cache\n+def f():"]
)
def test_what_adds_no_cache_is_none(line: str) -> None:
    assert list(cached_in(f"+++ b/a.py\n{line}\n")) == []


@given(diff=st.text(alphabet="+- @()\n\tabcdefl_ru0:./", max_size=200))
def test_no_diff_breaks_the_search_for_caches(diff: str) -> None:
    assert all(name for _, name in cached_in(diff))


@pytest.mark.parametrize(
    ("share", "samples", "is_met"), [(0.02, 1000, True), (0.04, 100, False), (0.06, 9000, False), (0.0, 40, False)]
)
def test_logging_is_met_when_all_that_its_samples_allow_is_below(share: float, samples: int, is_met: bool) -> None:
    first = profiled(measures(logging=Sampled(share=0.3, samples=900)))
    now = profiled(measures(logging=Sampled(share=share, samples=samples)), at="2")
    found = box("logging", known(baseline=first, now=now))

    assert found.is_met is is_met
    assert found.measured.startswith("30% ± 3% before, ")


def test_logging_is_asked_of_where_an_item_or_a_profile_shows_it() -> None:
    planned = (Entry(item=replace(ITEM, rule="guarded-logging")),)
    silent = profiled(measures(logging=Sampled(share=0.001, samples=900)))
    unmeasured = box("logging", known(entries=planned))

    assert (unmeasured.is_met, "optimize profile" in unmeasured.measured) == (False, True)
    assert box("logging", known(entries=planned, baseline=silent)).is_met
    assert "logging" not in " ".join(texts(known(baseline=silent)))


def asking(count: int, seconds: float | None = 0.5, error_s: float = 0.02) -> Measures:
    queries = {"shop.py:one": Asked(count=count, entry="shop.py:handler")} if count else {}
    busy = {} if seconds is None else {"shop.py:handler": Busy(seconds=seconds, error_s=error_s)}
    return measures(queries=queries, busy=busy)


@pytest.mark.parametrize(("count", "is_met"), [(50, True), (51, False), (0, True)])
def test_repeated_queries_are_halved_by_sessions_or_by_profiles(count: int, is_met: bool) -> None:
    before, now = asking(100), asking(count)

    by_sessions = box("queries 50%", known(trend=session(before, now)))
    by_profiles = box("queries 50%", known(baseline=profiled(before), now=profiled(now, at="2")))

    assert by_sessions == by_profiles
    assert (by_sessions.is_met, by_sessions.measured) == (is_met, f"100 before, {count} now")


def test_the_newest_of_profiles_and_sessions_counts() -> None:
    trend = session(asking(100), asking(90))
    later, earlier = (profiled(asking(10), at=at) for at in ("one 3", "one 0"))
    elsewhere = replace(later, workload="another")

    assert box("queries 50%", known(trend=trend, now=later)).measured == "100 before, 10 now"
    assert box("queries 50%", known(trend=trend, now=earlier)).measured == "10 before, 90 now"
    assert box("queries 50%", known(trend=trend, now=elsewhere)).measured == "100 before, 90 now"


@pytest.mark.parametrize(
    ("seconds", "error_s", "is_met", "said"),
    [
        (0.30, 0.02, True, "shop.py:handler 0.60x [0.54, 0.67], one profile each"),
        (0.32, 0.02, False, "shop.py:handler 0.64x [0.58, 0.71], one profile each"),
        (0.10, 0.30, False, "shop.py:handler 0.20x [0.00, 0.83], one profile each"),
        (None, 0.0, True, "shop.py:handler 0.00x [0.00, 0.03], one profile each"),
    ],
)
def test_what_repeats_queries_takes_30_percent_less_with_all_that_the_samples_allow(
    seconds: float | None, error_s: float, is_met: bool, said: str
) -> None:
    found = box("30% less", known(trend=session(asking(100), asking(0, seconds, error_s))))

    assert (found.is_met, found.measured) == (is_met, said)


def test_a_time_that_may_have_been_nothing_shows_no_gain() -> None:
    unsure = known(trend=session(asking(100, 0.01, 0.02), asking(0, 0.001, 0.0)))

    assert not box("30% less", unsure).is_met


def test_one_profile_with_repeated_queries_says_what_would_measure_them() -> None:
    found = known(baseline=profiled(asking(100)))

    assert box("queries 50%", found).measured == "100 before; profile again and call optimize plan"
    assert box("30% less", found).measured == "shop.py:handler: profile again and call optimize plan"


def test_queries_have_no_box_where_none_are_repeated() -> None:
    assert not [text for text in texts(known(trend=session(measures(queries={}), asking(9)))) if "quer" in text]


@pytest.mark.parametrize(
    ("ratio", "width", "is_met"), [(0.1, 0.1, True), (0.19, 0.02, True), (0.19, 0.04, False), (0.5, 0.0, False)]
)
def test_waiting_is_met_when_the_whole_interval_is_a_fifth(ratio: float, width: float, is_met: bool) -> None:
    found = box("waits", waiting(Dimension.WALL_S, ratio, width))

    assert found.is_met is is_met
    assert "Wall: " in found.measured


def test_waiting_that_nothing_measured_is_not_met() -> None:
    item = replace(ITEM, phase=Phase.CONCURRENCY)

    assert "nothing of this phase" in box("waits", known(entries=(Entry(item=item),))).measured
    assert box("waits", waiting(Dimension.CPU_S, 0.1, 0.0)).measured == "experiment 1 measured no wall time"


def waiting(dimension: Dimension, ratio: float, width: float) -> Known:
    kept = record()
    assert kept.measurement is not None
    shown = {dimension: compared(ratio, width=width, dimension=dimension)}
    outcome = Outcome(state=ItemState.KEPT, experiment=1)
    return known(
        entries=(Entry(item=replace(ITEM, phase=Phase.CONCURRENCY), outcome=outcome),),
        standing=(replace(kept, measurement=replace(kept.measurement, comparisons=shown)),),
    )


def test_the_trend_is_of_the_baselines_workload_else_the_newest() -> None:
    points = (point("one", BASE), point("two", BASE, workload="other"))

    assert trend_of(points, profiled(measures())) == points[:1]
    assert trend_of(points, None) == points[1:]
    assert trend_of((), None) == ()
