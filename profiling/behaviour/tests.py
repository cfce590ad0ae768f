"""Outcomes of the test command, test by test."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, RunUsage, Tree


class Outcome(StrEnum):
    """Of one test; a test is as bad as its worst phase."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestOutcomes:
    """One run of the test command.

    Attributes:
        by_test: outcome by node id (pytest) or dotted id (unittest).
        usage: of the process.
        runner: `pytest`, `unittest`, or `command` when only the exit code is known (by_test is then empty).
        timed_out: it was killed at its time limit.
        tail: last lines it printed, for messages.
        origins: project modules imported, with their files (wrong origins are absolute paths).
    """

    __test__ = False

    by_test: Mapping[str, Outcome]
    usage: RunUsage
    runner: str
    timed_out: bool
    tail: str
    origins: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """What a change did to the tests: newly failing ids, ids that are gone, and a sentence."""

    newly_failing: tuple[str, ...]
    missing: tuple[str, ...]
    explanation: str


def run_tests(
    command: Command, tree: Tree, interpreter: Interpreter, processes: Processes, scratch: Path
) -> TestOutcomes:
    """Run the test command once and collect its outcomes.

    Args:
        scratch: existing folder for the injection; emptied by the caller.
    """
    raise NotImplementedError


def compare(before: TestOutcomes, after: TestOutcomes) -> Regression | None:
    """Return what got worse, or None. What failed before is not held against the change."""
    raise NotImplementedError
