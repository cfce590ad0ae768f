"""A set stands in for a list only while the list can't change, and only for values that hash as they compare."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes._base import Choice
from agents.recipes.set_membership import RECIPE
from tests.fakes.recipe_programs import (
    assert_examples_hold,
    behaviour,
    expression_facts,
    facts_of,
    profile_of,
    reason_of,
    rewritten,
    sites_of,
)

KNOWN = "def known(lines, names):\n    allowed = list(names)\n    return [line for line in lines if line in allowed]\n"
WORDS = '_WORDS = ["a", "b", "c", "d", "e", "f", "g", "h"]\n\n\ndef is_word(text):\n    return text in _WORDS\n'

BUILDS = (
    "x = list(items)",
    "x = [v for v in items]",
    "x = sorted(items, key=repr)",
    "x = []\nfor v in items:\n    x.append(v)",
    "x = [1, 'a']\nx.extend(items)",
    "x, y = [*items], 1",
    "x = []\nfor v in items:\n    if v not in x:\n        x.append(v)",
    "x = list(items)\nif len(x) > 2:\n    x.pop()\nelse:\n    x.reverse()",
)
PROBES = (
    "out.append([w for w in wanted if w in x])",
    "for w in wanted:\n    if w not in x:\n        out.append(w)",
    "out.append({w for w in wanted if w in x and len(x) > 1} == set())",
    "for w in wanted:\n    out.append((w in x, x[:1], x.count(w)))\n    for v in x:\n        out.append(v)",
    "i = 0\nwhile i < len(wanted):\n    if wanted[i] in x:\n        out.append(i)\n    i += 1",
    "out.append(any(w in x for w in wanted))",
    "out.append([[w in x for w in wanted] for _ in range(2)])",
    "for w in wanted:\n    try:\n        1 / (w in x)\n    except ZeroDivisionError:\n        out.append(w)",
)
AFTERWARDS = ("x.append(5)", "out.append(x)", "x.clear()\nout.append(1 in x)", "x = None", "pass")
HOSTILE = (
    "for w in wanted:\n    if w not in x:\n        x.append(w)\n    out.append(w)",
    "y = x\nfor w in wanted:\n    out.append(w in x)\n    y.append(w)",
    "late = (w in x for w in wanted)\nx.append('a')\nout.append(list(late))",
    "change = lambda: x.append('a')\nfor w in wanted:\n    out.append(w in x)\n    change()",
    "for w in wanted:\n    out.append(w in x)\n    x = [w]",
    "for w in wanted:\n    out.append(w in x)\n    del x[:1]",
    "for w in wanted:\n    out.append([w] in x)",
    "for w in wanted:\n    out.append(w in x)\n    x += ['b']",
    "for w in wanted:\n    out.append(w in x in [True])",
    "for w in wanted:\n    out.append(w in x and 'x' in locals())",
)

scalars = st.integers(-2, 4) | st.sampled_from(["", "a", "b"]) | st.booleans() | st.floats() | st.none()
values = scalars | st.tuples(scalars, scalars) | st.frozensets(st.integers(0, 2), max_size=2)
calls = st.lists(st.tuples(st.lists(values, max_size=6), st.lists(values, max_size=6)), min_size=2, max_size=4)


def program(*parts: str) -> str:
    body = "\n".join(["out = []", *parts, "return out"])
    return f"def run(items, wanted):\n{textwrap.indent(body, '    ')}\n"


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(BUILDS),
    st.lists(st.sampled_from(PROBES), min_size=1, max_size=3),
    st.sampled_from(AFTERWARDS[:3] + AFTERWARDS[4:]),
    calls,
)
def test_probing_the_set_finds_what_the_list_held(build, probes, afterwards, given_calls):
    before = program(build, *probes, afterwards)

    after = rewritten(RECIPE, before)

    assert after is not None, before
    for call in given_calls:
        assert behaviour(before, "run", call) == behaviour(after, "run", call), after


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(BUILDS),
    st.lists(st.sampled_from((*PROBES, *HOSTILE, *HOSTILE)), min_size=1, max_size=3),
    st.sampled_from(AFTERWARDS),
    calls,
)
def test_whatever_happens_to_the_list_it_is_refused_or_behaves_as_before(build, probes, afterwards, given_calls):
    before = program(build, *probes, afterwards)

    after = rewritten(RECIPE, before)

    for call in given_calls if after is not None else ():
        assert behaviour(before, "run", call) == behaviour(after, "run", call), after


@pytest.mark.parametrize("statement", HOSTILE)
def test_a_list_that_may_change_between_probes_is_refused(statement):
    assert rewritten(RECIPE, program("x = list(items)", statement)) is None


@pytest.mark.parametrize(
    ("before", "because"),
    [
        ("def f(ys, x):\n    return [y for y in ys if y in x]\n", "a parameter"),
        ("def f(ys, t):\n    x = str(t)\n    return [y for y in ys if y in x]\n", "a substring test"),
        ("def f(ys, t):\n    x = list(t)\n    return ys in x\n", "a single probe"),
        ("def f(ys, t):\n    x = list(t)\n    return [y for y in ys in x]\n", "the sequence is evaluated once"),
        (
            "def f(ys, t):\n    for y in ys:\n        x = list(t)\n        if y in x:\n            pass\n",
            "built as often",
        ),
        ("def f(ys, t, set):\n    x = list(t)\n    return [y for y in ys if y in x]\n", "set is not the builtin"),
        ("def f(ys, t):\n    x = list(t)\n    g(x)\n    return [y for y in ys if y in x]\n", "it escaped"),
        ("def f(ys, t):\n    if t:\n        x = list(t)\n    return [y for y in ys if y in x]\n", "it may be unbound"),
    ],
)
def test_a_container_that_is_not_surely_a_list_of_the_function_is_refused(before, because):
    assert rewritten(RECIPE, before) is None, because


def test_the_set_is_built_behind_the_comment_of_the_last_statement_of_the_build():
    before = KNOWN.replace("list(names)", "list(names)  # as given")

    after = rewritten(RECIPE, before)

    assert after is not None
    assert "    allowed = list(names)  # as given\n    _allowed_set = set(allowed) if " in after


@pytest.mark.parametrize(
    "change",
    [
        "\n\ndef add(word):\n    _WORDS.append(word)\n",
        "\n\ndef hand_out():\n    return _WORDS\n",
        "\n\n_WORDS = _WORDS + ['i']\n",
        "\n\ndef rebind():\n    global _WORDS\n    _WORDS = []\n",
    ],
)
def test_a_module_list_that_may_change_is_refused(change):
    assert rewritten(RECIPE, WORDS) is not None
    assert rewritten(RECIPE, WORDS + change) is None


@pytest.mark.parametrize(
    "reader",
    [
        "import app\n\napp._WORDS.append('x')\n",
        "from app import _WORDS\n",
        "def test(m):\n    m.setattr('app._WORDS', [])\n",
    ],
)
def test_a_module_list_that_another_file_takes_is_refused(reader):
    assert rewritten(RECIPE, WORDS, readers={"test_app.py": reader}) is None


ODD = """\
class Odd:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return self.value == getattr(other, "value", other)

    def __repr__(self):
        return f"Odd({self.value})"


class Word(str):
    def __hash__(self):
        return 1


"""


@pytest.mark.parametrize("items", ["['a', 'b']", "['a', Odd('b')]", "['a', ['b']]", "[Word('a')]", "[]"])
@pytest.mark.parametrize("wanted", ["'a'", "Odd('a')", "['b']", "Word('a')", "'b'", "{}"])
def test_values_that_have_no_hash_or_another_one_are_found_as_before(items, wanted):
    before = f"{ODD}{KNOWN}\n\ndef run():\n    return known([{wanted}, 'a'], {items})\n"
    local = rewritten(RECIPE, before)
    constant = f"{ODD}{WORDS}\n\ndef run():\n    return [is_word({wanted}), is_word('a')]\n"
    shared = rewritten(RECIPE, constant)

    assert local is not None
    assert behaviour(local, "run", []) == behaviour(before, "run", [])
    assert shared is not None
    assert behaviour(shared, "run", []) == behaviour(constant, "run", [])


@pytest.mark.parametrize(
    ("test", "after"),
    [
        (
            "line.key() in allowed",
            "(_sought in _allowed_set if type(_sought := line.key()) is str else _sought in allowed)",
        ),
        ("'a' in allowed", "'a' in _allowed_set"),
        ("line not in allowed", "(line not in _allowed_set if type(line) is str else line not in allowed)"),
    ],
)
def test_what_is_looked_for_is_evaluated_once(test, after):
    found = rewritten(RECIPE, KNOWN.replace("line in allowed", test))

    assert found is not None
    assert f"[line for line in lines if {after}]" in found


@pytest.mark.parametrize(
    "before",
    [
        KNOWN.replace("[line for", "[_sought for").replace("if line in", "if _sought.x in").replace("line", "_sought"),
        KNOWN.replace("[line for line in lines if line in allowed]", "[y for x in lines for y in f(x.y in allowed)]"),
        KNOWN.replace("line in allowed", "1 < line in allowed"),
        KNOWN.replace("    allowed", "    type = repr\n    allowed"),
    ],
)
def test_a_probe_whose_guard_can_not_be_written_is_left_alone(before):
    assert rewritten(RECIPE, before) is None


def test_a_second_function_uses_the_set_that_is_there():
    once = rewritten(RECIPE, WORDS + "\n\ndef no_word(text):\n    return text not in _WORDS\n")
    assert once is not None

    twice = rewritten(RECIPE, once)

    assert twice is not None
    assert twice.count("_WORDS_SET = frozenset(_WORDS)\n") == 1
    assert twice.count("in _WORDS_SET") == 2
    assert rewritten(RECIPE, twice) is None


def test_a_public_module_list_may_be_appended_to_by_users_of_the_project_a_public_tuple_not():
    public = WORDS.replace("_WORDS", "WORDS")

    assert rewritten(RECIPE, public) is None
    assert rewritten(RECIPE, public.replace("[", "(").replace("]", ")")) is not None


def test_a_short_constant_is_left_alone():
    assert rewritten(RECIPE, WORDS.replace(', "h"', "")) is None


def _facts(site, *, builds=1, **changed):
    made, *pairs = (request.id for request in site.requests)
    container = expression_facts(pairs[0], **{key: value for key, value in changed.items() if key != "wanted"})
    element = {"types": {"int": 1000}, "max_len": None, "total_len": 0, **changed.get("wanted", {})}
    return facts_of(expression_facts(made, evaluations=builds), container, expression_facts(pairs[1], **element))


def test_a_long_list_probed_often_is_chosen():
    (site,) = sites_of(RECIPE, KNOWN)

    choice = RECIPE.choose(site, profile_of({site.key: 0.3}), _facts(site, total_len=20_000_000, evaluations=200_000))

    assert isinstance(choice, Choice)
    assert 0.05 < choice.expected_share < 0.15
    assert choice.parameters == (("int", 1),)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"max_len": 7, "total_len": 7000}, "had 7 elements"),
        ({"types": {"list": 9, "str": 1}}, "a str was probed"),
        ({"elements_hashable": False}, "no hashable builtin"),
        ({"wanted": {"elements_hashable": False}}, "no hashable builtin"),
        ({"wanted": {"types": {"app.Key": 3}}}, "app.Key was looked for"),
        ({"wanted": {"types": {"tuple": 3}}}, "a tuple was looked for"),
        ({"builds": 100}, "do not pay"),
    ],
)
def test_the_facts_veto_what_a_set_would_not_pay_for_or_not_find(changed, reason):
    (site,) = sites_of(RECIPE, KNOWN)

    assert reason in reason_of(RECIPE.choose(site, profile_of({site.key: 0.3}), _facts(site, **changed)))


def test_a_probe_that_never_ran_is_vetoed():
    (site,) = sites_of(RECIPE, KNOWN)

    assert "no probe was seen" in reason_of(RECIPE.choose(site, profile_of({site.key: 0.3}), facts_of()))
