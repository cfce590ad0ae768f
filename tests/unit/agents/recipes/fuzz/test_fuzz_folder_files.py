"""Generated listings of folders with links and odd entries: what the folder says is what asking said."""

import pytest
from hypothesis import strategies as st

from agents.recipes.folder_files import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

PLAIN = (
    "return sorted([n for n in os.listdir(d) if os.path.isfile(os.path.join(d, n))])",
    "return sorted({os.path.join(d, n) for n in os.listdir(d) if os.path.isdir(os.path.join(d, n))})",
    "return sorted([n.upper() for n in os.listdir(d) if not os.path.isdir(os.path.join(d, n))])",
    "return sorted([n for n in os.listdir(d) if n[:1] > 'b' and os.path.isfile(os.path.join(d, n))])",
    "j = os.path.join\n    return [[n for n in os.listdir(d) if os.path.isfile(os.path.join(d, n))][:0], len(d)]",
    "return len([n for n in os.listdir(d) if os.path.isdir(os.path.join(d, n)) or n.endswith('t')])",
    "return len([n for n in os.listdir(d) if os.path.isfile(os.path.join(d, n)) if n])",
)
REFUSED = (
    "return sorted(n for n in os.listdir(d) if os.path.isfile(os.path.join(d, n)))",
    "return sorted([n for n in os.listdir(d) if os.path.isfile(n)])",
    "return sorted([n for n in os.listdir(d) if os.path.isfile(os.path.join('/', n))])",
    "return sorted([gone(d, n) for n in sorted(os.listdir(d)) if os.path.isfile(os.path.join(d, n))])",
    "return sorted([gone(d, n) for n in os.listdir(d) if os.path.isfile(os.path.join(d, n))])",
    "return sorted([n for n in os.listdir(d) if os.path.exists(os.path.join(d, n))])",
)
HEAD = """\
import os
import pathlib
import tempfile


def gone(d, n):
    if os.path.isfile(os.path.join(d, "last")):
        os.remove(os.path.join(d, "last"))
    return n


def listed(d):
    {body}


def run(made, given):
    with tempfile.TemporaryDirectory() as top:
        os.symlink(os.path.join(top, "loop"), os.path.join(top, "loop"))
        for name in made:
            path = os.path.join(top, name)
            if name[0] == "d":
                os.mkdir(path)
            elif name[0] == "p":
                os.mkfifo(path)
            elif name[0] == "s":
                os.symlink(made[0] if len(made) > 1 else "nothing", path)
            else:
                open(path, "w").close()
        try:
            found = listed(given(top))
        except Exception as error:
            found = type(error), str(error)
        return str(found).replace(os.path.basename(top), "top").replace(os.path.basename(top).upper(), "TOP")
"""
NAMES = ("a", "b.txt", "c-\u00e9", "d1", "d2", "p1", "s1", "s2", "last", ".hid")
GIVEN = ("str", "str", "pathlib.Path", "lambda d: d + '//'", "os.fsencode", "lambda d: d + 'x'")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    body = draw(st.sampled_from(REFUSED if draw(st.integers(0, 4)) == 4 else PLAIN))
    made = draw(st.lists(st.sampled_from(NAMES), max_size=5, unique=True))
    call = f"run({made!r}, {draw(st.sampled_from(GIVEN))})"
    return Program(HEAD.replace("{body}", body), (call,))


def test_a_folder_says_of_its_entries_what_asking_for_each_said() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_folder_says_of_its_entries_what_asking_for_each_said_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
