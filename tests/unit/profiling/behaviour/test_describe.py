import collections
import datetime as dt
import decimal
import enum
import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling import harness

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(str(Path(harness.__file__).parent))  # in the target they lie side by side
    from profiling.harness.ratchet_replay_describe import LINES, Description, Earlier, TooLarge


class Color(enum.Enum):
    RED = 1


@dataclass
class Point:
    x: object
    y: object = 0


class Slotted:
    __slots__ = ("__hidden", "x")

    def __init__(self, x: object) -> None:
        self.x = x
        self.__hidden = x


class Items(list[Any]):
    pass


def lines(value: object) -> list[list[str]]:
    description = Description()
    description.value("v", value)
    return description.lines


def digest(value: object) -> str:
    description = Description()
    description.value("v", value)
    return description.digest


def differ(one: object, other: object) -> list[str]:
    """Return the place of the first line that differs."""
    pairs = zip(lines(one), lines(other), strict=False)
    return next((a[0] for a, b in pairs if a != b), None) or "(length)"


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        (1, True, "v"),
        (1, 1.0, "v"),
        (0.0, -0.0, "v"),
        ("a", b"a", "v"),
        ((1,), [1], "v"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, "v.keys()[0]"),
        ({"a": [1, {"x": 2}]}, {"a": [1, {"x": 2.0}]}, "v['a'][1]['x']"),
        ({1}, frozenset({1}), "v"),
        ({(1, 2)}, {(1, 3)}, "v{0}[1]"),
        (Point(1), Point(1.0), "v.x"),
        (Slotted(1), Slotted(2), "v._Slotted__hidden"),
        (Items([1]), [1], "v"),
        (collections.OrderedDict(a=1), {"a": 1}, "v"),
        (collections.defaultdict(int), collections.defaultdict(list), "v.default_factory"),
        (collections.deque([1]), collections.deque([2]), "v items[0]"),
        (collections.deque([1], 3), collections.deque([1], 4), "v arguments[1]"),
        (decimal.Decimal("1.0"), decimal.Decimal("1.00"), "v arguments[0]"),
        (math.sin, math.cos, "v"),
        (functools.partial(math.pow, 2), functools.partial(math.pow, 3), "v.args[0]"),
        (ValueError("a"), ValueError("b"), "v.args[0]"),
        (ValueError("a"), TypeError("a"), "v"),
        (FileNotFoundError(2, "no", "a"), FileNotFoundError(2, "no", "b"), "v.filename"),
        (iter([1, 2]), iter([1, 3]), "v.next()[1]"),
        (iter([1]), (each for each in [1]), "v"),
        (range(3), range(4), "v"),
        (Color.RED, 1, "v"),
    ],
)
def test_values_that_compare_equal_or_alike_are_told_apart_at_their_place(
    one: object, other: object, place: str
) -> None:
    assert differ(one, other) == place


def test_a_date_is_described_by_what_makes_it() -> None:
    assert lines(dt.date(2020, 1, 2)) == lines(dt.date(2020, 1, 2))
    assert lines(dt.date(2020, 1, 2)) != lines(dt.date(2020, 1, 3))


def test_nan_is_equal_to_itself() -> None:
    assert lines(float("nan")) == lines(float("nan")) == [["v", "nan (float)"]]


def test_an_object_that_appears_twice_is_not_two_equal_ones() -> None:
    shared: list[int] = []

    assert lines([shared, shared])[2] == ["v[1]", "the same object as v[0]"]
    assert lines([[], []])[2] == ["v[1]", "list of 0"]


def test_a_cycle_ends() -> None:
    cycle: list[object] = []
    cycle.append(cycle)

    assert lines(cycle) == [["v", "list of 1"], ["v[0]", "the same object as v"]]


def test_attributes_have_no_order() -> None:
    one, other = Point(1, 2), Point.__new__(Point)
    other.y, other.x = 2, 1

    assert lines(one) == lines(other)


def test_slots_and_a_dictionary_say_the_same_of_an_instance() -> None:
    plain = type("Same", (), {"__module__": "m"})()
    plain.x = 1
    slotted = type("Same", (), {"__module__": "m", "__slots__": ("x",)})()
    slotted.x = 1

    assert lines(plain) == lines(slotted)


def test_no_code_of_the_program_runs_to_describe_an_instance() -> None:
    class Trap:
        def __getattribute__(self, name: str) -> object:
            raise AssertionError(name)

        def __repr__(self) -> str:
            raise AssertionError

    class Text(str):
        __slots__ = ()

        def __repr__(self) -> str:
            raise AssertionError

    assert lines([Trap(), Text("a")])[2][1].endswith("Text 'a'")


def test_an_object_of_an_earlier_call_is_recognised() -> None:
    earlier, kept = Earlier(), [1]
    first = Description(earlier)
    first.value("result", kept)
    earlier.remember(first, "0.3")
    second = Description(earlier)
    second.value("result", kept)

    assert second.lines[0] == ["result", "an object of an earlier call: 0.3 result"]


def test_an_endless_iterator_is_driven_for_a_while() -> None:
    endless = (number for number in iter(int, 1))

    assert lines(endless)[-1] == ["v.next()", "goes on after 200"]
    assert next(endless, "closed") == "closed"


def test_what_an_iterator_raises_is_part_of_it() -> None:
    def broken() -> Any:
        yield 1
        raise KeyError("k")

    assert lines(broken())[-2:] == [["v.next()[1] raises.args", "tuple of 1"], ["v.next()[1] raises.args[0]", "'k'"]]


def test_beyond_the_kept_lines_the_digest_tells() -> None:
    one, other = Description(), Description()
    one.value("v", list(range(2 * LINES)))
    other.value("v", [*range(2 * LINES - 1), -1])

    assert one.lines == other.lines
    assert len(one.lines) == LINES
    assert one.digest != other.digest


def test_too_much_is_refused() -> None:
    deep: list[object] = []
    for _ in range(1000):
        deep = [deep]

    with pytest.raises(TooLarge):
        lines(list(range(300_000)))
    with pytest.raises(TooLarge):
        lines(deep)


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.frozensets(st.integers() | st.text())
    ),
    max_leaves=20,
)


@given(_values)
def test_a_value_is_described_as_its_copy(value: object) -> None:
    import copy

    assert lines(value) == lines(copy.deepcopy(value))


@given(_values, _values)
def test_values_that_differ_are_described_differently(one: object, other: object) -> None:
    if lines(one) == lines(other):
        assert repr(one) == repr(other) or _sets_in(one)


def _sets_in(value: object) -> bool:
    return "frozenset" in repr(value)


@pytest.mark.parametrize("kind", [list, tuple, dict.fromkeys, enumerate, set])
@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.0), (0.0, -0.0), ("1", 1), ("a", b"a"), (None, "None")])
@pytest.mark.parametrize("place", [LINES - 1, LINES + 499, 2 * LINES - 1])
def test_what_no_line_is_kept_of_differs_in_its_digest(kind: Any, one: object, other: object, place: int) -> None:
    held = [f"item {number}" for number in range(2 * LINES)]
    tables = [dict if kind is enumerate else lambda items: items] * 3
    seen = [
        digest(table(kind([*held[:place], item, *held[place + 1 :]])))
        for table, item in zip(tables, (one, one, other), strict=True)
    ]
    assert seen[0] == seen[1] != seen[2]


def test_many_plain_items_may_hold_a_number_too_long_to_print() -> None:
    assert digest([0] * 2 * LINES + [10**5000]) != digest([0] * 2 * LINES + [10**5000 + 1])
