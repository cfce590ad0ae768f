"""Generated methods that build the text of an attribute: joining its pieces gives the same, however the loop ends."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.attribute_text import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

STARTS = ('self.text = ""', "self.text = f'<{len(rows)}>'", 'self.text = "a"\nlines = []', 'self.text = "-".join("ab")')
PIECES = ("f'{row},'", "'x' + 'y'", "('a'\n    'b')", "'%s;' % (len(rows),)", "'-' * 2", "repr(7)", "f'{row!r}' + '.'")
BODIES = (
    "self.text += {}",
    "self.text += {}\nif row == 1:\n    break",
    "if row == 2:\n    raise ValueError(row)\nself.text += {}",
    "if row == 2:\n    return row\nself.text += {}\nprint(row)",
    "# a piece\nself.text += {}  # more\n\nself.text += 'z'",
    "for part in 'ab':\n    if part != row:\n        self.text += {}",
    "self.text += {}\nif 1 // row:\n    continue\nself.text += '!'",
)
HOSTILE_PIECES = ("row", "rows", "self.text", "str(row)", "f'{row}'", "f'{self.text}.'", "self.other")
HOSTILE_BODIES = (
    "self.text += {}\nprint(self.text)",
    "self.text += {}\nself.look()",
    "self.text += {}\nself.text = 'new'",
    "self.text += {}\nself.other.append(1)\nother = self\nother.look()",
)
HOSTILE_STARTS = (
    "self.text = rows",
    "pass",
    'self.text = ""\nself.look()\nself.text = []',
    'self.text = "a"\nother = self',
)
LOOPS = ("for row in rows:", "for row in list(rows):", "for row in rows or [3]:")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    is_mild = draw(st.integers(0, 3)) > 0
    piece = draw(st.sampled_from(PIECES if is_mild else (*PIECES, *HOSTILE_PIECES)))
    body = draw(st.sampled_from(BODIES if is_mild else (*BODIES, *HOSTILE_BODIES))).replace("{}", piece)
    start = draw(st.sampled_from(STARTS if is_mild else (*STARTS, *HOSTILE_STARTS)))
    loop = f"{draw(st.sampled_from(LOOPS))}\n{textwrap.indent(body, '    ')}"
    method = textwrap.indent(
        f"def add(self, rows):\n{textwrap.indent(f'{start}{chr(10)}{loop}', '    ')}\n    return 'done'", "    "
    )
    rows = draw(
        st.lists(st.lists(st.integers(0, 3) | st.sampled_from(["a", None]), max_size=5), min_size=1, max_size=2)
    )
    return Program(f"{HEAD}{method}\n\n\n{TAIL}", tuple(f"run({one!r})" for one in rows))


HEAD = """\
class Report:
    def __init__(self):
        self.text = "old"
        self.other = []

    def look(self):
        print(self.text)

"""
TAIL = """\
def run(rows):
    report = Report()
    try:
        print(report.add(rows))
    except Exception as error:
        print(type(error), error)
    return report.text, report.other
"""


def test_joining_the_pieces_does_what_adding_them_did() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_joining_the_pieces_does_what_adding_them_did_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
