"""Generated readers of files: stepping through a file does what stepping through its lines did."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.file_lines import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

MODES = ("", ", 'r'", ", 'rb'", ", encoding='utf-8'", ", encoding='latin-1'", ", errors='replace'", ", newline=''")
WHOLE = (
    "for line in f.readlines():\n    found.append(line)",
    "for line in f.readlines():\n    n = n + int(line)",
    "for number, line in zip(range(9), f):\n    seen[line] = number\nfor line in f.readlines():\n    n = n + 1",
    "f.readline()\nfor line in f.readlines():\n    seen[line.strip()] = len(line)",
    "found = [line for line in f.readlines() if line.strip()]",
    "seen = {line: len(line) for line in f.readlines()}",
    "n = sum(1 for line in f.readlines())",
    "for line in f.readlines():\n    if len(line) > 3:\n        continue\n    found.append(line)",
)
PARTS = (
    "for line in f.readlines():\n    found.append(line)\n    if len(line) > 2:\n        break",
    "found.append(any(len(line) > 2 for line in f.readlines()))",
    "for line in f.readlines():\n    if len(found) > 1:\n        return found\n    found.append(line)",
)
HOSTILE = (
    "for line in f.readlines():\n    print(line)",
    "for line in f.readlines():\n    found.append(f.tell())",
    "for line in f.readlines():\n    change(path)\n    found.append(line)",
    "for line in f.readlines():\n    kept.append(line)",
    "kept.append(found)\nfor line in f.readlines():\n    found.append(line)",
    "for line in f.readlines():\n    found.append(line)\nfound.append(f.read())",
    "try:\n    for line in f.readlines():\n        found.append(line)\nexcept ValueError:\n    pass",
    "for line in f.read().splitlines():\n    found.append(line)",
    "g = (line for line in f.readlines())\nfound.append(list(g))",
    "for line in f.readlines():\n    found.append(line)\n    f.close()",
)
CONTENTS = (
    b"",
    b"1\n2\n3",
    b"a\r\nb\rc\n",
    b"x\x0by\n\x85z\n",
    b"1234567\n" * 1100 + b"\xff\xfe\n",
    b"aaaa\n\xff\n",
    b"1\n\n22\n",
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    chosen = 5 - draw(st.integers(0, 5))
    part = draw(st.sampled_from(HOSTILE if chosen == 0 else PARTS if chosen == 1 else WHOLE))
    opened = f"with open(path{draw(st.sampled_from(MODES))}) as f:\n{textwrap.indent(part, '    ')}"
    body = f"n, found, seen = 0, [], {{}}\n{opened}\nreturn n, found, seen"
    given = draw(st.lists(st.sampled_from(CONTENTS), min_size=1, max_size=2))
    calls = tuple(
        f"run(file({one!r}))" if len(one) < 99 else f"run(file({one[:8]!r} * 1100 + {one[-3:]!r}))" for one in given
    )
    source = f"{HEAD}def run_it(path):\n{textwrap.indent(body, '    ')}\n\n\n{TAIL}"
    return Program(source, calls)


HEAD = """\
import os
import tempfile

kept = []


def file(content):
    number, path = tempfile.mkstemp()
    os.write(number, content)
    os.close(number)
    return [path]


def change(path):
    with open(path, "w") as other:
        other.write("changed")


"""
TAIL = """\
def run(paths):
    try:
        result = run_it(paths[0])
    except Exception as error:
        result = type(error), error.args
    os.unlink(paths.pop())
    return result, kept
"""


def test_stepping_through_a_file_does_what_stepping_through_its_lines_did() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_stepping_through_a_file_does_what_stepping_through_its_lines_did_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
