import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.complexity import complexity_of
from orchestrator.measures import FileComplexity, Lookups, Spread, of_profile
from profiling.model import Command, FunctionKey, Interpreter, RunUsage
from profiling.profile import SCHEMA_VERSION, CacheProfile, FunctionProfile, GcTotals, Profile

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
