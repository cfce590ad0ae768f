"""A till with three places in three files, and a team of model agents for it of which two work at the same time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agents.claude._client import StopReason
from agents.claude.scripted import Step, Turn
from tests.fakes.claude_player import (
    USAGE,
    give_up,
    holds,
    next_step,
    opening_of,
    options_of,
    propose,
    results_of,
    use,
)
from tests.fakes.messages_server import Body, text_of
from tests.integration.claude_office import (
    BENCH,
    BREAKS_A_TEST,
    FASTER,
    PATCHES_THE_CLOCK,
    Office,
    make_till,
)
from tests.integration.conftest import git

WIDEST = '''"""Gaps between values."""


def widest(values):
    """Return the widest gap."""
    best = 0
    for first in values:
        for second in values:
            if second - first > best:
                best = second - first
    return best
'''
BENCH_TOO = "from till.widest import widest\nprint(widest(values + values))\n"
TESTS_TOO = """import unittest
from till.widest import widest


class Widest(unittest.TestCase):
    def test_gaps_are_known(self):
        self.assertEqual((widest([4, 9, 1]), widest([])), (8, 0))
"""
AT_ONCE = {
    "file": "till/widest.py",
    "function": "widest",
    "new": '''def widest(values):
    """Return the widest gap."""
    return max(values) - min(values) if values else 0
''',
}
STRATEGY = "keep what was worked out before"
_BESIDE = "another worker runs beside you"


def make_large_till(folder: Path) -> Path:
    root = make_till(folder)
    (root / "till" / "widest.py").write_text(WIDEST)
    (root / "bench.py").write_text(BENCH + BENCH_TOO)
    (root / "tests" / "test_widest.py").write_text(TESTS_TOO)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "a larger till")
    return root


@dataclass
class TeamOffice(Office):
    """Has its lead take one place alone, then send specialists out to all three.

    A worker's request has to tell what was tried before it was sent out, whatever is recorded beside it meanwhile; the
    lead's has to tell everything. What workers try is known to be told only once they are back.

    Attributes:
        weigh: nothing here: what is tried there is told below.
        before: summaries of what was tried when specialists went out.
        at_work: of those who are out, what they proposed.
    """

    weigh: list[list[Mapping[str, object]]] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    at_work: list[str] = field(default_factory=list)

    def choose(self, body: Body) -> Step:
        self.tried += self.at_work
        self.at_work = []
        holds(body, "CPU:", "experiments", "2 workers at a time at most", *self.tried)
        options = {name: one for one, name in options_of(body).items()}
        if not self.tried:
            if not results_of(body):
                return next_step("dispatch", options["weigh"])
            assert "that makes no two teams" in results_of(body)[-1]
            return next_step("experiment", options["weigh"], strategy="look at the loop first")
        if self.before:
            return next_step("embedded")
        self.before = list(self.tried)
        assert "dispatch: the cpu specialist with" in opening_of(body)
        return next_step("dispatch", *(options[name] for name in ("running", "widest", "weigh")), strategy=STRATEGY)

    def specialist(self, body: Body) -> Step:
        is_out = _BESIDE in text_of(body)
        told = (STRATEGY, *self.before) if is_out else ("look at the loop first", *self.tried)
        holds(body, "Keep docstrings.", "python bench.py", "garbage collection", *told)
        target = re.search(r"# Target\n\n<[^>]+>\n(\w+)\n", opening_of(body))
        assert target is not None, "the request names no target"
        work = {"running": self.run_totals, "widest": self.find_gaps, "weigh": self.run_weights}
        return work[target[1]](body)

    def run_totals(self, body: Body) -> Step:
        if "for value in values[:end]:" not in opening_of(body):
            return nothing_left(body, "totals.append(total)", "add each value once")
        return self.carefully(body, FASTER, "add each value once", "totals")

    def find_gaps(self, body: Body) -> Step:
        if "if second - first > best:" not in opening_of(body):
            return nothing_left(body, "max(values) - min(values)", "ask for both ends")
        return self.carefully(body, AT_ONCE, "ask for both ends", "gaps")

    def carefully(self, body: Body, edit: Mapping[str, object], summary: str, tests: str) -> Step:
        """Look around and run tests before proposing."""
        results = results_of(body)
        if not results:
            return use("search", {"text": "def "}, text=f"I look at {summary}.")
        assert "till/" in results[0]
        if len(results) == 1:
            return use("run_tests", {"edits": [edit], "names": [tests]})
        assert "tests passed" in results[1], results[1]
        self.proposed(summary)
        return propose(edit, summary=summary, expected_share=0.05)

    def run_weights(self, body: Body) -> Step:
        """Patch the clock at first, then break a test, then refuse."""
        holds(body, "weight = (weight * 31 + ord(character)) % 1000003")
        ways = {1: ("weigh with the clock", PATCHES_THE_CLOCK), 2: ("weigh from another start", BREAKS_A_TEST)}
        done = sum(summary in opening_of(body) for summary, _ in ways.values())
        if done == len(ways):
            return Turn(stop_reason=StopReason.REFUSAL, usage=USAGE, detail="cyber: it may not weigh words")
        summary, edit = ways[done + 1]
        self.proposed(summary)
        return propose(edit, summary=summary, expected_share=0.01)

    def proposed(self, summary: str) -> None:
        """Note what is tried now; what is asked again after a reply that got lost is noted once."""
        if summary not in (*self.tried, *self.at_work):
            (self.at_work if self.before else self.tried).append(summary)


def nothing_left(body: Body, source: str, summary: str) -> Step:
    """Give up on what was improved already, which a request then shows and tells."""
    holds(body, source, summary, "keep, improved")
    return give_up("it is as it should be")


def conversations(bodies: list[Body], name: str) -> set[str]:
    """Return how the workers' conversations about a function began."""
    bodies = [one for one in bodies if _BESIDE in text_of(one)]
    return {opening_of(body) for body in bodies if f">\n{name}\n" in opening_of(body).partition("# Target")[2][:200]}
