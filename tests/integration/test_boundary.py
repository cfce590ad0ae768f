"""A narrow use of a real library is replaced by the project's own code, and proved on every input at hand."""

import sys
from pathlib import Path

import pytest

from agents.claude.scripted import Step
from orchestrator.ledger import experiment_json, handoff
from orchestrator.ledger.layout import Layout
from orchestrator.live.events import EventKind
from tests.fakes.claude_player import agent_of, approve, give_up, holds, next_step, opening_of, proposal, ranking, use
from tests.fakes.messages_server import Body
from tests.integration.conftest import git
from tests.integration.test_claude import play

RELEASES = '''"""Releases of a package, as an index lists them."""

from packaging.specifiers import SpecifierSet


def fits(version, wanted):
    """Say whether a version is one of those that are wanted."""
    return SpecifierSet(wanted).contains(version)
'''
IMPORT = "from packaging.specifiers import SpecifierSet\n"
RULES = """import operator
import re

from packaging.specifiers import SpecifierSet

_PLAIN = re.compile(r"[0-9]{1,9}(?:[.][0-9]{1,9})*")
_RANGE = re.compile(rf" *(>=|<=|==|!=|<|>) *({_PLAIN.pattern}) *")
_COMPARED = {
    ">=": operator.ge, "<=": operator.le, "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt
}
"""
OWN = '''def fits(version, wanted):
    """Say whether a version is one of those that are wanted."""
    if version.__class__ is str and wanted.__class__ is str and _PLAIN.fullmatch(version):
        ranges = [_RANGE.fullmatch(one) for one in wanted.split(",")]
        if None not in ranges:
            found = _release(version)
            return all(_COMPARED[one[1]](found, _release(one[2])) for one in ranges)
    return SpecifierSet(wanted).contains(version)


def _release(text):
    """Return the numbers of a plain release, without the zeros at its end: 1.0 is 1."""
    numbers = [int(part) for part in text.split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return numbers
'''
WRONG = OWN.replace("    while len(numbers) > 1 and not numbers[-1]:\n        numbers.pop()\n", "")
BENCH = """import random
from depot.releases import fits

rng = random.Random(7)
asked = [
    (f"{rng.randrange(4)}.{rng.randrange(30)}.{rng.randrange(1, 30)}",
     f">={rng.randrange(3)}.{rng.randrange(1, 20)}, <{rng.randrange(2, 5)}.{rng.randrange(1, 9)}")
    for _ in range(500)
]
print(sum(fits(*one) for _ in range(80) for one in asked))
"""
TESTS = """import unittest
from depot.releases import fits


class Depot(unittest.TestCase):
    def test_a_version_in_the_range_fits(self):
        self.assertTrue(fits("1.10", ">=1.9,<2"))

    def test_others_do_not(self):
        self.assertFalse(fits("2.1", ">=1.9,<2"))
        self.assertFalse(fits("2.0rc1", ">=1.9,<2"))
"""


def make_depot(folder: Path) -> Path:
    root = folder / "depot-repository"
    for name in ("depot", "tests"):
        (root / name).mkdir(parents=True)
    (root / "depot" / "__init__.py").write_text("")
    (root / "depot" / "releases.py").write_text(RELEASES)
    (root / "tests" / "test_depot.py").write_text(TESTS)
    (root / "bench.py").write_text(BENCH)
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Someone")
    git(root, "config", "user.email", "someone@localhost")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "a depot")
    return root


class Office:
    """Offers the two fixes, the wrong one first, to whoever is told of the ceiling."""

    def __init__(self) -> None:
        self.offered: list[str] = []

    def __call__(self, body: Body) -> Step:
        agent = agent_of(body)
        if agent == "lead":
            return ranking(body, lambda reach: reach * 0.9)
        if agent == "chooser":
            return next_step("embedded")
        if agent == "reviewer":
            return approve()
        return self._fix(body)

    def _fix(self, body: Body) -> Step:
        if "def fits" not in opening_of(body) or len(self.offered) >= 2:
            return give_up("nothing is left of it")
        holds(
            body,
            "not optimizable without modifying packaging: 1 name of it at 1 place in 1 function, 1 used narrowly",
            "packaging.specifiers.SpecifierSet (called with 1 arguments, asked for contains)",
            "packaging itself for all input that the narrow form does not cover",
        )
        new = (WRONG, OWN)[len(self.offered)]
        self.offered.append(new)
        place = {"file": "depot/releases.py"}
        edits = ({**place, "old": IMPORT, "new": RULES}, {**place, "function": "fits", "new": new})
        summary = f"compare plain releases by numbers, {len(self.offered)}"
        answer = proposal(*edits, summary=summary, expected_share=0.4)
        said = {"text": "the library is the ceiling, and is left", "evidence": "interaction: library_ceiling"}
        return use("propose_edit", {**answer, "checklist": {**answer["checklist"], "interaction": said}})


@pytest.mark.slow
def test_a_narrow_use_of_packaging_is_replaced_and_held_to_every_input_at_hand(tmp_path: Path) -> None:
    root, office = make_depot(tmp_path), Office()
    ended = play(root, office, python=sys.executable, replay_time_s=60)
    assert ended.server.complaints == []
    table = ended.lines(EventKind.UNIFIED_TARGETS)
    assert "Structure\u00d7CPU" in table
    records = experiment_json.load_all(Layout(root=root).experiments)
    wrong, right = (next(one for one in records if one.diff.count("numbers.pop()") == count) for count in (0, 1))
    assert (wrong.verdict.status.value, wrong.verdict.reason.value) == ("discard", "behaviour_changed")
    assert right.verdict.status.value == "keep"
    behaviour = next(gate.detail for gate in right.gates if gate.name == "behaviour")
    assert "odd inputs alike" in behaviour
    assert "library_ceiling" in right.interactions
    told = handoff.load(Layout(root=root).handoff)
    assert told is not None
    assert told.keeps == 1
