"""A method of str takes the place of a pattern that says no more, for exactly str."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.recipes._base import Choice
from agents.recipes.plain_patterns import plain_pattern, replacements
from agents.recipes.regex_text import RECIPE
from tests.fakes.recipe_programs import (
    assert_examples_hold,
    expression_facts,
    facts_of,
    profile_of,
    reason_of,
    rewritten,
    sites_of,
)

PROGRAM = "import re\nC = re.compile({p!r})\n\n\ndef f(text, other):\n    return {u}\n"
LETTERS = "ab-_.^$[]\\|*+?{}()&~:! \n#nrtdw09é"


def of(pattern: str, use: str) -> str:
    return PROGRAM.format(p=pattern, u=use)


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@given(st.text(LETTERS, max_size=7), st.text(LETTERS, max_size=7))
def test_a_pattern_taken_for_plain_matches_its_texts_and_nothing_else(pattern, text):
    plain = plain_pattern(pattern)
    if plain is None:
        return

    found = re.compile(pattern)

    assert bool(found.match(text)) == text.startswith(plain.texts)
    assert bool(found.fullmatch(text)) == (text in plain.texts)
    in_text = text.startswith(plain.texts) if plain.at_start else any(one in text for one in plain.texts)
    assert bool(found.search(text)) == in_text


@given(
    st.lists(st.sampled_from("ab-_."), min_size=1, max_size=4, unique=True),
    st.text("ab-x", max_size=2),
    st.text("ab-_.x"),
)
def test_replacing_one_after_the_other_does_what_one_pass_does(characters, new, text):
    chain = replacements(tuple(characters), new)
    if chain is None:
        return

    expected = re.sub("|".join(map(re.escape, characters)), lambda _: new, text)

    for one in chain:
        text = text.replace(one, new)
    assert text == expected


@pytest.mark.parametrize(
    "pattern", ["", "a.", "a|b", "[^a]", "[a-c]", "[]", r"\d", r"\bx", "a*", "(a)", "a$", "[a&&b]", "[abcde]"]
)
def test_a_pattern_with_any_other_meaning_is_not_plain(pattern):
    assert plain_pattern(pattern) is None


@pytest.mark.parametrize(
    ("before", "because"),
    [
        (of("a", "re.sub('a', other, text)"), "what is put in is not known"),
        (of("a", "re.sub('a', '', text, 1)"), "only some are replaced"),
        (of("a", "C.match(text, 1)"), "it begins elsewhere"),
        (of("a", "[C.match(text)]"), "the match is kept"),
        (of("a", "1 if C.match(other.text) else 2"), "an attribute may give something else the second time"),
        (of("a", "1 if C.match(*text) else 2"), "the arguments are not known"),
        (of("a", "re.sub(b'a', b'', text)"), "bytes"),
        (of("a", "C.sub('', text)") + "    C = re.compile('b')\n", "C is a local"),
        (of("a", "C.sub('', text)") + "\n\nC = re.compile('b+')\n", "C is bound again"),
        (of("a", "C.sub('', text)").replace("compile('a')", "compile('a', re.I)"), "it has flags"),
        (of("a", "C.sub('', text)").replace("(text, other)", "(text, type)"), "type is not the builtin"),
        (of("a", "C.sub('',\n        text)"), "spread over lines"),
        (of("^a", "C.sub('', text)"), "only the first is replaced"),
        ("import regex as re\n\n\ndef f(text):\n    return re.sub('a', '', text)\n", "another library"),
    ],
)
def test_a_use_that_says_more_is_refused(before, because):
    assert rewritten(RECIPE, before) is None, because


def test_a_project_that_replaces_functions_of_re_is_left_alone():
    assert rewritten(RECIPE, of("a", "C.sub('', text)")) is not None
    assert rewritten(RECIPE, of("a", "C.sub('', text)"), readers={"t.py": "mock.patch('re.sub')\n"}) is None


def test_what_is_surely_a_str_is_not_asked_for_its_type():
    after = rewritten(RECIPE, of("a", "[x for x in 'a b'.split() if not C.match(x)]"))

    assert after is not None
    assert 'if not x.startswith("a")]' in after


def test_frequent_calls_with_str_are_chosen():
    (site,) = sites_of(RECIPE, of("a", "C.sub('', text)"))
    call, text = (request.id for request in site.requests)
    facts = facts_of(expression_facts(call, evaluations=10**6), expression_facts(text, types={"str": 9}))

    choice = RECIPE.choose(site, profile_of({site.key: 0.5}), facts)

    assert isinstance(choice, Choice)
    assert 0.2 < choice.expected_share < 0.4


@pytest.mark.parametrize(
    ("calls", "types", "share", "reason"),
    [
        (999, {"str": 9}, 0.5, "fewer than 1000"),
        (5000, {"str": 9, "app.Text": 1}, 0.5, "a app.Text"),
        (5000, {"str": 9}, 0.0, "was not seen running"),
    ],
)
def test_the_facts_veto(calls, types, share, reason):
    (site,) = sites_of(RECIPE, of("a", "C.sub('', text)"))
    call, text = (request.id for request in site.requests)
    facts = facts_of(expression_facts(call, evaluations=calls), expression_facts(text, types=types))

    assert reason in reason_of(RECIPE.choose(site, profile_of({site.key: share}), facts))
