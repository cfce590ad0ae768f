import enum
import pickle
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text(max_size=5)
    | st.binary(max_size=5)
)
IMMUTABLE = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3), max_leaves=6
)
ANY = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(SCALARS, inner, max_size=3)
    ),
    max_leaves=6,
)


class Color(enum.Enum):
    RED = 1


class Slotted:
    __slots__ = ("x",)


def same(one: object, other: object) -> bool:
    """Say whether two builtin values are equal, of the same types, order and signs throughout."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))  # type: ignore[arg-type]
    if isinstance(one, dict):
        return same([*one.items()], [*other.items()])  # type: ignore[attr-defined]
    if isinstance(one, frozenset):
        return sorted(map(repr, one)) == sorted(map(repr, other))  # type: ignore[call-overload]
    return repr(one) == repr(other)


@pytest.fixture(scope="session")
def values(harness: Callable[[str], ModuleType]) -> ModuleType:
    return harness("ratchet_facts_values")


@given(one=IMMUTABLE, other=IMMUTABLE)
def test_two_immutable_values_share_a_key_exactly_when_they_are_the_same(values, one, other) -> None:
    assert values.key_by_value(one) is not None
    assert (values.key_by_value(one) == values.key_by_value(other)) == same(one, other)
    assert values.is_builtin_immutable(one)


@given(value=IMMUTABLE)
def test_a_value_made_again_has_the_same_key(values, value) -> None:
    assert values.key_by_value(pickle.loads(pickle.dumps(value))) == values.key_by_value(value)


@given(one=ANY, other=ANY)
def test_results_share_a_digest_exactly_when_they_are_equal_in_structure(values, one, other) -> None:
    identities = values.Identities()
    assert values.digest(one, identities) is not None
    assert (values.digest(one, identities) == values.digest(other, identities)) == same(one, other)


def test_values_that_python_takes_for_equal_are_told_apart(values) -> None:
    alike = [
        1,
        1.0,
        True,
        1 + 0j,
        "1",
        b"1",
        (1,),
        (True,),
        frozenset({1}),
        -0.0,
        0.0,
        0,
        False,
        -1,
        -2,
        2**61 - 1,
        "",
        b"",
        (),
        None,
    ]
    assert len({values.key_by_value(value) for value in alike}) == len(alike)
    assert values.key_by_value(float("nan")) == values.key_by_value(float("nan"))


@pytest.mark.parametrize("value", [[1], {1: 2}, {1}, object(), Slotted(), ([],), bytearray(b"x"), (1,) * 1000])
def test_what_can_change_or_is_too_large_has_no_key_by_value(values, value) -> None:
    assert values.key_by_value(value) is None


def test_classes_enum_members_and_singletons_are_what_they_are(values) -> None:
    keys = [values.key_by_value(value) for value in (Color.RED, Color, int, ..., NotImplemented)]
    assert None not in keys
    assert len(set(keys)) == 5


def test_results_beyond_the_bounds_are_not_compared(values) -> None:
    identities = values.Identities()
    cycle: list[object] = []
    cycle.append(cycle)
    for value in (cycle, [0] * 513, [[[[[1]]]]], [Slotted()]):
        assert values.digest(value, identities) is None
    assert values.digest([0] * 500, identities) is not None


def test_an_object_that_dies_is_not_taken_for_the_next_at_its_address(values) -> None:
    class Plain:
        pass

    identities = values.Identities()
    tokens = {identities.token(Plain()) for _ in range(50)}
    assert len(tokens) == 50
    assert all(exact for _, exact in tokens)
    kept = Slotted()
    assert identities.token(kept) == identities.token(kept)
    assert not identities.token(kept)[1]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["a", 1], True),
        ([[1]], False),
        ({"a": []}, True),
        ({(1, "b")}, True),
        ([Slotted()], False),
        ("abc", True),
        (Slotted(), False),
    ],
)
def test_only_builtin_immutable_elements_count_as_such(values, value, expected) -> None:
    assert values.elements_immutable(value, 256) is expected


def test_elements_beyond_the_limit_are_not_looked_at(values) -> None:
    assert values.elements_immutable([1] * 256 + [[]], 256)


def test_types_are_named_with_their_module_and_bounded(values) -> None:
    histogram: dict[str, int] = {}
    values.count_type(histogram, Color)
    values.count_type(histogram, dict)
    for number in range(100):
        values.count_type(histogram, type(f"Kind{number}", (), {"__module__": "made"}))
    assert histogram["dict"] == 1
    assert histogram[f"{__name__}.Color"] == 1
    assert len(histogram) == 65
    assert histogram["(others)"] == 38
