"""A cache gets a bound only where computing a result again gives the same result."""

from dataclasses import replace

import pytest

from agents.recipes._base import Choice
from agents.recipes.bounded_cache import RECIPE
from profiling.facts import Facts, FunctionFacts
from tests.fakes.recipe_programs import profile_of, reason_of, rewritten, sites_of

CACHED = """\
import functools
import lib

LETTERS = "abc"


@functools.lru_cache(maxsize=None)
def count(text: str, start: "int | None" = None) -> int:
    return text.count(LETTERS[start or 0])
"""


def test_the_bound_stands_in_the_place_of_none():
    assert rewritten(RECIPE, CACHED) == CACHED.replace("maxsize=None", "maxsize=1024")
    assert rewritten(RECIPE, CACHED.replace("maxsize=None", "None, typed=True")) == CACHED.replace(
        "maxsize=None", "1024, typed=True"
    )
    assert rewritten(RECIPE, CACHED.replace("lru_cache(maxsize=None)", "cache")) == CACHED.replace(
        "=None)", "=1024)", 1
    )


def test_an_import_of_cache_goes_where_nobody_else_needs_it():
    text = CACHED.replace("import functools\n", "from functools import cache\n").replace(
        "functools.lru_cache(maxsize=None)", "cache"
    )
    assert "import cache" not in str(rewritten(RECIPE, text))
    both = str(rewritten(RECIPE, f"{text}\n\n@cache\ndef other():\n    return lib.made()\n"))
    assert "from functools import cache\n" in both
    assert "from functools import lru_cache\n" in both
    assert "import cache\n" in str(rewritten(RECIPE, text, readers={"tests/t.py": "from app import cache\n"}))


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("maxsize=None", "maxsize=4096", "it has a bound"),
        ("maxsize=None", "", "it has a bound"),
        ("maxsize=None", "*SIZES", "it may have a bound"),
        ("@functools", "@lib.traced\n@functools", "another decorator"),
        ("import functools", "import functools32 as functools", "another library"),
        ("text: str", "text", "nothing says what it takes"),
        ("text: str", "text: object", "an object may change"),
        ("text: str", "text: float", "0.0 and -0.0 share a result"),
        ("text: str", "*text: str", "any number of arguments"),
        ("text.count(", "lib.count(text, ", "a library function"),
        ("text.count(", "print(text, ", "an effect"),
        ("    return text", "    text = lib.clean(text)\n    return text", "the parameter is bound anew"),
        ("return text.count(", "return count(text[1:]) if text else text.count(", "it calls itself"),
        ("return text.count(", "return text.split(", "a list"),
        ('LETTERS = "abc"', "LETTERS = lib.letters()", "what it reads may change"),
        ("def count", "async def count", "a coroutine"),
        ("import lib", "import lib\nglobals().update(count=1)", "its name may be bound anew"),
    ],
)
def test_what_may_give_another_result_is_refused(old, new, because):
    assert old in CACHED
    assert rewritten(RECIPE, CACHED.replace(old, new, 1)) is None, because


@pytest.mark.parametrize(
    "reader",
    [
        "from app import count\nassert count.cache_info().maxsize is None\n",
        "import app\napp.count.cache_parameters()\n",
        "def test(monkeypatch):\n    monkeypatch.setattr('app.count', len)\n",
    ],
)
def test_who_asks_for_the_figures_of_a_cache_or_replaces_it_is_heard(reader):
    assert rewritten(RECIPE, CACHED, readers={"tests/test_app.py": reader}) is None


def test_the_facts_choose_many_misses_and_veto_few_or_mixed_numbers():
    (site,) = sites_of(RECIPE, CACHED)
    profile = replace(profile_of({site.key: 0.5}), peak_bytes=100_000_000)
    functions = [replace(one, peak_owned_bytes=50_000_000) for one in profile.functions]
    profile = replace(profile, functions=tuple(functions))
    seen = FunctionFacts(
        id=site.requests[0].id,
        calls=100_000,
        distinct_arguments=4096,
        keyable_calls=100_000,
        consistent=True,
        consistent_by_receiver=True,
        receivers=0,
        argument_types={"text": {"str": 100_000}},
        result_types={"int": 100_000},
        results_immutable=True,
        raised=0,
        max_depth=1,
    )

    def decided(**changed):
        return RECIPE.choose(site, profile, Facts(functions={seen.id: replace(seen, **changed)}))

    choice = decided()
    assert isinstance(choice, Choice)
    assert dict(choice.parameters) == {".size": 8192}
    assert 0.05 < choice.expected_share < 0.2
    assert "9999 results" in reason_of(decided(calls=10_000, raised=1))
    assert "start was given as numbers" in reason_of(decided(argument_types={"start": {"int": 1, "bool": 1}}))
    assert "no miss" in reason_of(RECIPE.choose(site, profile, Facts()))
    assert "no part in the peak" in reason_of(RECIPE.choose(site, profile_of(), Facts(functions={seen.id: seen})))
