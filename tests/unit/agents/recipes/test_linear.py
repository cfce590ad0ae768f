"""Two expressions of whole numbers are the same sum exactly when they have the same value for all numbers."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from agents.recipes.linear import constant_of, named, plus, sum_of

atoms = st.sampled_from(["n", "i", "0", "1", "3"])
texts = st.recursive(
    atoms,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from("+-"), inner) | st.builds("(-{})".format, inner)
    ),
    max_leaves=6,
)


def read(text: str):
    return sum_of(ast.parse(text, mode="eval").body, lambda node: node.id if isinstance(node, ast.Name) else None)


@given(texts, texts)
def test_sums_are_equal_when_their_values_are(one, other):
    places = [{"n": n, "i": i} for n, i in ((0, 0), (1, 0), (0, 1), (17, 5))]
    values = [(eval(one, dict(place)), eval(other, dict(place))) for place in places]
    assert (read(one) == read(other)) == all(left == right for left, right in values)


def test_a_sum_with_a_constant_added_and_its_value_without_names():
    assert plus(named("n"), -1) == read("n - 1") == named("n", plus=-1)
    assert constant_of(read("n - n + 2")) == 2
    assert constant_of(read("n + 2")) is None


def test_what_is_no_sum_of_known_names_is_not_known():
    assert [read(text) for text in ("n * 2", "n + 1.0", "n + True", "f(n)", "n // 1", "+n")] == [None] * 6
