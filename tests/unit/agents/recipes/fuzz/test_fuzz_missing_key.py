"""Generated lookups with defaults: what `get` gives is what was caught and given."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.model import Patch
from agents.recipes._base import Choice, Site
from agents.recipes.missing_key import RECIPE, MissingKey
from agents.recipes.project import Module, Project
from tests.fakes.recipe_fuzzing import Program, differential


class ForAllKeys(MissingKey):
    """The recipe where keys of all kinds were seen."""

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        del choice
        kinds = tuple((name, 1) for name in ("bool", "bytes", "float", "int", "str"))
        return RECIPE.rewrite(site, Choice(expected_share=0.1, evidence="", parameters=kinds), module, project)


BEFORE = """\
nan = float("nan")
TABLE = {1: "one", "a": None, nan: 3}


class Loud(dict):
    def __getitem__(self, key):
        print("asked", key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        print("got", key)
        return 7


class Filling(dict):
    def __missing__(self, key):
        self[key] = 1
        return 5


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        if self.n == 1:
            raise KeyError("no hash")
        return hash(self.n)

    def __eq__(self, other):
        print("eq", self.n)
        return self.n == other

    def __repr__(self):
        return f"Key({self.n})"


"""
TABLES = ("d", "d", "own", "TABLE", "made")
KEYS = ("k", "k", "x", "1", "'a'", "True")
DEFAULTS = ("None", "0", "-1", "[]", "{}", "x", "'text'", "v", "()", "k")
UNSURE_TABLES = ("d.copy()", "lists", "TABLE2", "v")
UNSURE_KEYS = ("k, 1", "k + 1", "print(k)", "None", "later")
UNSURE_DEFAULTS = ("print(1)", "[x]", "later", "TABLE2", "d[1]")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    def one(likely: tuple[str, ...], unsure: tuple[str, ...]) -> str:
        return draw(st.sampled_from(likely if draw(st.integers(0, 7)) else unsure))

    lookup, default = f"{one(TABLES, UNSURE_TABLES)}[{one(KEYS, UNSURE_KEYS)}]", one(DEFAULTS, UNSURE_DEFAULTS)
    caught = one(("KeyError",), ("LookupError", "(KeyError, TypeError)", "KeyError as e", "TypeError"))
    forms = (
        f"try:\n    v = {lookup}\nexcept {caught}:\n    v = {default}\nout.append(v)",
        f"try:\n    v = {lookup}  # there\nexcept {caught}:\n    # not there\n    v = {default}\nout.append(v)",
        f"try:\n    d = {lookup}\nexcept {caught}:\n    d = {default}\nreturn [d, own]",
        f"if x == 3:\n    try:\n        return {lookup}\n    except {caught}:\n        return {default}",
        f"try:\n    return {lookup}\nexcept {caught}:\n    return {default}",
        f"try:\n    v = {lookup}\nexcept {caught}:\n    v = {default}\nout.append(v)\nprint(v)",
    )
    lines = ["out, v = [], 0", "own, lists = {1: 2}, [1]", "made = {y: 1 for y in (k, 'b')}", "for x in (1, 'a', 3):"]
    body = "\n".join([*lines, textwrap.indent(draw(st.sampled_from(forms)), "    "), "later = 1", "return out, d"])
    tables = ("{}", "{1: 2, 'a': [3]}", "Loud({1: 2})", "Filling()", "None", "[1, 2]", "{2: 2.5}", "{1.0: -0.0}")
    keys = ("1", "'a'", "0", "None", "nan", "Key(1)", "Key(2)", "2.0", "b'a'", "False", "(1, 2)", "[1]", "'zz'")
    given = draw(st.lists(st.tuples(st.sampled_from(tables), st.sampled_from(keys)), min_size=1, max_size=3))
    return Program(
        f"{BEFORE}def run(d, k):\n{textwrap.indent(body, '    ')}\n", tuple(f"run({d}, {k})" for d, k in given)
    )


def test_get_gives_what_was_caught_and_given() -> None:
    assert differential(ForAllKeys(), programs(), cases=16).applied


@pytest.mark.slow
def test_get_gives_what_was_caught_and_given_in_thousands_of_programs() -> None:
    tally = differential(ForAllKeys(), programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
