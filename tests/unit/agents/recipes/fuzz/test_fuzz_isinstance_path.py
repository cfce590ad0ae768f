"""Generated questions for abstract classes: builtin types asked for first change no answer."""

import pytest
from hypothesis import strategies as st

from agents.model import Patch
from agents.recipes._base import Choice, Site
from agents.recipes.isinstance_path import RECIPE, IsinstancePath
from agents.recipes.project import Module, Project
from tests.fakes.recipe_fuzzing import Program, differential


class WithAllTypes(IsinstancePath):
    """The recipe where every builtin type was seen."""

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        del choice
        kinds = "list dict str set frozenset tuple bytes range bytearray int float complex".split()
        every = tuple((name, 1) for name in kinds)
        return RECIPE.rewrite(site, Choice(expected_share=0.1, evidence="", parameters=every), module, project)


BEFORE = """\
import collections.abc
import numbers
import typing
from collections.abc import Mapping, Sequence as Seq, Set, Hashable
from typing import List, Callable, Mapping as TMapping


class Table(dict):
    __hash__ = None
    __iter__ = None


class Text(str):
    __len__ = None


class Rows(Seq):
    def __len__(self):
        return 1

    def __getitem__(self, at):
        raise IndexError(at)


class Posing:
    def __init__(self, posed):
        self.posed = posed

    @property
    def __class__(self):
        if self.posed is None:
            raise ValueError("nobody")
        return self.posed

    def __repr__(self):
        return "posing"


def posing(name):
    return Posing({"dict": dict, "list": list, "int": int, "None": None}[name[1:]]) if name[:1] == "!" else name


class Meta(type):
    def __instancecheck__(cls, value):
        print("asked", type(value).__name__)
        return value == 1


class Odd(metaclass=Meta):
    pass


"""
ABSTRACT = (
    "Mapping",
    "Seq",
    "Set",
    "collections.abc.MutableMapping",
    "collections.abc.MutableSequence",
    "numbers.Number",
    "numbers.Real",
    "numbers.Integral",
)
ALIAS = ("typing.Mapping", "List", "TMapping", "typing.Dict", "Callable", "typing.Sequence", "typing.AbstractSet")
ELSE = ("Hashable", "Rows", "(Mapping, dict)", "typing.Any", "(List, str)", "list[int]", "(Odd, (Set, str))", "k")
VALUES = (
    *("{}", "[]", "()", "''", "b''", "1", "2.5", "True", "None", "set()", "range(2)", "len", "int", "Odd", "2j"),
    *("Table()", "Text('a')", "Rows()", "'!dict'", "'!list'", "'!int'", "'!None'", "{}.keys()"),
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    def asked() -> str:
        way = draw(st.integers(0, 5))
        if way == 0:
            return draw(st.sampled_from(ELSE))
        if way < 3:
            others = draw(st.lists(st.sampled_from(["Odd", "str", "Rows", "complex"]), max_size=2, unique=True))
            return f"({', '.join(draw(st.permutations([*others, draw(st.sampled_from(ABSTRACT))])))},)"
        return draw(st.sampled_from(ABSTRACT + ALIAS))

    value = draw(st.sampled_from(["x", "x", "x", "print('seen') or x", "k.append(1)"]))
    body = [f"isinstance({value}, {asked()})", f"not isinstance(x, {asked()})"]
    calls = draw(st.lists(st.sampled_from(VALUES), min_size=2, max_size=5))
    return Program(
        f"{BEFORE}def run(x, k):\n    x = posing(x) if type(x) is str else x\n    return [{', '.join(body)}]\n",
        tuple(f"run({x}, [])" for x in calls),
    )


def test_no_answer_changes() -> None:
    assert differential(WithAllTypes(), programs(), cases=16).applied


@pytest.mark.slow
def test_no_answer_changes_in_thousands_of_programs() -> None:
    tally = differential(WithAllTypes(), programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
