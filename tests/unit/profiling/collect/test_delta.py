import math
from dataclasses import replace

import pytest

from profiling.collect.delta import delta, import_delta
from profiling.model import FunctionKey
from profiling.profile import FunctionProfile, ImportProfile, Profile


def test_a_function_that_moved_is_still_itself(profile: Profile) -> None:
    function = profile.functions[0]
    moved = replace(function, key=replace(function.key, first_line=40), cpu_self_s=0.2, samples_self=180)

    (found,) = delta(profile, replace(profile, functions=(moved,)))

    assert (found.qualname, found.cpu_before_s, found.cpu_after_s, found.samples) == ("price", 0.6, 0.2, 180)


def test_functions_that_come_and_go_count_from_zero_and_the_largest_change_is_first(profile: Profile) -> None:
    new = FunctionProfile(key=FunctionKey(file="shop.py", first_line=9, qualname="fast"), cpu_self_s=0.1)

    found = delta(profile, replace(profile, functions=(new,)))

    assert [(each.qualname, each.cpu_before_s, each.cpu_after_s) for each in found] == [
        ("price", 0.6, 0.0),
        ("fast", 0.0, 0.1),
    ]


def test_what_did_not_change_is_not_listed(profile: Profile) -> None:
    assert delta(profile, profile) == ()


def test_memory_is_compared_by_the_same_measure_on_both_sides(profile: Profile) -> None:
    (function,) = profile.functions
    less = replace(profile, functions=(replace(function, peak_owned_bytes=2**20, rss_growth_bytes=0),))

    traced = delta(profile, less)[0]
    untraced = delta(profile, replace(less, memory_pass=None))[0]

    assert (traced.memory_before_bytes, traced.memory_after_bytes) == (4 * 2**20, 2**20)
    assert (untraced.memory_before_bytes, untraced.memory_after_bytes) == (3 * 2**20, 0)


def test_every_dimension_is_compared(profile: Profile) -> None:
    (function,) = profile.functions
    other = replace(function, wall_blocked_s=0.3, loop_cpu_s=0.1, loop_blocked_s=0.2, calls=7)

    (found,) = delta(profile, replace(profile, functions=(other,)))

    assert (found.waiting_before_s, found.waiting_after_s) == (0.0, 0.3)
    assert (found.loop_before_s, found.loop_after_s) == (0.0, pytest.approx(0.3))
    assert (found.calls_before, found.calls_after, found.calls_changed) == (None, 7, False)


def test_calls_alone_are_a_change_where_both_sides_counted(profile: Profile) -> None:
    def counted(calls: int) -> Profile:
        return replace(profile, functions=(replace(profile.functions[0], calls=calls),))

    assert [(each.calls_before, each.calls_after) for each in delta(counted(5), counted(9))] == [(5, 9)]
    assert delta(counted(5), counted(5)) == ()


def test_the_error_of_a_change_joins_sampling_and_spread_of_both_sides(profile: Profile) -> None:
    (function,) = profile.functions
    half = replace(profile, functions=(replace(function, cpu_self_s=0.3, samples_self=270),))

    steady = delta(profile, half)[0]
    usage = profile.baseline[0]
    noisy = delta(profile, replace(half, baseline=(usage, replace(usage, cpu_s=1.5))))[0]

    assert steady.cpu_error_s == pytest.approx(math.hypot(2 * 0.6 / 540**0.5, 2 * 0.3 / 270**0.5))
    assert noisy.cpu_error_s > steady.cpu_error_s


def test_imports_are_compared_by_what_their_own_body_costs(profile: Profile) -> None:
    def importing(**seconds: float) -> Profile:
        modules = tuple(
            ImportProfile(module=name, file=None, self_s=cost, total_s=9.0, importer_file=None, importer_line=None)
            for name, cost in seconds.items()
        )
        return replace(profile, imports=modules)

    found = import_delta(importing(json=0.02, re=0.01), importing(re=0.01, yaml=0.05))

    assert [(each.module, each.before_s, each.after_s) for each in found] == [("yaml", 0.0, 0.05), ("json", 0.02, 0.0)]
