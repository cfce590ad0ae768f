import ast

import pytest

from profiling.audit.static_work import static_work


def work(body, bound=10.0):
    text = "def f(x):\n" + "\n".join(f"    {line}" for line in body.splitlines())
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    return static_work(function, bound)


@pytest.mark.parametrize(
    ("body", "calls"),
    [
        ("g(x)", {2: 1.0}),
        ("for y in x:\n    g(y)", {2: 1.0, 3: 10.0}),
        ("for y in range(3):\n    g(y)", {2: 1.0, 3: 3.0}),
        ("for y in range(2, 10, 2):\n    g(y)", {2: 1.0, 3: 4.0}),
        ("for y in (1, 2):\n    for z in x:\n        g(z)", {2: 1.0, 3: 2.0, 4: 20.0}),
        ("while x:\n    g(x)", {3: 10.0}),
        ("if x:\n    g(x)\nelse:\n    h(x)", {3: 0.5, 5: 0.5}),
        ("if x:\n    raise g(x)", {3: 0.05}),
        ("try:\n    g(x)\nexcept E:\n    h(x)", {3: 1.0, 5: 0.05}),
        ("return [g(y)\n  for y in x if y]", {2: 5.0}),
        ("for y in range(0, 9, 0):\n    g(y)", {2: 1.0, 3: 10.0}),
    ],
)
def test_a_call_is_made_as_often_as_its_loops_and_branches_let_expect(body, calls):
    assert work(body).calls == pytest.approx(calls)


def test_more_passes_are_more_work():
    assert work("for y in x:\n    y += 1", 20.0).nodes > work("for y in x:\n    y += 1", 2.0).nodes


def test_what_is_defined_inside_is_not_run_by_the_definition():
    assert work("def g():\n    for y in x:\n        h(y)").calls == {}


def test_a_range_without_end_stays_finite():
    assert work(f"for y in range({10**30}):\n    for z in range({10**30}):\n        g(z)").nodes <= 1e12
