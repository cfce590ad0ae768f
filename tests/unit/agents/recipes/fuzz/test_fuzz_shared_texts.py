"""Generated readers of text: keeping equal strings once does what keeping each of them did."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.shared_texts import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

PUTS = (
    "rows.append(kind)",
    "rows.append((name, kind.strip()))",
    "rows.append({'name': name.lower(), 'kind': kind, 'both': f'{kind}{name}'})",
    "found[name] = kind",
    "found[kind] = line[1:]",
    "rows.append(Row(name, kind=kind.replace('a', 'b')))",
    "rows.append([line.split(',')[-1], kind])",
    "kept.last = kind.strip()",
    "found.setdefault(name, []).append(kind.upper())",
    "rows.append('-'.join([name, kind]))",
)
HOSTILE = (
    "rows.append(kind is name)",
    "rows.append(id(kind) == id(name))",
    "_text = len(rows)\nrows.append(kind.strip())\nrows.append(_text)",
    "rows.append(pickle.dumps([kind, kind.strip()]))",
    "rows.append(line)",
)
HEAD = """\
PICKLE
class Text(str):
    def split(self, *how):
        return [Text(one) for one in str.split(self, *how)]

    def strip(self):
        return self

    def __hash__(self):
        return hash(str(self))


class Row:
    def __init__(self, name, kind):
        self.name, self.kind = name, kind

    def __eq__(self, other):
        return (self.name, self.kind) == (other.name, other.kind)

    def __repr__(self):
        return f"Row({self.name!r}, {self.kind!r})"


class Kept:
    last = None


kept = Kept()


def run(lines):
    rows, found = [], {}
    for line in lines:
        name, kind = line.split(",")
PART
    return [repr(one) for one in rows], rows == list(rows), found, kept.last, type(kept.last), list(map(type, rows))
"""
LINES = st.lists(st.sampled_from(["a,b", "a,b", " x , y ", "\u20ac,kind a", "n,kind a", ",", "odd", "A,B"]), max_size=6)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    is_hostile = draw(st.integers(0, 5)) == 5
    parts = [draw(st.sampled_from(PUTS)) for _ in range(draw(st.integers(1, 2)))]
    parts += [draw(st.sampled_from(HOSTILE))] if is_hostile else []
    body = textwrap.indent("\n".join(parts), "        ")
    head = "import pickle\n\n" if "pickle" in body else ""
    source = HEAD.replace("PICKLE\n", head).replace("PART", body)
    calls = []
    for lines in draw(st.lists(LINES, min_size=1, max_size=2)):
        odd = draw(st.booleans())
        calls.append(f"run([Text(one) for one in {lines!r}])" if odd else f"run({lines!r})")
    return Program(source, tuple(calls))


def test_keeping_equal_strings_once_does_what_keeping_each_of_them_did() -> None:
    assert differential(RECIPE, programs(), cases=8).applied


@pytest.mark.slow
def test_keeping_equal_strings_once_does_what_keeping_each_of_them_did_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
