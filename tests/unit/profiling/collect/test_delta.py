from dataclasses import replace

from profiling.collect.delta import delta
from profiling.model import FunctionKey
from profiling.profile import FunctionProfile, Profile


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
