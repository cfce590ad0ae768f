from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.revision import TriggerKind, rank_correlation, triggers
from orchestrator.policy.verdict import Reason
from profiling.model import Dimension, Domain
from profiling.target import InteractionKind


def kinds(found: Any) -> list[TriggerKind]:
    return [trigger.kind for trigger in found]


def test_an_interaction_not_seen_before_is_named_with_its_place(make: Any) -> None:
    joined = make.target(interactions=(InteractionKind.ALLOCATION_GC,))
    (trigger,) = triggers([], [make.target()], [joined])
    assert trigger.kind is TriggerKind.INTERACTION
    assert trigger.text == "interaction found: allocation gc at f (pkg/a.py:1)"


def test_an_interaction_is_not_found_again_when_its_function_moved(make: Any) -> None:
    before = make.target(interactions=(InteractionKind.DEEPCOPY,))
    after = make.target(key=make.key("f", line=9), interactions=(InteractionKind.DEEPCOPY,))
    assert triggers([make.past()], [before], [after]) == ()


def test_nothing_changed_triggers_nothing(make: Any) -> None:
    table = [make.target("f"), make.target("g", cpu_share=0.1)]
    assert triggers([make.past()], table, table) == ()
    assert triggers([], [], []) == ()


def test_after_a_keep_the_same_interaction_elsewhere_is_a_compounding_opportunity(make: Any) -> None:
    table = [make.target("g", interactions=(InteractionKind.DEEPCOPY,))]
    (trigger,) = triggers([make.kept(interactions=("deepcopy",))], table, table)
    assert (trigger.kind, trigger.text) == (
        TriggerKind.COMPOUNDING,
        "compounding: deepcopy paid off (20% less); also at g",
    )
    assert triggers([make.past(interactions=("deepcopy",))], table, table) == ()


def test_a_compound_keep_points_to_the_other_targets_across_domains(make: Any) -> None:
    table = [make.target("g", domains=(Domain.CPU, Domain.MEMORY)), make.target("h")]
    (trigger,) = triggers([make.kept(reason=Reason.COMPOUND)], table, table)
    assert trigger.text == "compounding: the last keep helped more than cpu_s; also across domains: g"


def test_every_third_discard_in_a_row_in_a_dimension_asks_for_a_pivot(make: Any) -> None:
    discards = [make.past(), make.past(reason=Reason.TESTS_FAILED), make.past()]
    (trigger,) = triggers(discards, [], [])
    assert trigger.text == "3 discards in a row in cpu_s (no_improvement, tests_failed): pivot"
    asked = [bool(triggers([make.past()] * count, [], [])) for count in range(1, 7)]
    assert asked == [False, False, True, False, False, True]
    assert triggers([*discards, make.past(dimension=Dimension.PEAK_MIB)], [], []) == ()


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ({"reason": Reason.TRADEOFF}, True),
        ({"reason": Reason.REGRESSION, "gain": 0.3}, True),
        ({"reason": Reason.REGRESSION, "gain": -0.3}, False),
        ({"reason": Reason.NO_IMPROVEMENT, "gain": 0.01}, False),
    ],
)
def test_a_trade_off_asks_for_another_approach(make: Any, changes: dict[str, Any], asks: bool) -> None:
    found = triggers([make.past(name="load", **changes)], [], [])
    assert (kinds(found) == [TriggerKind.TRADEOFF]) is asks


def test_a_keep_that_moves_the_first_target_shifts_the_profile(make: Any) -> None:
    before = [make.target("f", cpu_share=0.45), make.target("g", cpu_share=0.2)]
    after = [make.target("f", cpu_share=0.1), make.target("g", cpu_share=0.35)]
    (trigger,) = triggers([make.kept()], before, after)
    assert trigger.text == "profile shifted: f was 45% of the CPU, is 10%; the table is rebuilt"
    assert triggers([make.past()], before, after) == ()


@pytest.mark.parametrize(("share", "told"), [(0.1, "is about 10%"), (0.4, None)])
def test_of_a_first_target_with_too_few_samples_now_the_share_is_told_as_about(
    make: Any, share: float, told: str | None
) -> None:
    after = [make.target("f", cpu_share=share, uncertain=True), make.target("g", cpu_share=0.35)]
    found = triggers([make.kept()], [make.target("f", cpu_share=0.45)], after)

    texts = [] if told is None else [f"profile shifted: f was 45% of the CPU, {told}; the table is rebuilt"]
    assert [trigger.text for trigger in found] == texts


def test_a_first_target_that_is_gone_shifts_the_profile(make: Any) -> None:
    assert kinds(triggers([make.kept()], [make.target("f")], [make.target("g")])) == [TriggerKind.SHIFT]


def test_another_order_shifts_the_profile_though_the_first_stays(make: Any) -> None:
    shares = {"a": 0.5, "b": 0.1, "c": 0.08, "d": 0.06, "e": 0.04, "f": 0.02}
    turned = {"a": 0.5, "b": 0.02, "c": 0.04, "d": 0.06, "e": 0.08, "f": 0.1}
    before, after = ([make.target(name, cpu_share=one) for name, one in side.items()] for side in (shares, turned))
    (trigger,) = triggers([make.kept()], before, after)
    assert trigger.text.startswith("profile shifted: rank correlation -")


def test_shares_from_too_few_samples_shift_nothing(make: Any) -> None:
    before = [make.target("f", cpu_share=0.9, uncertain=True), make.target("g", cpu_share=0.1)]
    after = [make.target("f", cpu_share=0.1, uncertain=True), make.target("g", cpu_share=0.12)]
    assert triggers([make.kept()], before, after) == ()


VALUES = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=8)


@given(VALUES)
def test_an_order_correlates_with_itself_and_not_with_its_reverse(values: list[float]) -> None:
    assert rank_correlation(values, values) == pytest.approx(1.0)
    if len(set(values)) > 1:
        assert rank_correlation(values, [-value for value in values]) == pytest.approx(-1.0)


@given(VALUES, st.randoms())
def test_rank_correlation_is_symmetric_and_bounded(values: list[float], random: Any) -> None:
    other = random.sample(values, len(values))
    found = rank_correlation(values, other)
    assert -1 - 1e-9 <= found <= 1 + 1e-9
    assert found == pytest.approx(rank_correlation(other, values))
