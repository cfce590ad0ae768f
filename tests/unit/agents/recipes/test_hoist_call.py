"""A call leaves its loop only when it gives the same in every turn and can't fail where it was never made."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes._base import Choice
from agents.recipes.hoist_call import RECIPE
from profiling.facts import ExpressionRequest, FunctionFacts, FunctionRequest, LoopFacts
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

HELPERS = "def ratio(a, b):\n    return a // b\n\n\n"
RATIO = HELPERS + (
    "def run(values, a, b):\n    numbers = list(values)\n    out = []\n    for number in numbers:\n"
    "        if number < ratio(a, b):\n            out.append(number)\n    return out\n"
)
LENGTH = "def run(values):\n    x = list(values)\n    for i in values:\n        yield i < len(x)\n"

# `numbers` and `x` are lists made in the function; `values`, `a` and `b` are given.
LICENSED = (
    "for n in numbers:\n    if n < ratio(a, b):\n        out.append(n)",
    "for n in numbers:\n    total = ratio(a, b) + n\n    out.append(total)",
    "for i in range(len(a * 0 + 'ab')):\n    out.append(i)\nfor n in x:\n    out.append((n, len(x)))",
    "for n in (1, 2, 3):\n    out.append(ratio(a, b))\n    out.append(n)\n    print(ratio(a, b) + len(x))",
    "for n in values:\n    if n > len(x):\n        out.append(len(x))\n        break\nelse:\n    out.append(len(x))",
    "for n in values:\n    for m in numbers:\n        out.append((n, m, len(x)))",
    "for n in numbers:\n    y = ratio(b, a)\n    out.append([y, n, [ratio(b, a) for _ in (1, 2)]])",
    "for n in values:\n    try:\n        1 // (n - len(x))\n    except ZeroDivisionError:\n        out.append(n)",
    "for n in range(3):\n    out.append(-n)\n    if -ratio(a, b) < n:\n        continue\n    out.append(len(x))",
)
HOSTILE = (
    "for n in values:\n    out.append(ratio(a, b))",
    "for n in numbers:\n    out.append(n)\n    out.append(ratio(a, b))",
    "for n in numbers:\n    if n > 1 and ratio(a, b) > n:\n        out.append(n)",
    "for n in numbers:\n    a = ratio(a, b)\n    out.append(a)",
    "for n in numbers:\n    if ratio(n, b) > 1:\n        out.append(n)",
    "for n in numbers:\n    try:\n        ratio(a, b)\n    except ZeroDivisionError:\n        out.append(n)",
    "for n, m in numbers:\n    out.append(ratio(a, b))",
    "for n in values:\n    if len(x) < 9:\n        x.append(len(x))",
    "for n in values:\n    x = [*x, n]\n    out.append(len(x))",
    "y = x\nfor n in values:\n    y.append(1)\n    out.append(len(x))",
    "if values:\n    z = [1]\nfor n in values:\n    out.append(len(z))",
    "late = []\nfor n in numbers:\n    late.append(lambda: len(x))\nx.append(1)\nout.append([one() for one in late])",
    "late = []\nfor n in numbers:\n    late.append(len(x) for _ in (1, 2))\nx.append(1)\nout += map(list, late)",
    "def bump():\n    nonlocal a\n    a += 1\n\nfor n in numbers:\n    if n < ratio(a, b):\n        out.append(bump())",
    "while numbers:\n    out.append(ratio(a, b))\n    numbers.pop()",
)

integers = st.lists(st.integers(-2, 4), max_size=4)
operands = st.integers(-3, 3) | st.sampled_from(["", "ab", None, 1.5])
calls = st.lists(st.tuples(integers | st.just("ab"), operands, operands), min_size=2, max_size=5)


def program(*parts: str) -> str:
    body = "\n".join(["out = []", "numbers = [v for v in values if v != 3]", "x = list(values)", *parts, "return out"])
    return f"{HELPERS}def run(values, a, b):\n{textwrap.indent(body, '    ')}\n"


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(LICENSED), min_size=1, max_size=3), calls)
def test_a_hoisted_call_gives_what_every_turn_got(parts, given_calls):
    before = program(*parts)

    after = rewritten(RECIPE, before)

    assert after is not None, before
    for call in given_calls:
        assert behaviour(before, "run", call) == behaviour(after, "run", call), after


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from((*LICENSED, *HOSTILE, *HOSTILE)), min_size=1, max_size=3), calls)
def test_whatever_a_loop_does_its_calls_are_left_or_it_behaves_as_before(parts, given_calls):
    before = program(*parts)

    after = rewritten(RECIPE, before)

    for call in given_calls if after is not None else ():
        assert behaviour(before, "run", call) == behaviour(after, "run", call), after


@pytest.mark.parametrize("statement", HOSTILE)
def test_a_call_that_could_tell_is_refused(statement):
    assert rewritten(RECIPE, program(statement)) is None


@pytest.mark.parametrize(
    ("helper", "because"),
    [
        ("import time\n\n\ndef ratio(a, b):\n    return time.time()\n", "it reads the clock"),
        ("seen = []\n\n\ndef ratio(a, b):\n    seen.append(a)\n    return 1\n", "it has an effect"),
        ("def ratio(a, b):\n    return [a, b]\n", "it gives a new list each time"),
        ("def ratio(a, b):\n    yield a\n", "it gives an iterator"),
        ("def wrap(f):\n    return f\n\n\n@wrap\ndef ratio(a, b):\n    return 1\n", "it is decorated"),
        (
            "STATE = 1\n\n\ndef ratio(a, b):\n    return STATE\n\n\ndef set():\n    global STATE\n    STATE = 2\n",
            "state",
        ),
    ],
)
def test_a_callee_that_is_not_surely_pure_is_refused(helper, because):
    text = RATIO.replace("def ratio(a, b):\n    return a // b\n", helper)

    assert rewritten(RECIPE, RATIO) is not None
    assert rewritten(RECIPE, text) is None, because


def test_a_callee_that_a_test_patches_is_refused():
    assert rewritten(RECIPE, RATIO, readers={"test_app.py": "def test(m):\n    m.setattr('app.ratio', None)\n"}) is None


def test_a_call_leaves_every_loop_it_can():
    text = "def run(v):\n    x = list(v)\n    for i in v:\n        for j in v:\n            print(i, j, len(x))\n"

    after = rewritten(RECIPE, text)

    assert after is not None
    assert "    x = list(v)\n    _len_x = len(x)\n    for i in v:\n" in after


def test_a_consumer_of_a_generator_could_change_an_operand_between_turns():
    text = RATIO.replace("out.append(number)", "yield number").replace("    return out\n", "")

    assert rewritten(RECIPE, text) is None


@pytest.mark.parametrize(
    "change",
    ["register(number)", "number.close()", "box[0] = number", "a.size = number", "b += [number]", "other += number"],
)
def test_an_operand_that_something_in_the_loop_may_change_keeps_its_calls(change):
    text = RATIO.replace("out.append(number)", f"out.append(number)\n            {change}")

    assert rewritten(RECIPE, RATIO) is not None
    assert rewritten(RECIPE, text) is None


def _facts(site, *, turns=100, entries=10, operand="int", value="int", changed=0):
    loop, result, *rest = site.requests
    total = turns * entries
    scalar = {"max_len": None, "total_len": 0, "evaluations": total}
    seen = [
        LoopFacts(id=loop.id, entries=entries, trips=total, max_trips=turns),
        expression_facts(result.id, types={value: total}, loop_entries=entries, changed_entries=changed, **scalar),
    ]
    for request in rest:
        if isinstance(request, ExpressionRequest):
            is_scalar = operand != "list"
            seen.append(expression_facts(request.id, types={operand: total}, elements_hashable=is_scalar, **scalar))
        elif isinstance(request, FunctionRequest):
            seen.append(_calls(request.id, total))
    return facts_of(*seen)


def _calls(identity, calls):
    return FunctionFacts(
        id=identity,
        calls=calls,
        distinct_arguments=1,
        keyable_calls=calls,
        consistent=True,
        consistent_by_receiver=True,
        receivers=0,
        argument_types={},
        result_types={"int": calls},
        results_immutable=True,
        raised=0,
        max_depth=1,
    )


def test_what_the_callee_took_is_expected_to_be_saved():
    (site,) = sites_of(RECIPE, RATIO)
    callee = next(request.key for request in site.requests if isinstance(request, FunctionRequest))

    choice = RECIPE.choose(site, profile_of({callee: 0.4, site.key: 0.1}), _facts(site))

    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(0.4 * 0.99)


def test_a_length_saves_what_the_builtin_costs():
    (site,) = sites_of(RECIPE, LENGTH)

    choice = RECIPE.choose(site, profile_of({site.key: 0.4}), _facts(site, turns=10**6))

    assert isinstance(choice, Choice)
    assert 0.05 < choice.expected_share < 0.2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"changed": 2}, "changed in 2 of 10"),
        ({"turns": 7}, "7.0 calls in an entry"),
        ({"operand": "list"}, "no immutable builtin value"),
        ({"value": "app.Money"}, "no immutable builtin value"),
    ],
)
def test_the_facts_veto_values_that_change_and_loops_that_are_short(changed, reason):
    (site,) = sites_of(RECIPE, RATIO)

    assert reason in reason_of(RECIPE.choose(site, profile_of({site.key: 0.4}), _facts(site, **changed)))


def test_a_call_that_never_ran_is_vetoed():
    (site,) = sites_of(RECIPE, RATIO)

    assert "not seen in the loop" in reason_of(RECIPE.choose(site, profile_of({site.key: 0.4}), facts_of()))


LIMIT = (
    "def limit(n):\n    return 9 // n\n\n\ndef run(v, n):\n    w = list(v)\n    x = out = 0\n    {}\n    return out\n"
)
LOOP = "for x in w:\n            if x < limit(n):\n                out = x"


@pytest.mark.parametrize(
    ("around", "is_free"),
    [
        (f"try:\n        {LOOP}\n    except ZeroDivisionError:\n        return x", False),
        (f"try:\n        {LOOP}\n    finally:\n        print(x)", False),
        (f"with v:\n        {LOOP}\n    print(x)", False),
        (f"def seen():\n        return x\n    while seen():\n        {LOOP}", False),
        (f"while n:\n        {LOOP}\n    print(x)", True),
        (f"try:\n        {LOOP.replace('x', 'y')}\n    except ZeroDivisionError:\n        return x", True),
    ],
)
def test_where_a_failure_is_caught_nobody_reads_what_the_loop_had_bound_by_then(around, is_free):
    assert (rewritten(RECIPE, LIMIT.format(around)) is not None) is is_free
