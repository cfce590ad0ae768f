"""Generated texts, dates or nearly: read directly or by the format, they give the same date or the same error."""

import pytest
from hypothesis import strategies as st

from agents.recipes.iso_dates import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
OTHERS = ("%d.%m.%Y", "%Y-%m-%dT%H:%M", "%Y%m%d")
READER = """\
class Reader:
    def read(self, text):
        return {dt}.strptime(text, {form!r}), self.n(text)

    def n(self, text):
        return {dt}.strptime(text, {form!r}).year


def run(text):
    return Reader().read(text)
"""
FUNCTIONS = (
    "def run(text):\n    return {dt}.strptime(text, {form!r})\n",
    "def run(text):\n    return [{dt}.strptime(one, {form!r}).date() for one in (text, text)]\n",
    READER,
)
HEAD = "class Text(str):\n    def __getitem__(self, at):\n        return '-'\n\n\n"
ODD = (
    "2024-W01-1", "2024-1-5", "20240105", "2024-02-30", "0000-01-01", "2024-01-05T24:00:00", "2024-01-05 24:00:00",
    "2024-01-05 23:59:60", "2024-01-05 23:59:61", "2024-01-05 1:02:03Z", "2024-01- 5", "\u0662024-01-05",
    "2024-01-05 10:00:+1", "2024-01-05T10:00:00\n", "2024-01-05t10:00:00", " 2024-01-5", "2024-+1-05", "",
)  # fmt: skip
PIECES = st.sampled_from(("-", ":", " ", "T", "0", "1", "2", "9", "W", "Z", "+", ".", "\u0663"))


@st.composite
def texts(draw: st.DrawFn) -> str:
    kind = draw(st.integers(0, 5))
    if kind == 5:
        return draw(st.sampled_from(ODD))
    moment = draw(st.datetimes())
    text = moment.strftime(draw(st.sampled_from(FORMATS))) if moment.year > 999 else "0999-12-31"
    if kind in (3, 4):
        at = draw(st.integers(0, len(text) - 1))
        text = text[:at] + draw(PIECES) + text[at + draw(st.integers(0, 1)) :]
    return text


@st.composite
def programs(draw: st.DrawFn) -> Program:
    imported, dt = draw(
        st.sampled_from((("from datetime import datetime", "datetime"), ("import datetime as d", "d.datetime")))
    )
    form = draw(st.sampled_from(OTHERS if draw(st.integers(0, 6)) == 6 else FORMATS))
    function = draw(st.sampled_from(FUNCTIONS)).format(dt=dt, form=form)
    given = [repr(text) for text in draw(st.lists(texts(), min_size=1, max_size=4))]
    given += draw(st.lists(st.sampled_from(("None", "b'2024-01-05'", "Text('2024-01-05')")), max_size=1))
    return Program(f"{imported}\n\n\n{HEAD}{function}", tuple(f"run({one})" for one in given))


def test_a_text_read_directly_gives_the_date_or_error_of_the_format() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_text_read_directly_gives_the_date_or_error_of_the_format_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
