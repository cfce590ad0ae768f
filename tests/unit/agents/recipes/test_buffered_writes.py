"""A file gathers what is written to it only where nobody in the program could see how far the writing is."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.buffered_writes import RECIPE
from tests.fakes.recipe_programs import (
    assert_examples_hold,
    expression_facts,
    facts_of,
    profile_of,
    reason_of,
    rewritten,
    sites_of,
)

SAVE = """\
def save(path, rows, other):
    with open(path, "w") as f:
        for row in rows:
            f.write(row)
            f.flush()
"""
NESTED = """\
def save(path, name):
    OUTER:
        with open(path, "w") as f:
            for row in rows:
                f.write(row)
                f.flush()
"""


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@pytest.mark.parametrize(
    ("before", "because"),
    [
        (SAVE.replace("open(path", "other.open(path"), "no file of the builtin"),
        (SAVE.replace("def save(path", "def save(path, open"), "open is not the builtin"),
        (SAVE.replace('"w"', "other"), "the mode is not known"),
        (SAVE.replace('"w"', '"w+"'), "the file may be read"),
        (SAVE.replace('"w"', '"r+"'), "the file may be read"),
        (SAVE.replace('"w"', '"w", opener=other'), "what opens it is not known"),
        (SAVE.replace("open(path, ", "open(path, *other, "), "the mode is not known"),
        (SAVE.replace("f.flush()", "f.flush()\n            other(row)"), "what is called may read the file"),
        (SAVE.replace("f.flush()", "f.flush()\n            other.seen = row"), "an object is changed"),
        (SAVE.replace("f.flush()", "f.flush()\n            other[row] = row"), "an object is changed"),
        (SAVE.replace("f.flush()", "f.flush()\n            yield row"), "anything may run between two rows"),
        (SAVE.replace("f.flush()", "f.flush()\n            input()"), "somebody may look meanwhile"),
        (SAVE.replace("f.write(row)", "other.write(f.write(row))"), "another file may be the same one"),
        (SAVE.replace("f.write(row)", "print(row, file=f)\n            print(row, file=other)"), "the same"),
        (SAVE.replace("f.write(row)", "f.write(row)\n            print(row)"), "standard output may be the file"),
        (SAVE.replace("f.flush()", "f.flush()\n            f.truncate()"), "it is used otherwise"),
        (SAVE.replace("f.flush()", "f.flush()\n            g = f"), "another name for the file"),
        (SAVE + "    f.flush()\n", "the file is used after it is closed"),
        (SAVE.replace("as f:", "as f, other:"), "something else is entered"),
        (SAVE.replace("as f:", "as f, open(path) as g:"), "another file is open"),
        (SAVE.replace("in rows", "in open(path)"), "the rows are read from a file"),
        (SAVE.replace("    with", "    rows = other()\n    with"), "where the rows come from is not known"),
        (
            NESTED.replace("OUTER", "with open(name) as rows"),
            "the rows are read from a file",
        ),
        (
            NESTED.replace("OUTER", "for rows in [open(name)]"),
            "the rows are read from a file",
        ),
        (SAVE + "\n\nlater = (len(open('x').read()) for _ in 'x')\n", "the rows may look at the file"),
        (
            SAVE + "\n\nclass Rows:\n    def __next__(self):\n        return self.path.read_text()\n",
            "the rows may look at the file",
        ),
        (
            SAVE + "\n\nclass Rows:\n    def __iter__(self):\n        return deeper(self)\n\n\n"
            "def deeper(rows):\n    return [rows.path.stat()]\n",
            "the rows may look at the file",
        ),
        (
            SAVE.replace("f.write(row)", "f.write(str(row))")
            + "\n\nclass Row:\n    def __str__(self):\n        with open('x') as g:\n            return g.read()\n",
            "the text of a row may look at the file",
        ),
        (
            SAVE.replace("f.write(row)", "try:\n                f.write(row)").replace(
                "    f.flush()", "        f.flush()\n            except OSError:\n                break"
            ),
            "an error of the disk is caught in the block",
        ),
        (SAVE.replace("f.flush()", "if row:\n                f.flush()"), "the block would become empty"),
        (SAVE.replace("            f.flush()", "        f.flush()"), "it is sent off once"),
        (SAVE.replace("f.flush()", "f.flush()  # for whoever watches"), "a comment says why"),
        (SAVE.replace("f.flush()", "# for whoever watches\n            f.flush()"), "a comment says why"),
        (SAVE.replace("f.flush()", "locals()"), "its frame is read"),
        (SAVE.replace("f.flush()", "sum([f.flush() or 1 for _ in row])"), "the call is part of something else"),
    ],
)
def test_pieces_that_may_be_looked_for_are_sent_off_as_before(before, because):
    assert rewritten(RECIPE, before) is None, because


def test_a_file_that_tests_put_another_in_the_place_of_is_left_alone():
    readers = {"tests/test_app.py": "def test_it(mocker):\n    mocker.patch('builtins.open')\n"}

    assert rewritten(RECIPE, SAVE, readers=readers) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("open(path, 'w', 1)", "open(path, 'w')"),
        ("open(path, mode='a', buffering=1, newline='')", "open(path, mode='a', newline='')"),
        ("open(path, 'wb', buffering=0)", "open(path, 'wb')"),
        ("open(path, 'xb', 0)", "open(path, 'xb')"),
    ],
)
def test_short_buffers_of_the_mode_go(before, after):
    text = SAVE.replace("            f.flush()\n", "").replace('open(path, "w")', before)

    assert rewritten(RECIPE, text) == text.replace(before, after)


@pytest.mark.parametrize(
    "opened", ["open(path, 'w', 0)", "open(path, 'wb', 1)", "open(path, 'w', 2)", "open(path, 'w')"]
)
def test_buffers_that_raise_or_warn_or_are_long_stay(opened):
    text = SAVE.replace("            f.flush()\n", "").replace('open(path, "w")', opened)

    assert rewritten(RECIPE, text) is None


def test_rows_that_are_surely_a_list_may_stand_beside_generators_that_read_files():
    before = SAVE.replace("    with", "    lines = [str(one) for one in range(9)]\n    with").replace(
        "in rows", "in lines"
    )
    before += "\n\ndef follow(path):\n    yield from open(path)\n"

    after = rewritten(RECIPE, before)

    assert after is not None
    assert "flush" not in after


def test_many_pieces_are_chosen_by_the_time_in_their_function():
    (site,) = sites_of(RECIPE, SAVE)
    flushed, rows = (request.id for request in site.requests)
    profile = profile_of({site.key: 0.5})

    def choose(sent, steps):
        seen = expression_facts(flushed, evaluations=sent, types={"NoneType": sent})
        return RECIPE.choose(site, profile, facts_of(seen, expression_facts(rows, types={steps: 1})))

    choice = choose(100_000, "list")

    assert isinstance(choice, Choice)
    assert choice.expected_share > 0.02
    assert "999 pieces" in reason_of(choose(999, "list"))
    assert "read from a file: _io.TextIOWrapper" in reason_of(choose(100_000, "_io.TextIOWrapper"))
    seen = facts_of(expression_facts(flushed, evaluations=5000, types={"NoneType": 5000}))
    assert "not sampled" in reason_of(RECIPE.choose(site, profile_of(), seen))
