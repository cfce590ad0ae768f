"""A value moves only behind what leaves the objects it is made of as they were, and only when nobody can miss it."""

import pytest

from agents.recipes._base import Choice, Site
from agents.recipes.sunk_work import RECIPE
from profiling.facts import Facts
from tests.fakes.recipe_programs import FILE, expression_facts, profile_of, reason_of, rewritten, sites_of

PROGRAM = """\
def run(a, b):
    kept = []
    v = f"{a!r} of {kept}"
    n = len(b)
    if n > 3:
        return b
    return v
"""


def seen(site: Site, made: int, used: int, length: int = 10) -> Facts:
    value, use = (request.id for request in site.requests)
    facts = {value: expression_facts(value, evaluations=made, max_len=length, total_len=made * length)}
    return Facts(expressions={**facts, use: expression_facts(use, evaluations=used)})


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("{a!r}", "{a.x}", "reading an attribute may raise"),
        ("{a!r}", "{a:>5}", "the format may be wrong for the value"),
        ("{kept}", "{c}", "the name may not be bound"),
        ("n = len(b)", "kept.append(1)", "the list it shows is filled"),
        ("n = len(b)", "kept += b", "the list it shows is filled"),
        ("n = len(b)", "n = len(b(a))", "a function that may change anything"),
        ("n = len(b)", "n = ''.join(b)", "an iterator is stepped through"),
        ("n = len(b)", "n = [i for i in b]", "an iterator is stepped through"),
        ("n = len(b)", "n, m = b", "an iterator is stepped through"),
        ("n = len(b)", "n = b[1]", "a defaultdict is filled by reading"),
        ("n = len(b)", "a = n = len(b)", "the name gets another value"),
        ("n = len(b)", "n = len(b) + (a := 1)", "the name gets another value"),
        ("n = len(b)", "n = yield b", "others run in between"),
        ("n = len(b)", "n = locals()", "names are looked at"),
        ("return b", "return v", "the way out uses it"),
        ("        return b", "        n = 1", "all ways go on"),
        ("return b", "return lambda: v", "read later"),
        ("return b\n", "return b\n    v = n\n", "bound anew"),
        ("return b\n", "return b\n    elif n:\n        return a\n", "one of several branches"),
        ("if n > 3", "if v > 3", "the test reads it"),
        ("if n > 3:\n        return b", "for n in b:\n        return b", "a loop steps through an iterator"),
        ('kept}"', 'kept}"  # why', "the comment belongs to the place"),
        ("    v = f", "    # why\n    v = f", "the comment belongs to the place"),
        ("    return v", "    # at last\n    return v", "the comment belongs to what is there"),
        ("    v = f", "    n = 1; v = f", "it shares its line"),
    ],
)
def test_what_may_be_noticed_stays_where_it_is(old, new, because):
    assert old in PROGRAM
    assert rewritten(RECIPE, PROGRAM) is not None
    assert rewritten(RECIPE, PROGRAM.replace(old, new)) is None, because


def test_a_class_whose_text_changes_something_keeps_all_values():
    loud = "\n\nclass A:\n    def __repr__(self):\n        self.shown += 1\n        return 'A'\n"
    assert rewritten(RECIPE, PROGRAM, modules={"other.py": loud}) is None


def test_it_goes_into_the_innermost_branch_and_never_into_a_loop():
    inner = "            n = 1\n            while n:\n                n = v\n"
    text = f"def run(a, b):\n    v = str(a)\n    if b:\n        if a:\n{inner}"
    assert str(rewritten(RECIPE, text)).splitlines()[1:5] == [
        "    if b:",
        "        if a:",
        "            v = str(a)",
        "            n = 1",
    ]


def test_the_first_branch_of_else_takes_it_and_elif_does_not():
    text = "def run(a, b):\n    v = str(a)\n    if b:\n        return 1\n    else:\n        return v\n"
    assert "    else:\n        v = str(a)\n" in str(rewritten(RECIPE, text))
    assert rewritten(RECIPE, text.replace("else:", "elif a:")) is None


def test_it_is_chosen_when_many_values_were_made_for_nobody():
    (site,) = sites_of(RECIPE, PROGRAM)
    profile = profile_of({site.key: 0.5})
    choice = RECIPE.choose(site, profile, seen(site, 1_000_000, 100_000, length=48))

    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(0.27)
    assert site.key.file == FILE


def test_the_facts_veto_values_that_are_used():
    (site,) = sites_of(RECIPE, PROGRAM)
    profile = profile_of({site.key: 0.5})

    assert "499 values" in reason_of(RECIPE.choose(site, profile, seen(site, 10_000, 9_501)))
    assert "0 values" in reason_of(RECIPE.choose(site, profile, seen(site, 10, 900)))
    assert "never made" in reason_of(RECIPE.choose(site, profile, Facts()))
    assert "not seen running" in reason_of(RECIPE.choose(site, profile_of(), seen(site, 10_000, 0)))
