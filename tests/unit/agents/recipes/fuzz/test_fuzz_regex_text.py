"""Generated uses of plain patterns: a method of str does what `re` did, and what is no str still goes to `re`."""

import pytest
from hypothesis import strategies as st

from agents.recipes.regex_text import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

LETTERS = "ab-_.^$[]\\|*+?{}()&~ \n#x"
PLAIN = (
    "a",
    "ab",
    "[ab]",
    "[-_.]",
    "[a-]",
    r"\.",
    r"\-a",
    "^a",
    r"\Aab",
    "[.]",
    "a b",
    r"[\]\\]",
    "^[a]",
    r"\n",
    "[ab.]",
)
USES = (
    "re.sub({p}, {n}, s)",
    "C.sub({n}, s)",
    "re.sub('[b_]', '', s)",
    "re.sub('ab', {n}, s)",
    "re.sub({p}, {n}, f'{s}.')",
    "'yes' if re.match({p}, s) else 'no'",
    "not C.search(s)",
    "bool(s) and 1 if re.fullmatch({p}, s) or C.match(s) else 2",
    "[x for x in [s, 'ab', ''] if re.search({p}, x)]",
    "re.sub({p}, {n}, re.sub('b', 'a', s)).upper()",
)
OUTSIDE = (
    "C.match(s)",
    "re.sub({p}, {n}, s, 1)",
    "re.findall({p}, s)",
    "re.sub({p}, lambda m: 'z', s)",
    "C.search(s, 1)",
)
TEXTS = (
    "''",
    "'a'",
    "'ab-a_b.'",
    "'b\\na'",
    "'^a['",
    "None",
    "b'ab'",
    "7",
    "Text('ab')",
    "Text('xa')",
    "'a\\n'",
    "'a\\\\]-'",
)

texts = st.text(LETTERS, max_size=4)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    pattern = draw(st.sampled_from(PLAIN) if draw(st.integers(0, 7)) < 7 else texts)
    new = draw(
        st.sampled_from(["", "-", "x", "aa", "ba", ".", "\\\\", "\\g<0>"]) if draw(st.integers(0, 1)) else st.just("-")
    )
    uses = draw(st.lists(st.sampled_from(USES if draw(st.integers(0, 3)) < 3 else OUTSIDE), min_size=2, max_size=3))
    returned = ", ".join(uses).replace("{p}", repr(pattern)).replace("{n}", repr(new))
    source = f"{HEAD}try:\n    C = re.compile({pattern!r})\nexcept re.error:\n    C = re.compile('')\n"
    source = source if draw(st.integers(0, 5)) == 5 else f"{HEAD}C = re.compile({pattern!r})\n"
    given = draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4))
    return Program(f"{source}\n\ndef run(s):\n    return {returned}\n", tuple(f"run({one})" for one in given))


HEAD = """\
import re


class Text(str):
    def replace(self, *given):
        return "own"

    def startswith(self, *given):
        return False

    def __contains__(self, other):
        return False


"""


def test_a_method_of_str_does_what_the_pattern_did() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_method_of_str_does_what_the_pattern_did_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
