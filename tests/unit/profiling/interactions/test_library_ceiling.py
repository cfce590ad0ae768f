from typing import Any

import pytest

from profiling.model import Dimension
from profiling.profile import LibraryShare, Profile
from profiling.target import InteractionKind


def using(make: Any, name: str, *seconds: float, **changes: Any) -> Profile:
    functions = [
        make.function(
            f"f{number}",
            cpu_self_s=spent,
            **{"libraries": (LibraryShare(name=name, cpu_s=spent),), "calls": 100 * (number + 1), **changes},
        )
        for number, spent in enumerate(seconds)
    ]
    return make.profile(*functions)


def test_a_library_that_few_functions_lead_into_is_an_interaction(make: Any) -> None:
    found = make.only(using(make, "lark", 2.0, 1.0))
    assert (found.kind, found.key) == (InteractionKind.LIBRARY_CEILING, make.key("f0"))
    assert [(one.dimension, one.value, one.text) for one in found.evidence] == [
        (Dimension.CPU_S, 3.0, "lark's own machinery takes 3 s (30% of the CPU)"),
        (
            Dimension.THROUGHPUT,
            2.0,
            "its use is narrow: 2 functions lead into it (f0 67% in 100 calls, f1 33% in 200 calls)",
        ),
    ]
    assert found.root_fix == "a narrower replacement of what is used of lark"


def test_what_its_import_costs_is_named(make: Any) -> None:
    profiled = using(make, "lark", 2.0)
    imports = (make.imported("lark", 0.05, file="/lib/lark/__init__.py", executed=True),)
    found = make.only(make.profile(*profiled.functions[:-1], imports=imports))
    assert found.evidence[0].text.endswith("; importing it takes 50 ms")


@pytest.mark.parametrize("name", ["pkg", "_pytest", "importlib", "asyncio", "copy", "namedtuple_Point"])
def test_the_project_runners_plumbing_and_copying_are_none(make: Any, name: str) -> None:
    assert make.found(using(make, name, 3.0)) == ()


def test_a_share_of_fifteen_percent_or_less_is_none(make: Any) -> None:
    assert make.found(using(make, "lark", 1.0, 0.5)) == ()
    assert len(make.found(using(make, "lark", 1.0, 0.51))) == 1


def test_many_libraries_of_the_same_share_are_none(make: Any) -> None:
    functions = [
        make.function(f"f{name}", cpu_self_s=1.4, libraries=(LibraryShare(name=name, cpu_s=1.4),)) for name in "abcdef"
    ]
    assert make.found(make.profile(*functions)) == ()


def test_a_library_that_is_used_all_over_is_none(make: Any) -> None:
    assert make.found(using(make, "lark", *[0.4] * 10)) == ()
    assert len(make.found(using(make, "lark", *[0.4] * 9))) == 1
    assert len(make.found(using(make, "lark", 4.0, *[0.01] * 20))) == 1


def test_few_samples_or_module_bodies_are_none(make: Any) -> None:
    assert make.found(using(make, "lark", 3.0, samples_self=29)) == ()
    body = make.body(cpu_self_s=3.0, libraries=(LibraryShare(name="lark", cpu_s=3.0),))
    assert make.found(make.profile(body)) == ()


def test_a_copy_of_the_project_below_src_is_the_project(make: Any) -> None:
    function = make.function("f", file="src/shop/a.py", cpu_self_s=3.0, libraries=(LibraryShare(name="shop", cpu_s=3),))
    assert make.found(make.profile(function)) == ()
