from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiling.formats.flame_tree import Kind, Side, Tree, flame_tree, sums
from profiling.model import FunctionKey
from profiling.profile import Profile, Stack


def path(tree: Tree, node: int) -> tuple[str, ...]:
    names: list[str] = []
    while node >= 0:
        names.append(tree.frames[tree.node_frames[node]].name)
        node = tree.parents[node]
    return tuple(reversed(names))


def by_path(tree: Tree, sides: dict[int, Side]) -> dict[tuple[str, ...], Side]:
    return {path(tree, node): side for node, side in sides.items()}


def test_a_thread_is_the_root_and_a_library_the_leaf(measured: Profile) -> None:
    tree = flame_tree(measured, None)
    found = by_path(tree, tree.after)

    price = found["MainThread", "main", "price", "[re]"]
    assert (price.weights[0], price.weights[3], price.samples) == (0.6, 0.1, 1200)
    assert found["worker", "work"].weights[2] == 0.4
    assert {frame.name: frame.kind for frame in tree.frames}["[re]"] is Kind.LIBRARY


def test_what_ran_outside_the_project_is_in_the_whole(measured: Profile) -> None:
    tree = flame_tree(measured, None)

    assert sums(tree.after.values()).weights[0] == pytest.approx(measured.cpu_sampled_s)
    assert by_path(tree, tree.after)["(other code)", "outside the project"].samples == 380


def test_a_function_that_moved_is_the_same_frame_in_both_profiles(measured: Profile) -> None:
    moved = tuple(
        replace(stack, frames=tuple(replace(each, first_line=each.first_line + 50) for each in stack.frames))
        for stack in measured.stacks
    )

    tree = flame_tree(replace(measured, stacks=moved), measured)

    assert by_path(tree, tree.after) == by_path(tree, tree.before)
    assert {frame.name: frame.place for frame in tree.frames}["price"] == "shop.py:53"


def test_in_one_profile_two_functions_of_one_name_stay_two_frames(
    measured: Profile, key: Callable[..., FunctionKey]
) -> None:
    twins = tuple(replace(measured.stacks[0], frames=(key(line=line),), library=None) for line in (3, 9))

    tree = flame_tree(replace(measured, stacks=twins), None)

    assert [frame.place for frame in tree.frames if frame.name == "price"] == ["shop.py:3", "shop.py:9"]


def test_what_is_too_small_to_draw_is_kept_as_a_rest_under_its_parent(
    measured: Profile, key: Callable[..., FunctionKey]
) -> None:
    main, leaf = key("main"), key("leaf")
    tiny = tuple(
        Stack(frames=(main, key(f"f{number}"), leaf), thread="T", cpu_s=1e-6, wall_s=0.0, samples=1)
        for number in range(10_001)
    )
    large = Stack(frames=(main, key("large")), thread="T", cpu_s=10.0, wall_s=0.0, samples=9)

    tree = flame_tree(replace(measured, stacks=(large, *tiny), cpu_seen_s=10.010001), None)

    found = by_path(tree, tree.after)
    assert set(found) == {("T", "main", "large"), ("T", "main", "(too small to draw)")}
    assert found["T", "main", "(too small to draw)"].weights[0] == pytest.approx(0.010001)
    assert found["T", "main", "(too small to draw)"].samples == 10_001
    assert tree.left_out == 20_002


stacks = st.lists(
    st.builds(
        Stack,
        frames=st.lists(
            st.builds(FunctionKey, file=st.sampled_from("ab"), first_line=st.integers(1, 3), qualname=st.just("f")),
            unique=True,
            max_size=4,
        ).map(tuple),
        thread=st.sampled_from(["one", "two"]),
        cpu_s=st.floats(0, 10),
        wall_s=st.floats(0, 10),
        samples=st.integers(0, 99),
        library=st.sampled_from([None, "re"]),
        waited_s=st.floats(0, 5),
        gc_s=st.floats(0, 5),
        rss_growth_bytes=st.integers(-5, 500),
        peak_owned_bytes=st.none() | st.integers(0, 500),
    ),
    max_size=12,
).map(tuple)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(after=stacks, before=stacks)
def test_no_weight_is_lost_or_made_and_parents_come_first(
    measured: Profile, after: tuple[Stack, ...], before: tuple[Stack, ...]
) -> None:
    tree = flame_tree(replace(measured, stacks=after, cpu_seen_s=1e-9), replace(measured, stacks=before))

    for sides, given_stacks in ((tree.after, after), (tree.before, before)):
        total = sums(sides.values())
        assert total.weights[1] == pytest.approx(sum(stack.wall_s for stack in given_stacks))
        assert total.weights[3] == pytest.approx(sum(stack.gc_s for stack in given_stacks))
        assert total.weights[4] == sum(stack.peak_owned_bytes or 0 for stack in given_stacks)
    assert all(parent < node for node, parent in enumerate(tree.parents))
    assert len({(p, f) for p, f in zip(tree.parents, tree.node_frames, strict=True)}) == len(tree.parents)
