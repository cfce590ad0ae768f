"""Generated functions behind caches that keep everything: with room for one result they give what they gave."""

import pytest
from hypothesis import strategies as st

from agents.model import Patch
from agents.recipes._base import Choice, Site
from agents.recipes.bounded_cache import RECIPE, BoundedCache
from agents.recipes.project import Module, Project
from tests.fakes.recipe_fuzzing import Program, differential


class WithRoomForOne(BoundedCache):
    """The recipe at its worst: nearly every hit becomes a miss."""

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        del choice
        return RECIPE.rewrite(
            site, Choice(expected_share=0.1, evidence="", parameters=((".size", 1),)), module, project
        )


DECORATORS = ("cache", "lru_cache(maxsize=None)", "lru_cache(None)", "functools.cache", "lru_cache(None, typed=True)")
PURE = (
    "return text.upper() * number",
    "parts = [word.title() for word in text.split()]\n    return ' '.join(parts[:number])",
    "if number > 2:\n        raise ValueError(text)\n    return (text, number)",
    "found = 0\n    for letter in text:\n        found += TABLE.get(letter, number)\n    return found",
    "return helper(text) + number",
    "return text[number]",
    "return f'{text!r}:{number:>3}'",
    "return text in PLACES and number == 1",
)
IMPURE = (
    "LOG.append(text)\n    return len(LOG)",
    "print(text)\n    return number",
    "return [text] * number",
    "return object() is None or text",
    "return text if number < 1 else f(text[1:], number - 1) + '!'",
    "global COUNT\n    COUNT += 1\n    return COUNT",
    "return STATE['x'] + number",
    "return (x for x in text)",
)
TOP = """\
import functools
from functools import cache, lru_cache

TABLE = {"a": 1, "b": 2}
PLACES = frozenset({"a", "ab"})
LOG, STATE, COUNT = [], {"x": 0}, 0


def helper(text):
    return len(text.strip())


def change():
    STATE["x"] += 1


"""
SIGNATURES = ("text: str, number: int", "text: str, number: int = 1", "text: 'str', *, number: int = 2")
ODD = ("text, number", "text: str, number=1", "text: str, number: object = 1", "*text: str, number: int = 1")
CALLS = st.one_of(
    st.tuples(st.sampled_from(["'a'", "'ab c'", "''", "'  b'"]), st.integers(-1, 3)).map(
        lambda pair: f"f({pair[0]}, number={pair[1]})"
    ),
    st.sampled_from(
        ["f([])", "f()", "change()", "f.cache_clear()", "f('a')", "f.__wrapped__('a', number=1)", "f.__name__"]
    ),
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    is_hostile = draw(st.integers(0, 4)) == 0
    signature = draw(st.sampled_from(SIGNATURES))
    body = draw(st.sampled_from(IMPURE if is_hostile else PURE))
    if draw(st.integers(0, 9)) == 0:
        signature = draw(st.sampled_from(ODD))
    source = f"{TOP}@{draw(st.sampled_from(DECORATORS))}\ndef f({signature}):\n    {body}\n"
    if draw(st.integers(0, 9)) == 0:
        source += "\n\ndef told():\n    return f.cache_info()\n"
    return Program(source, tuple(draw(st.lists(CALLS, min_size=2, max_size=6))))


def test_a_cache_with_room_for_one_gives_what_it_gave() -> None:
    assert differential(WithRoomForOne(), programs(), cases=16).applied


@pytest.mark.slow
def test_thousands_of_caches_with_room_for_one_give_what_they_gave() -> None:
    tally = differential(WithRoomForOne(), programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
