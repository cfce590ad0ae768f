"""Generated questions to texts: one question with a tuple gives what many gave."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.prefix_tuple import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

BEFORE = """\
PAIR = ("a", "b")
MIXED = ("a", 1)
LIST = ["b", "ab", ""]
NONE = ()


class Own(str):
    def startswith(self, *given):
        print("asked", given)
        return len(given)


class Odd:
    def startswith(self, given):
        print("odd", given)
        return [given] if given == "b" else 0


"""
TEXTS = ("s", "s", "t", "u")
SOUGHT = ('"a"', '"b"', '"ab"', '""', '("a", "b")', '("b",)', '"\\n"')
UNSURE = ("1", "k", '"a", 1', '("a", 1)', '("a", k)', "()")
OVER = ("PAIR", "known", "('a', 'b')", "['ab']", "{'a', 'ab'}", "own", "('',)")
UNSURE_OVER = ("LIST", "MIXED", "NONE", "s", "k", "[s, 'a']", "('a', 1)", "()", "more")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    text, method = draw(st.sampled_from(TEXTS)), draw(st.sampled_from(["startswith", "endswith"]))
    if draw(st.booleans()):
        sought = draw(st.lists(st.sampled_from(SOUGHT), min_size=3, max_size=4))
        sought += draw(st.lists(st.sampled_from(UNSURE), max_size=1)) if draw(st.booleans()) else []
        parts = [f"{text}.{method}({one})" for one in sought]
        parts = draw(st.permutations([*parts, *draw(st.lists(st.sampled_from(["k", "not s", "s == 1"]), max_size=1))]))
        asked = " or ".join(parts) if draw(st.integers(0, 3)) else f"[{' or '.join(parts)}, not ({' or '.join(parts)})]"
    else:
        over = draw(st.sampled_from(OVER if draw(st.integers(0, 4)) else UNSURE_OVER))
        asked = f"any({text}.{method}(p) for p in {over})"
    lines = ["t = f'{s}|'.strip('|')", "known = ['a', 'b']", "own = {str(one) for one in (k, 1)}", "more = [*known, s]"]
    lines += draw(st.sampled_from([[], ["u = t.lower()"], ["if k:", "    u = s"]]))
    body = textwrap.indent("\n".join([*lines, f"return {asked}"]), "    ")
    values = ("'abc'", "''", "'b\\n'", "Own('ab')", "Odd()", "b'ab'", "None", "1", "'xyz'", "'cab'")
    given = draw(st.lists(st.tuples(st.sampled_from(values), st.sampled_from(["0", "'b'"])), min_size=1, max_size=3))
    return Program(f"{BEFORE}def run(s, k):\n{body}\n", tuple(f"run({', '.join(one)})" for one in given))


def test_one_question_gives_what_many_gave() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_one_question_gives_what_many_gave_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
