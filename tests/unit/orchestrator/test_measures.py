from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.complexity import complexity_of
from orchestrator.measures import Asked, FileComplexity, Lookups, Sampled, Spread, of_profile
from profiling.model import Command, FunctionKey, Interpreter, RunUsage
from profiling.profile import (
    SCHEMA_VERSION,
    CacheProfile,
    CallLine,
    FunctionProfile,
    GcTotals,
    LibraryShare,
    Profile,
    RepeatedQuery,
    Stack,
)

SELL = FunctionKey(file="shop.py", first_line=3, qualname="Shop.sell")


def profile(*runs: tuple[float, float, float]) -> Profile:
    usages = tuple(RunUsage(wall_s=wall, cpu_s=cpu, max_rss_mib=rss, exit_code=0) for wall, cpu, rss in runs)
    return Profile(
        schema_version=SCHEMA_VERSION,
        tree_id="t",
        command=Command(argv=("python", "bench.py")),
        interpreter=Interpreter(executable="python", version=(3, 12, 0)),
        baseline=usages,
        time_pass=RunUsage(wall_s=1, cpu_s=1, max_rss_mib=1, exit_code=0),
        memory_pass=None,
        cpu_covered_s=1.0,
        samples=100,
        functions=(
            FunctionProfile(key=SELL, calls=7),
            FunctionProfile(key=FunctionKey(file="a.py", first_line=1, qualname="g")),
        ),
        imports=(),
        libraries=(),
        stacks=(),
        gc=GcTotals(),
        peak_bytes=3 * 2**20,
        caches=(CacheProfile(key=SELL, hits=9, misses=1, entries=1, limit=None),),
    )


def test_the_figures_of_a_profile_are_those_of_its_plain_runs_and_exact_counts() -> None:
    found = of_profile(profile((3, 2, 50), (2, 1, 60), (9, 1.5, 55)))

    assert found.cpu_s == Spread(middle=1.5, low=1, high=2, runs=3)
    assert (found.wall_s.middle, found.peak_rss_mib.high, found.heap_peak_mib) == (3, 60, 3.0)
    assert found.calls == {"shop.py:Shop.sell": 7}
    assert found.caches == {"shop.py:Shop.sell": Lookups(hits=9, misses=1)}
    assert found.caches["shop.py:Shop.sell"].hit_rate == 0.9


def test_the_share_of_logging_is_that_of_all_samples() -> None:
    found = replace(profile((3, 2, 50)), cpu_seen_s=2.0, libraries=(LibraryShare(name="logging", cpu_s=0.5),))

    assert of_profile(found).logging == Sampled(share=0.25, samples=100)
    assert of_profile(replace(found, libraries=())).logging == Sampled(share=0.0, samples=100)
    assert of_profile(profile((3, 2, 50))).logging == Sampled(share=0.0, samples=100)


@pytest.mark.parametrize(
    ("often", "entry"),
    [
        ({"Shop.sell": 7, "handler": 1, "main": 1}, "web.py:handler"),
        ({"Shop.sell": 7, "handler": 7, "main": 1}, "web.py:main"),
        ({"Shop.sell": 1, "handler": 1, "main": 1}, "shop.py:Shop.sell"),
        ({"Shop.sell": 7, "handler": 7, "main": 7}, "web.py:main"),
        ({}, "web.py:main"),
    ],
)
def test_the_entry_of_queries_is_where_they_are_repeated_else_the_outermost(often: dict[str, int], entry: str) -> None:
    handler, main = (
        FunctionKey(file="web.py", first_line=line, qualname=name) for line, name in ((1, "handler"), (9, "main"))
    )
    asked = RepeatedQuery(
        key=SELL,
        line=4,
        statement="SELECT ?",
        driver="sqlite3",
        library=None,
        count=7,
        wall_s=0.1,
        cpu_s=0.1,
        callers=(CallLine(key=handler, line=2), CallLine(key=main, line=10)),
    )
    functions = tuple(FunctionProfile(key=key, calls=often.get(key.qualname)) for key in (SELL, handler, main))

    found = of_profile(replace(profile((3, 2, 50)), queries=(asked,), functions=functions))

    assert found.queries == {"shop.py:Shop.sell": Asked(count=7, entry=entry)}


def test_queries_are_summed_by_who_asks() -> None:
    handler = CallLine(key=FunctionKey(file="web.py", first_line=1, qualname="handler"), line=2)
    body = CallLine(key=FunctionKey(file="bench.py", first_line=1, qualname="<module>"), line=9)
    asked = RepeatedQuery(
        key=SELL,
        line=4,
        statement="SELECT ?",
        driver="sqlite3",
        library=None,
        count=7,
        wall_s=0.1,
        cpu_s=0.1,
        callers=(handler, body),
    )
    alone = replace(asked, key=body.key, callers=())

    queries = (asked, replace(asked, line=5, callers=()), alone)
    found = of_profile(replace(profile((3, 2, 50)), queries=queries, functions=()))

    assert found.queries == {
        "shop.py:Shop.sell": Asked(count=14, entry="web.py:handler"),
        "bench.py:<module>": Asked(count=7, entry="bench.py:<module>"),
    }


def test_a_function_is_busy_while_on_a_stack_on_a_core_or_waiting_for_something_else_than_one() -> None:
    other = FunctionKey(file="a.py", first_line=1, qualname="g")
    stacks = [((SELL,), 0.16, 0.1), ((SELL, other), 0.09, 0.0), ((other,), 0.0, 0.0001)]
    found = replace(
        profile((3, 2, 50)),
        stacks=tuple(
            Stack(frames=frames, thread="m", cpu_s=cpu_s, wall_s=9.0, samples=50, waited_s=waited_s)
            for frames, cpu_s, waited_s in stacks
        ),
    )
    rare = replace(found, stacks=found.stacks[-1:])

    busy = of_profile(found).busy
    assert {name: one.seconds for name, one in busy.items()} == {"a.py:g": 0.0901, "shop.py:Shop.sell": 0.35}
    assert 0.05 < busy["shop.py:Shop.sell"].error_s < 0.35
    assert of_profile(rare).busy == {}


def test_a_profile_without_a_plain_run_is_refused() -> None:
    with pytest.raises(ValueError, match="no plain run"):
        of_profile(profile())


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (
            b"def f(a):\n    if a and a > 1:\n        return 1\n    return 2\n\ndef g():\n    pass\n",
            FileComplexity(total=4, worst=3),
        ),
        (b"x = 1\n", None),
        (b"def f():\n    pass\n" + b"#" * 3 * 2**20, None),
    ],
)
def test_complexity_counts_the_decisions_of_functions(source: bytes, found: FileComplexity | None) -> None:
    assert complexity_of("shop.py", source) == found


@given(st.binary(max_size=200) | st.text(alphabet="def f():\n if(['\"#\\", max_size=200).map(str.encode))
def test_complexity_takes_any_bytes(source: bytes) -> None:
    found = complexity_of("shop.py", source)

    assert found is None or 1 <= found.worst <= found.total
