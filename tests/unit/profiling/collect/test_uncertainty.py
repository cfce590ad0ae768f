import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiling.collect.uncertainty import baseline_spread, cpu_error_s, gc_error_s, share_error, waiting_error_s
from profiling.profile import Profile


@given(samples=st.integers(30, 10**6), parts=st.integers(1, 1000))
def test_with_equal_samples_the_error_is_that_of_a_proportion(samples: int, parts: int) -> None:
    own = min(samples, parts)
    share = own / samples

    assert share_error(share, own) == pytest.approx(2 * (share * (1 - share) / samples) ** 0.5, abs=1e-12)


def test_four_times_the_samples_halve_the_error(profile: Profile) -> None:
    assert cpu_error_s(1.0, 400, profile) == pytest.approx(cpu_error_s(1.0, 100, profile) / 2)


def test_what_was_not_seen_may_still_have_weighed_three_samples(profile: Profile) -> None:
    assert cpu_error_s(0.0, 0, profile) == pytest.approx(3 * 1.0 / 900)
    assert waiting_error_s(0.0) > 0
    assert cpu_error_s(0.0, 0, replace(profile, samples=0)) == 0.0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.lists(st.floats(0.0001, 1), min_size=1, max_size=50))
def test_the_error_of_pauses_is_no_less_than_that_of_their_chance(profile: Profile, pauses: list[float]) -> None:
    collected = replace(profile, gc=replace(profile.gc, max_pause_s=max(pauses)))

    assert gc_error_s(sum(pauses), collected) >= 2 * math.sqrt(sum(pause**2 for pause in pauses)) * (1 - 1e-9)


def test_the_spread_is_half_the_range_of_the_plain_runs(profile: Profile) -> None:
    slow = replace(profile.baseline[0], cpu_s=1.2)

    assert baseline_spread(replace(profile, baseline=(*profile.baseline, slow))) == pytest.approx(0.1)
    assert baseline_spread(profile) == 0.0
    assert baseline_spread(replace(profile, baseline=())) == 0.0
