import io
import pstats
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from profiling.formats.pstats import pstats_bytes
from profiling.model import FunctionKey
from profiling.profile import Edge, Profile


@pytest.fixture
def load(tmp_path: Path) -> Callable[[Profile], pstats.Stats]:
    def written(profile: Profile) -> pstats.Stats:
        path = tmp_path / "profile.pstats"
        path.write_bytes(pstats_bytes(profile))
        return pstats.Stats(str(path), stream=io.StringIO())

    return written


def text_of(stats: pstats.Stats) -> str:
    stream = stats.stream  # type: ignore[attr-defined]
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


def rows(stats: pstats.Stats) -> dict[tuple[str, int, str], tuple[int, int, float, float, dict[object, object]]]:
    return stats.stats  # type: ignore[attr-defined,no-any-return]


def test_the_stdlib_prints_it(measured: Profile, load: Callable[[Profile], pstats.Stats]) -> None:
    stats = load(measured)
    stats.sort_stats("tottime").print_stats()
    stats.print_callers()
    stats.print_callees()

    assert "3000    0.600    0.000    0.600    0.000 shop.py:3(price)" in text_of(stats)
    assert stats.total_tt == pytest.approx(1.0)  # type: ignore[attr-defined]


def test_calls_and_their_callers_are_exact_and_times_are_sampled(
    measured: Profile, key: Callable[..., FunctionKey], load: Callable[[Profile], pstats.Stats]
) -> None:
    counted = replace(measured, edges=(Edge(caller=key("main", line=20), callee=key(), calls=2999),))

    found = rows(load(counted))

    assert found["shop.py", 3, "price"] == (3000, 3000, 0.6, 0.6, {("shop.py", 20, "main"): (2999, 2999, 0.6, 0.6)})
    assert found["shop.py", 20, "main"] == (1, 1, 0.01, 0.61, {})


def test_recursion_multiplies_no_time_and_its_calls_are_not_primitive(
    measured: Profile, key: Callable[..., FunctionKey], load: Callable[[Profile], pstats.Stats]
) -> None:
    recursive = replace(measured, edges=(Edge(caller=key(), callee=key(), calls=2990),))

    primitive, calls, own_s, total_s, _ = rows(load(recursive))["shop.py", 3, "price"]

    assert (primitive, calls) == (10, 3000)
    assert (own_s, total_s) == (0.6, 0.6)


def test_a_caller_that_no_sample_saw_still_has_a_row(
    measured: Profile, key: Callable[..., FunctionKey], load: Callable[[Profile], pstats.Stats]
) -> None:
    unseen = key("unseen", line=99)
    stats = load(replace(measured, edges=(Edge(caller=unseen, callee=key(), calls=4),)))

    stats.print_callers()

    assert rows(stats)["shop.py", 99, "unseen"] == (0, 0, 0.0, 0.0, {})


def test_an_empty_profile_still_loads(measured: Profile, load: Callable[[Profile], pstats.Stats]) -> None:
    empty = replace(measured, functions=(), stacks=(), cpu_seen_s=0.0, cpu_covered_s=0.0)

    load(empty).print_stats()

    assert list(rows(load(empty))) == [("~", 0, "<outside the project>")]
