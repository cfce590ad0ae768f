"""Builtin types are asked for first only where they surely are among what the abstract class takes in."""

import builtins
import collections.abc
import numbers
import sys
import typing

import pytest

from agents.recipes._base import Choice, Site
from agents.recipes.isinstance_path import _ALIASES, _FAST, RECIPE
from profiling.facts import Facts
from tests.fakes.recipe_programs import (
    FILE,
    expression_facts,
    facts_of,
    profile_of,
    project_of,
    reason_of,
    rewritten,
    sites_of,
)

PROGRAM = """\
from collections.abc import Sequence


def run(value, other):
    return isinstance(value, (complex, Sequence))
"""
SPECIAL = "__hash__ __len__ __iter__ __contains__ __getitem__ __eq__ __reversed__ __setitem__ __add__ __int__".split()
VALUES = (1, 1.5, 2j, True, "", b"", (), [], {}, set(), frozenset(), None, len, int, range(2), bytearray(), object())


def named(dotted: str) -> type:
    package, _, name = dotted.rpartition(".")
    found: type = getattr(sys.modules[package] if package else builtins, name)
    return found


class Posing:
    """An instance that says it is of another class."""

    def __init__(self, posed: type) -> None:
        self.posed = posed

    @property
    def __class__(self) -> type:
        return self.posed


@pytest.mark.parametrize("abstract", _FAST)
def test_no_value_is_taken_in_by_a_builtin_type_that_its_abstract_class_refuses(abstract: str) -> None:
    assert {collections.abc, numbers} <= {*sys.modules.values()}
    fast = [getattr(builtins, name) for name in _FAST[abstract]]
    odd = [type("Odd", (kind,), {name: None})() for kind in fast if kind is not range for name in SPECIAL]
    for value in (*VALUES, *odd, *map(Posing, fast), Posing(str)):
        assert isinstance(value, (*fast, named(abstract))) is isinstance(value, named(abstract)), type(value)


@pytest.mark.parametrize("alias", _ALIASES)
def test_an_alias_asks_the_class_it_stands_for_of_the_type(alias: str) -> None:
    assert typing
    for value in (*VALUES, Posing(dict), Posing(list), iter([]), {}.keys(), collections.OrderedDict()):
        assert isinstance(value, named(alias)) is issubclass(type(value), named(_ALIASES[alias])), type(value)


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("Sequence))", "list, Sequence))", "somebody has chosen"),
        ("(complex, Sequence)", "other", "don't know what is asked for"),
        ("(complex, Sequence)", "(complex, (str, Sequence))", "a tuple in a tuple is left alone"),
        ("value, other):", "value, list):", "list is another class"),
        ("value, other):", "value, isinstance):", "another function"),
        ("value, (complex", "*value, (complex", "arguments that are not known"),
        ("def run", "def isinstance(*a):\n    return 1\n\n\ndef run", "another function"),
        ("def run", "Sequence = list\n\n\ndef run", "the name is bound twice"),
        ("def run", "globals()['list'] = 1\n\n\ndef run", "names may be bound unseen"),
        ("collections.abc import", "typing import", "an alias among others"),
        ("collections.abc import Sequence", "collections.abc import Iterable as Sequence", "not in the table"),
    ],
)
def test_other_functions_and_other_classes_are_refused(old: str, new: str, because: str) -> None:
    assert old in PROGRAM
    assert "(complex, list, Sequence)" in str(rewritten(RECIPE, PROGRAM))
    assert rewritten(RECIPE, PROGRAM.replace(old, new)) is None, because


def test_a_class_that_a_test_replaces_is_left_alone():
    patched = {"test_app.py": "from unittest import mock\n\nmock.patch('app.Sequence')\n"}
    assert rewritten(RECIPE, PROGRAM, readers=patched) is None


def seen(site: Site, **types: int) -> Facts:
    count = sum(types.values())
    return facts_of(*(expression_facts(one.id, evaluations=count, types=types) for one in site.requests))


def test_the_facts_choose_the_types_that_were_mostly_given():
    (site,) = sites_of(RECIPE, PROGRAM)
    profile, project = profile_of({site.key: 0.5}), project_of(PROGRAM)

    choice = RECIPE.choose(site, profile, seen(site, tuple=3_000_000, list=1_000_000, Row=90_000, str=9))
    assert isinstance(choice, Choice)
    text = RECIPE.rewrite(site, choice, project.modules[FILE], project).apply({FILE: PROGRAM})[FILE]

    assert "(complex, tuple, list, Sequence)" in text
    assert 0.3 < choice.expected_share < 0.4


def test_the_facts_veto_what_is_mostly_something_else():
    (site,) = sites_of(RECIPE, PROGRAM)
    profile = profile_of({site.key: 0.5})

    assert "given Row 90000 times" in reason_of(RECIPE.choose(site, profile, seen(site, Row=90_000, str=9000)))
    assert "999 times" in reason_of(RECIPE.choose(site, profile, seen(site, str=999)))
    assert "nothing to gain" in reason_of(RECIPE.choose(site, profile_of(), seen(site, str=9999)))
    assert "0 times" in reason_of(RECIPE.choose(site, profile, Facts()))


def test_an_alias_pays_for_any_value():
    (site,) = sites_of(RECIPE, "import typing\n\n\ndef run(value):\n    return isinstance(value, typing.Sized)\n")
    choice = RECIPE.choose(site, profile_of({site.key: 0.5}), seen(site, Row=1_000_000))
    assert isinstance(choice, Choice)
    assert choice.parameters == ()
