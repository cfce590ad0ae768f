"""Outcomes of the test command, test by test."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from profiling.injection import Harness, prepare
from profiling.measure.bytecode import forget_bytecode
from profiling.measure.environment import launch
from profiling.measure.origins import merged_origins
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, RunUsage, Tree

_HARNESS = "ratchet_tests"
_ORIGINS_HARNESS = "ratchet_run"
_TAIL_LINES = 30
_NAMED_AT_MOST = 5


class Outcome(StrEnum):
    """Of one test; a test is as bad as its worst phase.

    A test that fails as it is marked to (xfail, expectedFailure) counts as SKIPPED: it shows no more than that.
    One that passes against its mark counts as PASSED, or as FAILED where the mark is strict (always in unittest).
    """

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


_SEVERITY = (Outcome.PASSED, Outcome.SKIPPED, Outcome.FAILED, Outcome.ERROR)
_BAD = frozenset({Outcome.FAILED, Outcome.ERROR})


@dataclass(frozen=True, slots=True, kw_only=True)
class TestOutcomes:
    """One run of the test command.

    Attributes:
        by_test: outcome by node id (pytest) or dotted id (unittest); what could not be collected, by its file's id.
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
    """What a change did to the tests: newly failing ids, ids that are gone or skipped now, and a sentence."""

    newly_failing: tuple[str, ...]
    missing: tuple[str, ...]
    explanation: str


def run_tests(
    command: Command, tree: Tree, interpreter: Interpreter, processes: Processes, scratch: Path
) -> TestOutcomes:
    """Run the test command once and collect its outcomes.

    Pytest and unittest are recognised in whatever process of the command they run (`make test`, pytest-xdist). A test
    that was begun and never ended, because its process left in the middle, is an ERROR. A process that is killed tells
    nothing: its tests are missing. Pytest's cache is kept out of the tree.

    Args:
        scratch: existing folder for the injection; emptied by the caller.

    Raises:
        FileNotFoundError: the command's program can't be found.
        Stopped: `processes` was stopped.
    """
    forget_bytecode(tree)
    folder, cache = scratch / "tests", scratch / "pytest-cache"
    folder.mkdir()
    harnesses = (
        Harness(name=_HARNESS, options={"cache": str(cache)}),
        Harness(name=_ORIGINS_HARNESS, options={}),
    )
    injection = prepare(folder, tree, harnesses)
    finished = processes.run(launch(command, tree, interpreter, injection=injection))
    reports = list(injection.read(_HARNESS))
    by_test = _merged(reports)
    return TestOutcomes(
        by_test=by_test,
        usage=finished.usage,
        runner=_runner(reports),
        timed_out=finished.timed_out,
        tail="\n".join([*finished.stdout.splitlines(), *finished.stderr.splitlines()][-_TAIL_LINES:]),
        origins=merged_origins(injection.read(_ORIGINS_HARNESS), tree),
    )


def compare(before: TestOutcomes, after: TestOutcomes) -> Regression | None:
    """Return what got worse, or None. What failed before is not held against the change.

    A test that passed and is now skipped counts as missing: nobody can tell any more whether it would pass.
    """
    newly_failing = tuple(
        sorted(test for test, outcome in after.by_test.items() if outcome in _BAD and _was_good(before, test))
    )
    missing = tuple(
        sorted(test for test, outcome in before.by_test.items() if _is_gone(outcome, after.by_test.get(test)))
    )
    reasons = []
    if newly_failing:
        reasons.append(f"{_count(newly_failing)} newly failing: {_named(newly_failing)}")
    if after.timed_out and not before.timed_out:
        reasons.append(f"the tests did not end within {after.usage.wall_s:.0f}s ({before.usage.wall_s:.0f}s before)")
    elif missing:
        reasons.append(f"{_count(missing)} no longer run: {_named(missing)}")
    if not reasons or after.usage.exit_code < 0:
        reasons.extend(_exit_got_worse(before, after))
    if not reasons:
        return None
    return Regression(newly_failing=newly_failing, missing=missing, explanation="; ".join(reasons))


def _was_good(before: TestOutcomes, test: str) -> bool:
    return before.by_test.get(test) not in _BAD


def _is_gone(before: Outcome, after: Outcome | None) -> bool:
    return before not in _BAD and (after is None or (before is Outcome.PASSED and after is Outcome.SKIPPED))


def _exit_got_worse(before: TestOutcomes, after: TestOutcomes) -> list[str]:
    """Judge the exit code, where no single test tells: a plain command, a coverage limit, a crash at the end."""
    was, code = before.usage.exit_code, after.usage.exit_code
    if after.timed_out or code == 0 or (was != 0 and (code > 0 or was < 0)):
        return []
    last = next((line.strip() for line in reversed(after.tail.splitlines()) if line.strip()), "it printed nothing")
    return [f"the test command ended with exit code {code} ({was} before): {last}"]


def _merged(reports: Iterable[Mapping[str, object]]) -> dict[str, Outcome]:
    """Return the worst outcome of each test over all processes."""
    found: dict[str, Outcome] = {}
    for report in reports:
        outcomes = report.get("outcomes")
        for test, name in outcomes.items() if isinstance(outcomes, dict) else ():
            if name in set(Outcome):
                found[test] = max(Outcome(name), found.get(test, Outcome.PASSED), key=_SEVERITY.index)
    return dict(sorted(found.items()))


def _runner(reports: Iterable[Mapping[str, object]]) -> str:
    runners = {str(name) for report in reports for name in _strings(report.get("runners"))}
    return next((name for name in ("pytest", "unittest") if name in runners), "command")


def _strings(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _count(tests: tuple[str, ...]) -> str:
    return "1 test" if len(tests) == 1 else f"{len(tests)} tests"


def _named(tests: tuple[str, ...]) -> str:
    more = f" and {len(tests) - _NAMED_AT_MOST} more" if len(tests) > _NAMED_AT_MOST else ""
    return ", ".join(tests[:_NAMED_AT_MOST]) + more
