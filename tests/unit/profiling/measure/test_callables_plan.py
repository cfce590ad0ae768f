import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.measure.call_plan import (
    BLOCK_S,
    Block,
    Input,
    SeenCall,
    cold_blocks,
    halves,
    inputs_of,
    mixture,
    repeated_share,
)

WEIGHTS = st.floats(0.5, 1000)
COSTS = st.floats(1e-7, 0.2)


@st.composite
def inputs(draw: st.DrawFn, *, fewest: int = 1) -> list[Input]:
    rows = draw(st.lists(st.tuples(WEIGHTS, COSTS, st.floats(0, 0.01)), min_size=fewest, max_size=60))
    return [
        Input(index=index, weight=weight, cost_s=cost_s, wall_s=cost_s, setup_s=setup_s)
        for index, (weight, cost_s, setup_s) in enumerate(rows)
    ]


def seen(*digests: str, weight: float = 1.0, process: int = 0) -> list[SeenCall]:
    return [
        SeenCall(index=index, weight=weight, process=(0, process), digest=digest)
        for index, digest in enumerate(digests)
    ]


@given(inputs(), st.integers(3, 24), st.integers())
def test_blocks_hold_known_calls_and_no_block_is_empty(rows: list[Input], quads: int, seed: int) -> None:
    planned = mixture(rows, quads)
    blocks = planned.blocks(random.Random(seed))

    assert len(blocks) == planned.quads <= quads
    assert all(block.count >= 1 and set(block.calls) <= {each.index for each in rows} for block in blocks)


@given(inputs(), st.integers())
def test_every_block_of_a_whole_mix_makes_the_same_calls_in_proportion_to_the_run(rows: list[Input], seed: int) -> None:
    planned = mixture(rows, 12)
    blocks = planned.blocks(random.Random(seed))

    if planned.is_whole:
        mixes = [Counter(block.calls) for block in blocks]
        total = sum(mixes[0].values())
        weight = sum(each.weight for each in rows)
        assert all(mix == mixes[0] for mix in mixes)
        assert all(abs(mixes[0][each.index] - total * each.weight / weight) < 1 for each in rows)
    else:
        assert all(len(set(block.calls)) == 1 for block in blocks)


def test_inputs_that_do_not_fit_together_are_drawn_by_what_they_cost_in_the_run() -> None:
    cheap = [Input(index=index, weight=1, cost_s=0.001, wall_s=0.001) for index in range(10)]
    dear = Input(index=99, weight=1, cost_s=0.030, wall_s=0.030)
    rng = random.Random(1)

    planned = mixture([*cheap, dear], 12)
    drawn = [planned.blocks(rng) for _ in range(200)]

    share = sum(block.calls == (99,) for blocks in drawn for block in blocks) / sum(map(len, drawn))
    assert not planned.is_whole
    assert share == pytest.approx(0.75, abs=0.01)
    assert {block.times for blocks in drawn for block in blocks if block.calls != (99,)} == {3}


def test_slow_calls_are_made_once_in_a_block_and_in_fewer_quads() -> None:
    planned = mixture([Input(index=0, weight=5, cost_s=0.05, wall_s=0.05)], 12)

    assert planned.quads == 5
    assert planned.blocks(random.Random(1)) == (Block(calls=(0,), times=1, is_slow=True),) * 5


def test_a_block_is_scaled_to_its_length_unless_making_arguments_forbids() -> None:
    quick = mixture([Input(index=0, weight=1, cost_s=1e-6, wall_s=1e-6)], 12)
    laden = mixture([Input(index=0, weight=1, cost_s=1e-6, wall_s=1e-6, setup_s=0.001)], 12)

    assert quick.times == round(BLOCK_S / 1e-6)
    assert quick.scaled(2 * BLOCK_S).times == round(quick.times / 2)
    assert laden.times == 50


@given(inputs(fewest=8), st.integers())
def test_halves_share_no_input_and_have_neighbours_by_cost(rows: list[Input], seed: int) -> None:
    measured, held_back = halves(rows, random.Random(seed))

    assert sorted(each.index for each in (*measured, *held_back)) == [each.index for each in rows]
    assert 0 <= len(measured) - len(held_back) <= 1
    ranks = {each.index: rank // 2 for rank, each in enumerate(sorted(rows, key=lambda each: each.cost_s))}
    assert len({ranks[each.index] for each in held_back}) == len(held_back)


@given(inputs(), st.floats(0.001, 1), st.integers())
def test_first_calls_are_made_once_each_and_the_very_first_alone(rows: list[Input], budget_s: float, seed: int) -> None:
    blocks = cold_blocks(rows, budget_s, random.Random(seed))

    made = [index for block in blocks for index in block.calls]
    known = {each.index: each.wall_s + each.setup_s for each in rows}
    assert len(blocks[0].calls) == 1
    assert len(set(made)) == len(made)
    assert all(block.times == 1 for block in blocks)
    assert sum(known[index] for index in made[1:]) <= budget_s
    cost_s = {each.index: each.cost_s for each in rows}
    assert len(blocks) == 1 or sum(cost_s[index] for index in made[1:]) >= cost_s[made[0]]


def test_what_costs_the_run_most_is_called_first_and_the_rest_is_not_taken_for_it() -> None:
    rows = [Input(index=index, weight=1.0, cost_s=cost_s, wall_s=cost_s) for index, cost_s in enumerate((1e-6, 1.0))]

    found = [cold_blocks(rows, 10.0, random.Random(seed)) for seed in range(20)]

    assert all([block.calls for block in blocks] == [(1,)] for blocks in found)


def test_calls_with_equal_arguments_are_one_input_with_their_weight() -> None:
    found = inputs_of([*seen("a", "b", "a", weight=2.0), *seen("a", weight=1.0, process=1)])

    assert [(each.index, each.weight) for each in found] == [(0, 5.0), (1, 2.0)]


def test_repetition_is_counted_where_all_calls_were_kept_and_only_within_a_process() -> None:
    assert repeated_share(seen("a", "a", "a", "b")) == 0.5
    assert repeated_share([*seen("a", "b"), *seen("a", "b", process=1)]) == 0.0
    assert repeated_share([]) == 0.0


def test_repetition_in_a_sample_is_the_coverage_of_its_inputs() -> None:
    assert repeated_share(seen("a", "a", "a", "b", weight=50.0)) == 0.75
    assert repeated_share(seen("a", "b", "c", "d", weight=50.0)) == 0.0
