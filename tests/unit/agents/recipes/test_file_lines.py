"""A file is stepped through in the place of its lines only where reading them later shows nowhere."""

from dataclasses import replace

import pytest

from agents.recipes._base import Choice
from agents.recipes.file_lines import RECIPE
from profiling.facts import ContainerFacts, Facts
from tests.fakes.recipe_programs import assert_examples_hold, profile_of, reason_of, rewritten, sites_of

READ = """\
def read(path, other):
    found = {}
    with open(path) as f:
        for line in f.readlines():
            found[line] = len(line)
    return found
"""


def seen(identity: str, lines: int) -> Facts:
    return Facts(containers={identity: ContainerFacts(id=identity, made=1, followed=False, sizes={lines: 1})})


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@pytest.mark.parametrize(
    ("before", "because"),
    [
        (READ.replace("open(path)", "other.open(path)"), "no file of the builtin"),
        (READ.replace("open(path)", "open(path, 'r+')"), "it may be written"),
        (READ.replace("open(path)", "open(path, other)"), "the mode is not known"),
        (READ.replace("(path, other)", "(path, open)"), "open is not the builtin"),
        (READ.replace("readlines()", "readlines(100)"), "not all lines"),
        (READ.replace("len(line)", "f.tell()"), "the place in the file shows"),
        (READ.replace("len(line)", "other(line)"), "what is called may change the file"),
        (READ.replace("    return", "    f.seek(0)\n    return"), "the file is used afterwards"),
        (READ.replace("        for", "        f.read(1)\n        for"), "read otherwise before"),
        (READ.replace("        for", "        other = f\n        for"), "another name for the file"),
        (READ.replace("        for", "        other.found = found\n        for"), "another holder sees part of it"),
        (READ.replace("found[line] = len(line)", "other[line] = 1"), "the caller sees part of it after an error"),
        (READ.replace("found[line] = len(line)", "other.name = line"), "an object is changed"),
        (READ.replace("found[line] = len(line)", "yield line"), "anything may run between two lines"),
        (READ.replace("with open(path) as f", "with other, open(path) as f"), "an exception may be held back"),
        (READ.replace("    return found", "    return lambda: found"), "a closure sees part of it"),
        (
            READ.replace("found = {}", "found = {}\n    for path in other:\n        keep = found").replace(
                "\n    with open(path) as f:\n        for line in f.readlines():\n            found",
                "\n        with open(path) as f:\n            for line in f.readlines():\n                found",
            ),
            "another name for the result, from the turn before",
        ),
        (READ.replace("return found", "return locals()"), "its frame is read"),
    ],
)
def test_lines_whose_reading_could_show_are_read_at_once(before, because):
    assert rewritten(RECIPE, before) is None, because


@pytest.mark.parametrize(
    "opened", ["open(path, 'rb')", "open(path, errors='replace')", "open(path, encoding='latin-1')"]
)
def test_a_loop_may_be_left_early_where_every_byte_can_be_read(opened):
    before = READ.replace("len(line)", "len(line)\n            if len(found) > 3:\n                break")

    assert rewritten(RECIPE, before) is None
    assert rewritten(RECIPE, before.replace("open(path)", opened)) is not None


def test_a_file_of_a_nested_with_is_known():
    before = READ.replace("with open(path) as f", "with open(path) as f, open(other) as g")

    after = rewritten(RECIPE, before)

    assert after is not None
    assert "for line in f:" in after


def test_a_long_file_is_chosen_by_its_part_in_the_peak():
    (site,) = sites_of(RECIPE, READ)
    profile = replace(profile_of({site.key: 0.5}), peak_bytes=10**7)
    functions = tuple(replace(one, peak_owned_bytes=5 * 10**6) for one in profile.functions)
    profile = replace(profile, functions=functions)

    choice = RECIPE.choose(site, profile, seen(site.requests[0].id, 20_000))

    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(0.2)
    assert "at most 9999 lines" in reason_of(RECIPE.choose(site, profile, seen(site.requests[0].id, 9999)))
    assert "not seen being read" in reason_of(RECIPE.choose(site, profile, Facts()))
    assert "no part in the peak" in reason_of(RECIPE.choose(site, profile_of(), seen(site.requests[0].id, 20_000)))
