"""Generated searches in loops: an index finds what they found, in elements and for keys of any kind."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.dict_index import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

SOURCE = """\
from collections import defaultdict

nan = float("nan")


class Point:
    def __init__(self, *key):
        if key:
            self.key = key[0]


class Odd:
    def __repr__(self):
        return "Odd()"

    def __eq__(self, other):
        return other in ("a", 1)


class Row(dict):
    def __missing__(self, name):
        self[name] = "a"
        return "a"


"""
SEARCHES = (
    "for w in wanted:\n    out.append(next((r for r in rows if r['id'] == w), None))",
    "for w in wanted:\n    out.append(next((r for r in rows if w == r['id']), 7))",
    "out.append([next((r for r in rows if r['id'] == w), None) for w in wanted])",
    "for w in wanted:\n    for r in rows:\n        if r['id'] == w:\n            out.append(r)\n            break",
    "for w in wanted:\n    for r in rows:\n        if w == r['id']:\n            break\n    else:\n        print(w)",
    "for w in wanted:\n    out.append(next((p for p in points if p.key == w), None) is None)",
    "for w in wanted:\n    for p in points:\n        if p.key == w:\n            out.append(p.key)\n            break",
)
HOSTILE = (
    "for w in wanted:\n    r = next((r for r in rows if r['id'] == w), None)\n    rows.append({'id': w})",
    "for w in wanted:\n    r = next((r for r in rows if r['id'] == w), None)\n    if r:\n        r['id'] = 'b'",
    "for w in wanted:\n    out.append(next((r for r in rows if r['id'] != w), None))",
    "for w in wanted:\n    out.append(next((p for p in points if p.key == w), None) is None)\n    points.pop()",
)
PLAIN = ("'a'", "'b'", "'c'", "'a'", "'d'")
ANY = (*PLAIN, "1", "1.0", "True", "nan", "None", "[]", "('a',)", "Odd()")
ROWS = ("{'id': %s}", "{'id': %s, 'v': 1}")
ODD_ROWS = (*ROWS, "Row(id=%s)", "Row(v=%s)", "{'v': %s}", "defaultdict(str, v=%s)", "defaultdict(str, id=%s)")


def lists(draw: st.DrawFn, rows: tuple[str, ...], keys: tuple[str, ...]) -> str:
    made = draw(st.lists(st.tuples(st.sampled_from(rows), st.sampled_from(keys)), max_size=5))
    written = ", ".join(row % key if "%s" in row else row for row, key in made)
    return draw(st.sampled_from(["[%s]", "[%s]", "[%s]", "iter([%s])", "tuple([%s])"])) % written


@st.composite
def programs(draw: st.DrawFn) -> Program:
    parts = draw(st.lists(st.sampled_from(SEARCHES), min_size=1, max_size=2, unique=True))
    if draw(st.integers(0, 3)) == 0:
        parts.insert(draw(st.integers(0, len(parts))), draw(st.sampled_from(HOSTILE)))
    keys = draw(st.sampled_from([PLAIN, ANY]))
    calls = []
    for _ in range(draw(st.integers(1, 3))):
        rows = lists(draw, draw(st.sampled_from([ROWS, ODD_ROWS])), keys)
        points = lists(draw, draw(st.sampled_from([("Point(%s)",), ("Point(%s)", "Point()")])), keys)
        wanted = ", ".join(draw(st.lists(st.sampled_from(keys), max_size=4)))
        calls.append(f"run({rows}, {points}, [{wanted}])")
    body = "\n".join(["out = []", *parts, "return out"])
    return Program(f"{SOURCE}def run(rows, points, wanted):\n{textwrap.indent(body, '    ')}\n", tuple(calls))


def test_an_index_finds_what_the_search_found() -> None:
    assert differential(RECIPE, programs(), cases=20).applied


@pytest.mark.slow
def test_an_index_finds_what_the_search_found_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
