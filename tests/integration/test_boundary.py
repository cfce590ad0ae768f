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

from packaging.version import InvalidVersion, Version


def newest(listed):
    """Return the versions that are listed, newest first; what is no version is left out."""
    known = []
    for text in listed:
        try:
            known.append((Version(text), text))
        except InvalidVersion:
            continue
    known.sort(key=lambda pair: pair[0], reverse=True)
    return [text for _, text in known]
'''
OWN = '''def newest(listed):
    """Return the versions that are listed, newest first; what is no version is left out."""
    plain = [_plain(text) for text in listed]
    if None not in plain:
        pairs = sorted(zip(plain, listed), key=lambda pair: pair[0], reverse=True)
        return [text for _, text in pairs]
    known = []
    for text in listed:
        try:
            known.append((Version(text), text))
        except InvalidVersion:
            continue
    known.sort(key=lambda pair: pair[0], reverse=True)
    return [text for _, text in known]


def _plain(text):
    """Return the numbers of a plain release, such as 1.20.3, without the zeros at its end; None for any other text."""
    parts = text.split(".") if text.__class__ is str and text.isascii() else ()
    if not parts or not all(part.isdigit() and len(part) < 10 for part in parts):
        return None
    numbers = [int(part) for part in parts]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
'''
WRONG = OWN.replace("    while len(numbers) > 1 and not numbers[-1]:\n        numbers.pop()\n", "")
BENCH = """import random
from depot.releases import newest

rng = random.Random(7)
listed = [
    [f"{rng.randrange(4)}.{rng.randrange(30)}.{rng.randrange(1, 30)}" for _ in range(12)] for _ in range(2500)
]
print(sum(len(newest(one)) for one in listed), newest(listed[0])[:3])
"""
TESTS = """import unittest
from depot.releases import newest


class Depot(unittest.TestCase):
    def test_the_newest_comes_first(self):
        self.assertEqual(newest(["1.2", "1.10", "1.9.3"]), ["1.10", "1.9.3", "1.2"])

    def test_what_is_no_version_is_left_out(self):
        self.assertEqual(newest(["1.0", "latest", "2.0rc1"]), ["2.0rc1", "1.0"])
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
        if "def newest" not in opening_of(body) or len(self.offered) >= 2:
            return give_up("nothing is left of it")
        holds(
            body,
            "not optimizable without modifying packaging: 2 names of it at 2 places in 1 function, 2 used narrowly",
            "packaging.version.Version (called with 1 arguments; a tuple of int for plain releases may do)",
            "packaging itself for all input that the narrow form does not cover",
        )
        new = (WRONG, OWN)[len(self.offered)]
        self.offered.append(new)
        edit = {"file": "depot/releases.py", "function": "newest", "new": new}
        summary = f"sort plain releases by their numbers, {len(self.offered)}"
        answer = proposal(edit, summary=summary, expected_share=0.4)
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
