"""A list used as a queue becomes a deque only where nothing can tell the difference."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes._base import Choice
from agents.recipes.deque_queue import RECIPE
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

BFS = "def walk(root):\n    queue = [root]\n    while queue:\n        queue.extend(queue.pop(0).children)\n"

# Every statement may follow every other; `out` bounds what loops may add.
LICENSED = (
    "if q:\n    out.append(q.pop(0))",
    "if len(q) > 1:\n    out.append(q.pop())",
    "q.append(len(out))",
    "q.extend(extra)",
    "q.insert(0, len(out))",
    "q.insert(0, 1)\nout.append(q.pop())",
    "if len(q) > 1:\n    q.insert(0, q.pop())",
    "q.extend([v + 1 for v in q])",
    "while q and len(out) < 40:\n    out.append(q.pop(0))",
    "while q:\n    n = q.pop(0)\n    out.append(n)\n    if len(out) < 20:\n        q.append(n - 1)",
    "for _ in range(len(q)):\n    out.append(q.pop(0))\n    q.append(len(q))",
    "out.append([q.pop(0) for _ in range(len(q))])",
    "for value in q:\n    out.append(value)",
    "for index, value in enumerate(q):\n    out.append((index, value))",
    "out.append((2 in q, 5 not in q, len(q), bool(q), list(q), sum(q), sorted(q), any(v == 1 for v in q)))",
    "if not q:\n    q = list(extra)",
    "q, seen = [len(out), 2], set()",
    "try:\n    out.append(q.pop(0))\nexcept IndexError:\n    pass",
    "if not q:\n    raise ValueError(len(out))\nout.append(q.pop(0))",
)
HOSTILE = (
    "out.append(q.pop(0))",
    "out.append(q.pop())",
    "try:\n    out.append(q.pop(0))\nexcept IndexError as error:\n    out.append(str(error))",
    "for value in q:\n    if len(out) < 30:\n        out.append(value)\n        q.append(value)",
    "out.append(q[0:2])",
    "out.append(q[:1] + q)",
    "out.append(q == [1])",
    "out.append(repr(q))",
    "out.append(q)",
    "q += extra",
    "q.insert(1, 7)",
    "q.insert(-0, 7)",
    "q.insert(0, *extra)",
    "q.sort()",
    "q = extra",
    "other = q\nother.append(1)",
    "look = lambda: q.pop(0)\nout.append(look())",
    "while len(q) >= 0 and len(out) < 9:\n    out.append(q.pop(0))",
    "for _ in range(len(q)):\n    out.append(q.pop(0))\n    out.append(q.pop(0))",
    "if q or extra:\n    out.append(q.pop(0))",
)


def program(statements: list[str], binding: str) -> str:
    body = "\n".join([f"q = {binding}", "out = []", *statements, LICENSED[0], "return out"])
    return f"def run(items, extra):\n{textwrap.indent(body, '    ')}\n"


bindings = st.sampled_from(["list(items)", "[1, 2, 3]", "[v for v in items]", "sorted(items)", "[]", "[0, *items]"])
integers = st.lists(st.integers(-2, 6), max_size=6)
arguments = st.tuples(integers, integers | st.none() | st.just("ab"))


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(LICENSED), min_size=1, max_size=5), bindings, st.lists(arguments, min_size=2, max_size=4)
)
def test_a_queue_that_becomes_a_deque_behaves_as_before(statements, binding, calls):
    before = program(statements, binding)

    after = rewritten(RECIPE, before)

    assert after is not None, before
    assert "popleft()" in after
    for call in calls:
        assert behaviour(before, "run", call) == behaviour(after, "run", call), after


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from((*LICENSED, *HOSTILE, *HOSTILE)), min_size=1, max_size=4),
    bindings,
    st.lists(arguments, min_size=2, max_size=4),
)
def test_whatever_is_done_with_a_list_it_is_refused_or_behaves_as_before(statements, binding, calls):
    before = program(statements, binding)

    after = rewritten(RECIPE, before)

    for call in calls if after is not None else ():
        assert behaviour(before, "run", call) == behaviour(after, "run", call), after


@pytest.mark.parametrize("statement", HOSTILE)
def test_a_use_that_would_show_is_refused(statement):
    guard = "q.append(1)\n" if "items" in statement else ""

    assert rewritten(RECIPE, program([guard + statement], "list(items)")) is None


@pytest.mark.parametrize(
    ("before", "because"),
    [
        ("def f(items):\n    global q\n    q = list(items)\n    while q:\n        q.pop(0)\n", "a global"),
        ("def f(q):\n    while q:\n        q.pop(0)\n", "a parameter"),
        ("def f(items):\n    q = iter(items)\n    while q:\n        q.pop(0)\n", "no list"),
        ("def f(self):\n    self.q = [1]\n    while self.q:\n        self.q.pop(0)\n", "an attribute"),
        (
            "def f(items):\n    q = list(items)\n    while q:\n        q.pop(0)\n    print(locals())\n",
            "its frame is read",
        ),
        ("def f(items):\n    q = list(items)\n    while q:\n        yield q.pop(0), q\n", "it is handed out"),
        ("def f(items, len):\n    q = list(items)\n    while len(q):\n        q.pop(0)\n", "len is not the builtin"),
        ("def f(items):\n    q = list(items)\n    del q\n    q = []\n    if q:\n        q.pop(0)\n", "deleted"),
        ("q = [1]\nwhile q:\n    q.pop(0)\n", "a module's own list"),
    ],
)
def test_a_queue_that_others_may_hold_is_refused(before, because):
    assert rewritten(RECIPE, before) is None, because


def test_an_import_that_is_there_is_used_under_its_name():
    before = "from collections import OrderedDict, deque as dq\n\n\n" + BFS

    after = rewritten(RECIPE, before)

    assert after is not None
    assert "queue = dq([root])" in after
    assert after.count("import") == 1


def test_a_module_import_is_used_with_its_prefix():
    after = rewritten(RECIPE, "import collections\n\n\n" + BFS)

    assert after is not None
    assert "queue = collections.deque([root])" in after
    assert after.count("import") == 1


def test_a_name_that_is_taken_gets_an_underscore():
    after = rewritten(RECIPE, "def deque():\n    return 1\n\n\n" + BFS)

    assert after is not None
    assert "from collections import deque as _deque\n" in after
    assert "queue = _deque([root])" in after


def test_a_new_public_name_is_not_passed_on_by_star_imports():
    after = rewritten(RECIPE, BFS, modules={"other.py": "from app import *\n"})

    assert after is not None
    assert "from collections import deque as _deque\n" in after


def test_an_import_inside_try_is_no_import_to_rely_on():
    before = "try:\n    from collections import deque\nexcept ImportError:\n    deque = None\n\n\n" + BFS

    after = rewritten(RECIPE, before)

    assert after is not None
    assert "from collections import deque as _deque\n" in after


def test_an_annotated_list_becomes_an_annotated_deque():
    before = BFS.replace("queue = [root]", "queue: list[int] = [root]")

    after = rewritten(RECIPE, before)

    assert after is not None
    assert "queue: deque[int] = deque([root])" in after


def test_a_display_over_several_lines_keeps_its_comments():
    before = BFS.replace("[root]", "[\n        root,  # first\n    ]")

    after = rewritten(RECIPE, before)

    assert after is not None
    assert "queue = deque([\n        root,  # first\n    ])" in after


def test_the_import_goes_below_the_future_and_among_the_standard_library():
    before = '"""Doc."""\n\nfrom __future__ import annotations\n\nimport ast\nimport sys\n\nimport app2\n\n\n' + BFS

    after = rewritten(RECIPE, before)

    assert after is not None
    assert "import ast\nimport sys\nfrom collections import deque\n\nimport app2\n" in after


def test_line_endings_stay_as_they_are():
    after = rewritten(RECIPE, BFS.replace("\n", "\r\n"))

    assert after is not None
    assert after.count("\n") == after.count("\r\n")


def test_a_long_queue_is_chosen_with_the_share_its_moves_cost():
    (site,) = sites_of(RECIPE, BFS)
    facts = facts_of(expression_facts(site.requests[0].id, evaluations=10**6, max_len=5000, total_len=10**9))

    choice = RECIPE.choose(site, profile_of({site.key: 0.5}), facts)

    assert isinstance(choice, Choice)
    assert 0.05 < choice.expected_share < 0.2
    assert "max_len=5000" in choice.evidence


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        ({"max_len": 63}, "at most 63 long"),
        ({"types": {"list": 9, "app.MyList": 1}}, "app.MyList"),
        ({"max_len": None, "evaluations": 0}, "at most 0 long"),
    ],
)
def test_the_facts_veto_short_queues_and_other_types(seen, reason):
    (site,) = sites_of(RECIPE, BFS)
    facts = facts_of(expression_facts(site.requests[0].id, **seen))

    assert reason in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), facts))


def test_a_queue_in_a_function_that_was_not_sampled_is_vetoed():
    (site,) = sites_of(RECIPE, BFS)
    facts = facts_of(expression_facts(site.requests[0].id))

    assert "not seen running" in reason_of(RECIPE.choose(site, profile_of(), facts))
