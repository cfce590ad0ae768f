"""Equal strings are kept once only where nothing could tell which of them it has."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes._base import Choice
from agents.recipes.identities import strings_may_be_told_apart
from agents.recipes.shared_texts import RECIPE
from profiling.model import Interpreter
from tests.fakes.recipe_programs import (
    assert_examples_hold,
    expression_facts,
    facts_of,
    profile_of,
    project_of,
    reason_of,
    rewritten,
    sites_of,
)

LOAD = """\
def load(lines, other):
    rows = []
    for line in lines:
        name, kind = line.split(",")
        rows.append(kind)
    return rows
"""
APART = """\
import enum
import other

MISSING = object()


class Colour(enum.Enum):
    RED = 1


class Node:
    def walk(self, node, kind):
        return node is self or self is not node or id(self) == 1


def look(x, y):
    return [x is None, x is not MISSING, type(x) is str, x.__class__ is Node, x is Colour.RED, x is other, x is look]
"""


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@pytest.mark.parametrize(
    "put",
    [
        "rows.append(kind)",
        "rows.append(kind.lower())",
        "rows.append([name, kind])",
        "rows.append({1: line.split(';')[2]})",
        "other.kind = kind",
        "other[1] = line[2:5]",
        "rows.append(Row(kind=f'{kind}:{name}'))",
        "rows.append('%s' % kind)",
        "yield 7, kind",
    ],
)
def test_a_piece_of_text_that_is_kept_is_interned(put):
    after = rewritten(RECIPE, LOAD.replace("rows.append(kind)", put))

    assert after is not None
    assert after.startswith("import sys\n\n\ndef load")
    assert after.count("sys.intern(") == 1


def test_what_surely_is_a_string_is_interned_without_a_test():
    before = LOAD.replace("rows.append(kind)", "rows.append(', '.join(['a', str(1)]))")

    after = rewritten(RECIPE, before)

    assert after is not None
    assert "rows.append(sys.intern(', '.join(['a', str(1)])))" in after


@pytest.mark.parametrize(
    ("before", "because"),
    [
        (LOAD + "\n\ndef same(a, b):\n    return a is b\n", "strings are compared by identity"),
        (LOAD + "\n\ndef same(a):\n    return a is not 'x'.strip()\n", "strings are compared by identity"),
        (LOAD + "\n\nMISSING = 'x'\n\n\ndef same(a):\n    return a is MISSING\n", "the sentinel is a string"),
        (LOAD + "\n\ndef same(a):\n    return {id(one) for one in a}\n", "strings are told apart by id"),
        (LOAD + "\n\ndef same(a):\n    return set(map(id, a))\n", "strings are told apart by id"),
        (LOAD + "\n\nimport operator\n\nsame = operator.is_\n", "strings are compared by identity"),
        (LOAD + "\n\nfrom sys import getrefcount\n", "the number of references shows"),
        (LOAD + "\n\nimport marshal\n", "what is written of equal strings shows"),
        (LOAD + "\n\nimport shelve\n", "what is written of equal strings shows"),
        (LOAD.replace("return rows", "return locals()"), "its frame is read"),
        (LOAD.replace("other)", "type)"), "type is no builtin here"),
        (LOAD.replace("rows.append(kind)", "rows.append(other)"), "the string is not made here"),
        (LOAD.replace("rows.append(kind)", "rows.append('kind')"), "a constant is there once"),
        (LOAD.replace("rows.append(kind)", "rows.count(kind)"), "it is not kept"),
        (LOAD.replace("rows.append(kind)", "name, kind = kind, name"), "the display is taken apart at once"),
        (LOAD.replace("rows.append(kind)", "kind = other\n        rows.append(kind)"), "it is bound twice"),
        (
            LOAD.replace("rows.append(kind)", "_text = rows.append(kind.strip())"),
            "the name for the string is taken",
        ),
        (LOAD.replace("rows.append(kind)", "rows.append(kind.strip(  # ends\n        ))"), "a comment stands there"),
    ],
)
def test_strings_that_may_be_told_apart_stay_as_they_are(before, because):
    assert rewritten(RECIPE, before) is None, because


def test_a_test_that_compares_by_identity_counts():
    assert rewritten(RECIPE, LOAD, readers={"tests/test_app.py": "def test_it(a, b):\n    assert a is b\n"}) is None


def test_a_test_that_replaces_intern_counts():
    readers = {"tests/test_app.py": "def test_it(monkeypatch):\n    monkeypatch.setattr('sys.intern', str)\n"}

    assert rewritten(RECIPE, LOAD, readers=readers) is None


def test_what_is_no_string_may_be_compared_by_identity():
    assert not strings_may_be_told_apart(project_of(APART))
    own = {"marks.py": "MISSING = object()\nNAME = 'x'\n"}
    assert not strings_may_be_told_apart(
        project_of("from marks import MISSING\n\nprint(1 is MISSING)\nx = [].pop() is MISSING\n", modules=own)
    )
    assert strings_may_be_told_apart(project_of("from marks import NAME\n\nx = [].pop() is NAME\n", modules=own))
    assert strings_may_be_told_apart(project_of("from elsewhere import MISSING\n\nx = [].pop() is MISSING\n"))


@settings(max_examples=20, deadline=None)
@given(
    known=st.lists(st.sampled_from(["None", "type(x)", "self", "MISSING", "[]", "Node", "7"]), max_size=3),
    unknown=st.sampled_from(["y", "x.name", "f(x)", "x[0]", "'a'", "f'{x}'", "x or y", "type(x, (), {})", "Named()"]),
    turned=st.booleans(),
)
def test_one_comparison_of_what_may_be_strings_counts(known, unknown, turned):
    lines = [f"x is {one}" for one in known]
    pair = ("x", unknown) if turned else (unknown, "x")
    source = "from other import Named\n\n" + APART.replace("return node is self", "return node is self or [LINES]")

    assert not strings_may_be_told_apart(project_of(source.replace("LINES", ", ".join(lines))))
    lines.append(f"{pair[0]} is not {pair[1]}")
    assert strings_may_be_told_apart(project_of(source.replace("LINES", ", ".join(lines))))


@pytest.mark.parametrize("base", ["str", "Unknown", "Base"])
def test_a_receiver_that_may_be_a_string_is_none_that_may_be_compared(base):
    source = "class Base(str):\n    pass\n\n\nclass Name(BASE):\n    def same(self, one):\n        return self is one\n"

    assert strings_may_be_told_apart(project_of(source.replace("BASE", base)))


def test_many_equal_strings_are_chosen_by_their_part_in_the_peak():
    (site,) = sites_of(RECIPE, LOAD)
    profile = replace(profile_of({site.key: 0.5}), peak_bytes=10**7)
    functions = tuple(replace(one, peak_owned_bytes=5 * 10**6) for one in profile.functions)
    profile = replace(profile, functions=functions)

    def choose(strings=20_000, distinct=20, profile=profile, types="str"):
        seen = expression_facts(
            site.requests[0].id, evaluations=strings, distinct=distinct, types={types: strings}, total_len=5 * strings
        )
        return RECIPE.choose(site, profile, facts_of(seen))

    choice = choose()

    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx((20_000 - 20) * 50 / 10**7)
    assert "fewer than 10000" in reason_of(choose(strings=9999))
    assert "others than strings" in reason_of(choose(types="NoneType"))
    assert "5000 distinct" in reason_of(choose(distinct=5000))
    assert "None distinct" in reason_of(choose(distinct=None))
    assert "1025 distinct" in reason_of(choose(distinct=1025))
    assert "no part in the peak" in reason_of(choose(profile=profile_of({site.key: 0.5})))
    on_312 = replace(profile, interpreter=Interpreter(executable="python", version=(3, 12, 1)))
    assert "never frees" in reason_of(choose(profile=on_312))
