"""Note the figures that are tracked over sessions, at a session's end, and say what got worse in it."""

from dataclasses import replace
from pathlib import Path

from agents.specialists.setup import Setup
from orchestrator import measures, methodology
from orchestrator.complexity import complexity_of
from orchestrator.errors import NotWritable, RecordsDamaged
from orchestrator.ledger import metrics
from orchestrator.ledger.metrics import METRICS_VERSION, Moment, Point
from orchestrator.live import says
from orchestrator.measures import Coverage, FileComplexity, Measures
from orchestrator.policy.red_flags import RedFlag, red_flags
from orchestrator.services import Services
from orchestrator.state import SessionState
from orchestrator.workspace.repository import Repository
from profiling.behaviour.coverage import NotCovered, covered_percent
from profiling.behaviour.tests import Outcome, TestOutcomes
from profiling.comparison import Measurement
from profiling.measure.environment import fingerprint
from profiling.measure.processes import Processes
from profiling.model import Tree
from profiling.profile import Profile

_LONGEST_TESTS_S = 60.0
"""Wall seconds of the tests beyond which they are not run once more for their coverage."""


_COVERAGE_START_S, _COVERAGE_COST = 30.0, 5.0
"""What a run for coverage is given: wall seconds, and so many times those of the tests themselves."""


def track(services: Services, setup: Setup, ended: SessionState, measured: Measurement | None) -> None:
    """Note the figures of a session's base and head, and warn of what got worse; it never stops the end.

    Args:
        services, setup: to take them with.
        ended: the session.
        measured: head against base in pairs, None where it was not.
    """
    trees = dict.fromkeys((ended["base_commit"], ended["head_commit"]))
    found = {commit: services.observer.measures(setup, commit, services.recorder.tree_of(commit)) for commit in trees}
    try:
        figures = found[ended["base_commit"]], found[ended["head_commit"]]
        flags = services.recorder.track(setup, ended, *figures, measured=measured)
    except (RecordsDamaged, NotWritable) as error:
        services.bus.publish(says.warning(f"the figures of this session are not noted for the trend: {error}"))
        return
    for flag in flags:
        services.bus.publish(says.warning(f"{flag.metric} got worse over the session: {flag.text}"))


def take(
    setup: Setup, tree: Tree, profile: Profile, outcomes: TestOutcomes | None, processes: Processes, scratch: Path
) -> Measures:
    """Return the figures of one tree: of its profile and its tests as they were run, and of their coverage."""
    by_test = {} if outcomes is None else outcomes.by_test
    failed = sum(outcome in {Outcome.FAILED, Outcome.ERROR} for outcome in by_test.values())
    return replace(
        measures.of_profile(profile),
        tests_passed=sum(outcome is Outcome.PASSED for outcome in by_test.values()),
        tests_failed=failed,
        coverage=_coverage(setup, tree, outcomes, processes, scratch),
    )


def note(  # noqa: PLR0913  a session's two trees and where they are noted
    path: Path,
    repository: Repository,
    setup: Setup,
    state: SessionState,
    *,
    at: str,
    base: Measures,
    head: Measures,
    measured: Measurement | None = None,
) -> tuple[RedFlag, ...]:
    """Write the points of a session, with the complexity of the files it changed, and return what got worse.

    Raises:
        RecordsDamaged: what was noted before can't be read.
        NotWritable: the folder refuses.
    """
    commits = (state["base_commit"], state["head_commit"])
    files = [file for file in repository.changed_files(*commits) if file.endswith(".py")]
    points = tuple(
        Point(
            version=METRICS_VERSION,
            session=state["session_id"],
            moment=moment,
            at=at,
            commit=commit,
            tree=repository.tree_id(commit),
            workload=methodology.workload_of(setup).text,
            tests=setup.tests.text if setup.tests else "",
            environment=fingerprint(setup.interpreter),
            measures=replace(figures, complexity=_complexity(repository, commit, files)),
            paired=measured.comparisons if measured is not None and moment is Moment.HEAD else {},
        )
        for moment, commit, figures in zip(Moment, commits, (base, head), strict=True)
    )
    metrics.add(points if commits[0] != commits[1] else points[:1], path)
    return red_flags(points[0].measures, points[1].measures)


def _coverage(setup: Setup, tree: Tree, outcomes: TestOutcomes | None, processes: Processes, scratch: Path) -> Coverage:
    if setup.tests is None or outcomes is None:
        return Coverage(percent=None, why_not="there is no test command")
    if outcomes.usage.wall_s > _LONGEST_TESTS_S:
        why = f"the tests take {outcomes.usage.wall_s:.0f} s; over {_LONGEST_TESTS_S:.0f} s they are not run once more"
        return Coverage(percent=None, why_not=why)
    limit_s = min(setup.tests.timeout_s, _COVERAGE_START_S + _COVERAGE_COST * outcomes.usage.wall_s)
    tests = replace(setup.tests, timeout_s=limit_s)
    try:
        return Coverage(percent=covered_percent(tests, tree, setup.interpreter, processes, scratch))
    except (NotCovered, FileNotFoundError) as error:
        return Coverage(percent=None, why_not=str(error))


def _complexity(repository: Repository, commit: str, files: list[str]) -> dict[str, FileComplexity]:
    read = ((file, repository.file_at(commit, file)) for file in files)
    found = ((file, complexity_of(file, source)) for file, source in read if source is not None)
    return {file: one for file, one in found if one is not None}
