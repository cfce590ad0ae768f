"""An index finds what a search found: the first equal key, nothing where there is none, no sooner and no later."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes._base import Choice
from agents.recipes.dict_index import RECIPE
from profiling.facts import LoopFacts, LoopRequest
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

JOIN = (
    "def join(orders, rows):\n    out = []\n    for order in orders:\n"
    '        out.append(next((r for r in rows if r["id"] == order["id"]), None))\n    return out\n'
)
POINT = "class Point:\n    def __init__(self, key, rest):\n        self.key = key\n        self.rest = rest\n\n\n"

LICENSED = """\
for w in wanted:
    out.append(next((r for r in rows if r["id"] == w), None))
===
for w in wanted:
    out.append(next((r for r in rows if w == r["id"]), 7))
===
for w in orders:
    found = next((r for r in rows if r["id"] == w["id"]), None)
    out.append((w, found))
===
out.append([next((r for r in rows if r["id"] == w["id"]), None) for w in orders])
===
found = {w: next((r for r in rows if r["id"] == w), default) for w in wanted}
out.append(found)
===
for w in orders:
    for r in rows:
        if r["id"] == w["id"]:
            out.append(r)
            break
===
for w in wanted:
    for r in rows:
        if w == r["id"]:
            out.append(r["v"])
            break
    else:
        out.append(w)
===
i = 0
while i < len(wanted):
    for r in rows:
        if r["id"] == wanted[0]:
            i = i + 1
            break
    i = i + 1
    out.append(i)
===
for w in wanted:
    if next((p for p in points if p.key == w), None) is None:
        print(w)
        continue
    out.append(w)
===
for w in wanted:
    for p in points:
        if p.key == w:
            if w == 3:
                return p.rest
            out.append(p.rest)
            break
===
for w in wanted:
    for v in wanted:
        out.append(next((p for p in points if p.key == v), w) is v)
""".split("===\n")
HOSTILE = """\
for w in wanted:
    found = next((r for r in rows if r["id"] == w), None)
    rows.append({"id": w, "v": 0})
    out.append(found)
===
for w in wanted:
    found = next((r for r in rows if r["id"] == w), None)
    if found:
        found["id"] = 0
    out.append(found)
===
for w in wanted:
    out.append(next((r for r in rows if r["id"] > w), None))
===
for w in wanted:
    out.append(next((r["v"] for r in rows if r["id"] == w), None))
===
for w in wanted:
    out.append(next((r for r in rows if r["id"] == w and r["v"]), None))
===
for w in wanted:
    out.append(next(r for r in rows if r["id"] == w))
===
for w in wanted:
    out.append(next((r for r in rows if r["id"] == out.append(w)), None))
===
for w in wanted:
    out.append(next((r for r in rows if r["id"] == r["v"]), None))
===
for w in wanted:
    for r in rows:
        if r["id"] == w:
            out.append(r)
===
for w in wanted:
    for r in rows:
        if r["id"] == w:
            out.append(r)
            break
    out.append(r)
===
for w in wanted:
    for r in rows:
        if r["id"] == w:
            if r["v"]:
                continue
            out.append(r)
            break
===
for w in wanted:
    for r in rows:
        if r["id"] == w:
            out.append(r)
            break
        else:
            out.append(0)
===
for w in wanted:
    rows = rows[1:]
    out.append(next((r for r in rows if r["id"] == w), None))
===
late = []
for w in wanted:
    late.append(next((r for r in rows if r["id"] == w), None))
    change(rows)
out.append(late)
===
for w in wanted:
    found = next((p for p in points if p.key == w), None)
    points = [Point(w, 1)]
    out.append(found is None)
===
if wanted:
    few = [*rows]
for w in wanted:
    out.append(next((r for r in few if r["id"] == w), None))
===
out.append(next((r for r in rows if r["id"] == 1), None))
""".split("===\n")

keys = st.sampled_from(["", "a", "b", "c"]) | st.integers(0, 4)
dict_rows = st.lists(st.fixed_dictionaries({"id": keys, "v": keys}), max_size=5)
orders = st.lists(st.dictionaries(st.sampled_from(["id", "x"]), keys), max_size=4)
calls = st.lists(st.tuples(dict_rows, orders, st.lists(keys, max_size=4), keys | st.none()), min_size=2, max_size=4)


def program(*parts: str) -> str:
    body = "\n".join(["out = []", 'points = [Point(r["id"], r["v"]) for r in rows]', *parts, "return out"])
    change = "def change(rows):\n    rows.reverse()\n\n\n"
    return f"{POINT}{change}def run(rows, orders, wanted, default):\n{textwrap.indent(body, '    ')}\n"


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@pytest.mark.parametrize("statement", LICENSED)
def test_a_search_repeated_over_an_unchanged_list_is_indexed(statement):
    after = rewritten(RECIPE, program(statement))

    assert after is not None
    assert ".setdefault(" in after


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(LICENSED), min_size=1, max_size=3, unique=True), calls)
def test_the_index_finds_what_the_search_found(parts, given_calls):
    before = program(*parts)

    after = rewritten(RECIPE, before)

    for call in given_calls if after is not None else ():
        assert behaviour(before, "run", call) == behaviour(after, "run", call), after


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from((*LICENSED, *HOSTILE, *HOSTILE)), min_size=1, max_size=3), calls)
def test_whatever_the_loop_does_it_is_refused_or_behaves_as_before(parts, given_calls):
    before = program(*parts)

    after = rewritten(RECIPE, before)

    for call in given_calls if after is not None else ():
        assert behaviour(before, "run", call) == behaviour(after, "run", call), after


@pytest.mark.parametrize("statement", HOSTILE)
def test_a_search_that_an_index_would_not_repeat_is_refused(statement):
    assert rewritten(RECIPE, program(statement)) is None


@pytest.mark.parametrize(
    ("before", "because"),
    [
        (JOIN.replace("    out = []\n", "    out = given()\n"), "out may be the list that is searched"),
        (JOIN.replace('order["id"]', "order.get()"), "a call may give another value each time"),
        (JOIN.replace("out.append(", "yield ("), "the consumer of a generator may change the list"),
        (JOIN.replace("def join(orders, rows)", "def join(orders, rows, next)"), "next is not the builtin"),
        (JOIN.replace("    out = []\n", "    out = []\n    global rows\n").replace(", rows)", ")"), "a global"),
        (JOIN.replace("return out", "return locals()"), "its frame is read"),
        (JOIN.replace(' r["id"]', " r.__class__"), "a special attribute"),
    ],
)
def test_what_cannot_be_told_is_refused(before, because):
    assert rewritten(RECIPE, JOIN) is not None
    assert rewritten(RECIPE, before) is None, because


ATTRIBUTES = POINT + (
    "def run(keys, register):\n    points = [Point(1, 2)]\n    for key in keys:\n"
    "        register(next((p for p in points if p.key == key), None))\n"
)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "\n\ndef move(point):\n    point.key = 2\n",
        "\n\ndef move(point):\n    setattr(point, 'key', 2)\n",
        "\n\nclass Moving(Point):\n    @property\n    def key(self):\n        return 1\n",
        "\n\nclass Moving(Point):\n    def __getattribute__(self, name):\n        return 1\n",
        "\n\nclass Moving(Point):\n    def move(self):\n        self.key = 2\n",
    ],
)
def test_unknown_calls_are_allowed_only_where_constructors_alone_set_the_key(elsewhere):
    assert rewritten(RECIPE, ATTRIBUTES) is not None
    assert rewritten(RECIPE, ATTRIBUTES + elsewhere) is None


def test_two_searches_of_one_function_are_indexed_one_after_the_other():
    both = program(LICENSED[0], LICENSED[8])

    once = rewritten(RECIPE, both)
    assert once is not None
    twice = rewritten(RECIPE, once)

    assert twice is not None
    assert twice.count(".setdefault(") == 2
    assert rewritten(RECIPE, twice) is None


def _facts(site, *, kinds=("int", "int"), sequence="list", entries=1, **changed):
    searched, key, wanted, outer = (request.id for request in site.requests)
    seen = {"types": {sequence: 1000}, "elements_hashable": False, "total_len": 500_000, "max_len": 500, **changed}
    scalar = {"max_len": None, "total_len": 0, "elements_hashable": True}
    entered = (
        LoopFacts(id=outer, entries=entries, trips=1000, max_trips=1000)
        if isinstance(site.requests[3], LoopRequest)
        else expression_facts(outer, evaluations=entries)
    )
    return facts_of(
        expression_facts(searched, **seen),
        expression_facts(key, **{**scalar, "types": {kinds[0]: 250_000}, "evaluations": 250_000}),
        expression_facts(wanted, **{**scalar, "types": {kinds[1]: 250_000}, "evaluations": 250_000}),
        entered,
    )


@pytest.mark.parametrize("text", [JOIN, program(LICENSED[3])])
def test_many_searches_through_a_long_list_are_chosen(text):
    (site,) = sites_of(RECIPE, text)

    choice = RECIPE.choose(site, profile_of({site.key: 0.1}, whole_s=0.1), _facts(site))

    assert isinstance(choice, Choice)
    assert 0.01 < choice.expected_share < 0.05


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"entries": 2600}, "less than 200"),
        ({"kinds": ("int", "str")}, "keys were int, wanted values str"),
        ({"kinds": ("float", "float")}, "keys were float"),
        ({"kinds": ("app.Key", "app.Key")}, "keys were app.Key"),
        ({"sequence": "generator"}, "a generator was searched"),
        ({"entries": 1000, "max_len": 500}, "nothing to gain"),
    ],
)
def test_the_facts_veto_short_searches_and_keys_of_other_types(changed, reason):
    (site,) = sites_of(RECIPE, JOIN)

    assert reason in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), _facts(site, **changed)))


def test_a_search_that_never_ran_is_vetoed():
    (site,) = sites_of(RECIPE, JOIN)

    assert "not seen running" in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), facts_of()))
