"""Questions to a text are joined only where they surely are to the same text, and for nothing but texts."""

import pytest

from agents.recipes._base import Choice, Site
from agents.recipes.prefix_tuple import RECIPE
from profiling.facts import Facts
from tests.fakes.recipe_programs import expression_facts, facts_of, profile_of, reason_of, rewritten, sites_of

CHAIN = """\
STARTS = ["x", "y"]


def run(given, other):
    text = f"{given} ".lower()
    return other or text.startswith("a") or text.startswith("b") or given
"""
ANY = """\
def run(text, given):
    starts = given.lower().split() if type(given) is str else ("a", "b")
    known = ["a", "b"]
    return any(text.startswith(p) for p in known)
"""


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ('text.startswith("b")', 'text.endswith("b")', "another question"),
        ('text.startswith("b")', 'other.startswith("b")', "another text"),
        ('text.startswith("b")', 'text.startswith("b", 1)', "at another place"),
        ('text.startswith("b")', "text.startswith(other)", "what is asked for may be no text"),
        ('text.startswith("b")', 'text.startswith(("b", 1))', "a number among the texts is an error, if asked"),
        ('text.startswith("a") or', 'text.startswith("a") or other or', "something in between"),
        ("    return", '    text = b"x"\n    return', "bytes"),
        ("text.startswith", "text.lower().startswith", "a new text each time"),
        ('text.startswith("a") or', 'text.startswith("a")  # first\n        or', "a comment would be lost"),
        (" or ", " and ", "all must hold"),
        ("    return", "    locals()\n    return", "the frame is looked at"),
    ],
)
def test_other_questions_and_other_texts_are_refused(old: str, new: str, because: str) -> None:
    chain = CHAIN.replace("    return other", "    return (other").replace("or given\n", "or given)\n")
    assert old in chain
    assert 'other or text.startswith(("a", "b")) or given' in str(rewritten(RECIPE, CHAIN))
    assert rewritten(RECIPE, chain) is not None
    assert rewritten(RECIPE, chain.replace(old, new)) is None, because


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("for p in known", "for p in given", "anything may be in it"),
        ("for p in known", "for p in starts", "it may be a tuple or a list: don't know"),
        ("for p in known", "for p in known if p", "some are not asked for"),
        ("for p in known", "for p in given()", "it would be called twice"),
        ("    return any", "    known.append(given)\n    return any", "something else was added"),
        ("    return any", "    del text\n    return any", "the text may not be bound, and is not asked"),
        ("startswith(p)", "startswith(text)", "the same question each time"),
        ("startswith(p)", "strip(p)", "another method"),
        ("any(", "all(", "all must hold"),
        ("(text, given)", "(text, any)", "another any"),
        ("(text, given)", "(text, str)", "str is another type"),
        ("(text, given)", "(text, tuple)", "tuple is another type"),
        (
            "def run(text, given):",
            "text = input\n\n\ndef run(given):",
            "a global may be bound to another text meanwhile",
        ),
    ],
)
def test_any_over_what_may_be_no_texts_is_refused(old: str, new: str, because: str) -> None:
    assert old in ANY
    expected = "return (text.startswith(tuple(known)) if type(text) is str else any(text.startswith(p) for p in known))"
    assert expected in str(rewritten(RECIPE, ANY))
    assert rewritten(RECIPE, ANY.replace(old, new)) is None, because


def seen(site: Site, evaluations: int, **types: int) -> Facts:
    asked, text = (request.id for request in site.requests)
    return facts_of(
        expression_facts(asked, evaluations=evaluations), expression_facts(text, evaluations=evaluations, types=types)
    )


@pytest.mark.parametrize("program", [CHAIN, ANY])
def test_the_facts_choose_what_is_asked_of_str_often(program: str) -> None:
    (site,) = sites_of(RECIPE, program)
    profile = profile_of({site.key: 0.5})

    choice = RECIPE.choose(site, profile, seen(site, 2_000_000, str=2_000_000))

    assert isinstance(choice, Choice)
    assert 0.04 < choice.expected_share <= 0.5
    assert "999 times" in reason_of(RECIPE.choose(site, profile, seen(site, 999, str=999)))
    assert "of a Path" in reason_of(RECIPE.choose(site, profile, seen(site, 9999, str=9998, Path=1)))
    assert "0 times" in reason_of(RECIPE.choose(site, profile, Facts()))
    assert "not seen" in reason_of(RECIPE.choose(site, profile_of(), seen(site, 9999, str=9999)))
