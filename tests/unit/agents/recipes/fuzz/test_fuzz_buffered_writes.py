"""Generated writers of files: a file that gathers its pieces holds what one did that sent each of them off."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.buffered_writes import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

MODES = ("'w'", "'a'", "'a', 1", "'w', buffering=1, newline=''", "'w', encoding='utf-16'", "'wt', errors='replace'")
BLIND = (
    "for row in rows:\n    f.write(row)\n    f.flush()",
    "for row in rows:\n    n += 1\n    print(n, row, sep=';', file=f, flush=True)",
    "for row in rows:\n    if row:\n        f.write(row.upper())\n        f.flush()\n        continue\n    n += 1",
    "f.write('head\\n')\nfor row in sorted(rows):\n    f.writelines([row, '\\n'])\n    f.flush()\nf.write('end')",
    "for row in rows:\n    n = f.write(row + '\\n')\n    found.append(n)\n    f.flush()",
    "for row in rows:\n    f.write(cut(row))\n    f.flush()\n    if row == 'stop':\n        return n",
    "for row in rows:\n    f.write(row)\n    f.flush()\n    if len(row) > 6:\n        raise ValueError(row)",
    "while len(found) < 5:\n    found.append(n)\n    f.write('line\\n')\n    f.flush()",
)
HOSTILE = (
    "for row in rows:\n    f.write(row)\n    f.flush()\n    found.append(text(path))",
    "for row in rows:\n    f.write(row)\n    f.flush()\n    print(row)",
    "for row in rows:\n    f.write(row)\n    f.flush()\n    found.append(f.tell())",
    "for row in rows:\n    f.write(row)\n    f.flush()\n    kept.append(row)",
    "for row in watched(path, rows):\n    f.write(row)\n    f.flush()",
    "for row in (str(len(text(path))) + row for row in rows):\n    f.write(row)\n    f.flush()",
    "for row in rows:\n    with open(path) as g:\n        f.write(g.read() + row)\n        f.flush()",
    "for row in rows:\n    other = f\n    other.write(row)\n    f.flush()",
)
HEAD = """\
import os
import tempfile

kept = []


def text(path):
    with open(path, "rb") as read:
        return read.read()


def cut(row):
    return f"{row[:3]}\\n"


"""
WATCHED = """\
def watched(path, rows):
    for row in rows:
        yield f"{row}{len(text(path))}"


"""
TAIL = """\
def run(rows):
    number, path = tempfile.mkstemp()
    os.close(number)
    try:
        result = run_it(path, rows)
    except Exception as error:
        result = type(error), error.args
    written = text(path)
    os.unlink(path)
    return result, written, kept
"""
ROWS = st.lists(st.sampled_from(["a", "", "bcd\n", "stop", "longer row", "\u20ac"]), max_size=6)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    is_hostile = draw(st.integers(0, 5)) == 5
    part = draw(st.sampled_from(HOSTILE if is_hostile else BLIND))
    opened = f"with open(path, {draw(st.sampled_from(MODES))}) as f:\n{textwrap.indent(part, '    ')}"
    body = f"n, found = 0, []\n{opened}\nreturn n, found"
    head = HEAD + (WATCHED if "watched" in part else "")
    source = f"{head}def run_it(path, rows):\n{textwrap.indent(body, '    ')}\n\n\n{TAIL}"
    return Program(source, tuple(f"run({rows!r})" for rows in draw(st.lists(ROWS, min_size=1, max_size=2))))


def test_a_file_that_gathers_its_pieces_holds_what_it_did() -> None:
    assert differential(RECIPE, programs(), cases=12).applied


@pytest.mark.slow
def test_a_file_that_gathers_its_pieces_holds_what_it_did_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
