"""Runs the unchanged tree: its tests once, its workload plainly, its profile and facts. Results are kept as files."""

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter

from agents.scan.advice import remarks
from agents.specialists._base import Backend
from agents.specialists.setup import Setup
from orchestrator import methodology, scaling_record, tracking
from orchestrator.code_paths import code_paths
from orchestrator.errors import TestsUnusable, WorkloadFailed
from orchestrator.ledger.layout import Layout
from orchestrator.measures import Measures
from orchestrator.plain import load, save
from orchestrator.policy.scope import violation
from orchestrator.services import Baseline, Checkouts
from orchestrator.survey import Survey
from profiling import targets
from profiling.behaviour.tests import Outcome, TestOutcomes, run_tests
from profiling.boundary.audit import boundaries, told
from profiling.collect import facts as facts_pass
from profiling.collect import store, unified
from profiling.context import layout as source_layout
from profiling.facts import Facts
from profiling.interactions.detect import detect
from profiling.measure.processes import Processes
from profiling.model import Command, Tree
from profiling.profile import Profile

_OUTCOMES: TypeAdapter[TestOutcomes] = TypeAdapter(TestOutcomes)
_PLAIN_RUNS: TypeAdapter[tuple[unified.PlainRun, ...]] = TypeAdapter(tuple[unified.PlainRun, ...])
_METHOD: TypeAdapter[methodology.Methodology] = TypeAdapter(methodology.Methodology)
_MEASURES: TypeAdapter[Measures] = TypeAdapter(Measures)
_PLAIN_RUN_COUNT = 3


@dataclass(kw_only=True)
class RepositoryObserver:
    """The real observer.

    Attributes:
        layout: where results are kept.
        checkouts: the worktrees; the base worktree is reset to the commit that is looked at.
        processes: starts the target's processes.
        backend: names the places where facts are wanted, and the candidates.
        memory_budget_s: wall seconds the memory pass may take.
        say: progress for a person, for what takes longer than two seconds.
    """

    layout: Layout
    checkouts: Checkouts
    processes: Processes
    backend: Backend
    memory_budget_s: float
    say: Callable[[str], None]
    _guard: threading.RLock = field(default_factory=threading.RLock)
    _surveys: dict[str, Survey] = field(default_factory=dict)
    _order: list[str] = field(default_factory=list)

    def beside(self, checkouts: Checkouts, processes: Processes, say: Callable[[str], None]) -> "RepositoryObserver":
        """Return an observer for somebody who works in other worktrees; what one has seen, the other knows."""
        return replace(self, checkouts=checkouts, processes=processes, say=say)

    def baseline(self, setup: Setup, commit: str, tree_id: str) -> Baseline:
        """Run the tests once and the workload plainly.

        Raises:
            WorkloadFailed: it fails on the unchanged tree.
            TestsUnusable: the test command can't be run.
        """
        tree = self.base(setup, commit)
        outcomes = self.tests_before(setup, commit, tree_id)
        runs = self._plain_runs(setup, tree, tree_id)
        repeatable = len({run.stdout_sha256 for run in runs}) == 1
        lines = (*_test_lines(setup, outcomes), *_workload_lines(setup, runs, repeatable=repeatable))
        return Baseline(output_repeatable=repeatable and runs[0].stdout_bytes > 0, lines=(*lines, *self._locked(setup)))

    def tests_before(self, setup: Setup, commit: str, tree_id: str) -> TestOutcomes | None:
        """Return the outcomes of the tests on an unchanged tree, run or as stored; None without a test command."""
        if setup.tests is None:
            return None
        with self._guard:
            return self._tests(setup, setup.tests, commit, tree_id)

    def _tests(self, setup: Setup, command: Command, commit: str, tree_id: str) -> TestOutcomes:
        path = self.layout.bench / f"tests-{tree_id[:12]}-{methodology.of(setup).digest}.json"
        stored = load(_OUTCOMES, path)
        if stored is not None:
            return stored
        self.say(f"running the tests once: {command.text}")
        tree = self.base(setup, commit)
        with self.scratch() as scratch:
            try:
                outcomes = run_tests(command, tree, setup.interpreter, self.processes, scratch)
            except FileNotFoundError as error:
                raise TestsUnusable(str(error), hint="name the test command with --tests") from error
        check_usable(command.text, outcomes)
        save(_OUTCOMES, outcomes, path)
        return outcomes

    def survey(self, setup: Setup, commit: str, tree_id: str) -> Survey:
        """Return everything known of a tree; profile and facts are made once and stored.

        Raises:
            WorkloadFailed: it fails, or exercises nothing of the project.
        """
        with self._guard:
            if tree_id not in self._surveys:
                self._surveys[tree_id] = self._look(setup, commit, tree_id)
                self._order.append(tree_id)
            return self._surveys[tree_id]

    def measures(self, setup: Setup, commit: str, tree_id: str) -> Measures:
        """Return the figures of a tree that are tracked over sessions; they are taken once and stored.

        Raises:
            WorkloadFailed: it fails, or exercises nothing of the project.
        """
        path = self.layout.bench / f"measures-{tree_id[:12]}-{methodology.of(setup).digest}.json"
        with self._guard:
            stored = load(_MEASURES, path)
            if stored is not None:
                return stored
            outcomes = self.tests_before(setup, commit, tree_id)
            tree = self.base(setup, commit)
            profile = self._profile(setup, tree, tree_id)
            self.say("seeing what the tests cover")
            with self.scratch() as scratch:
                found = tracking.take(setup, tree, profile, outcomes, self.processes, scratch)
            save(_MEASURES, found, path)
            return found

    def _look(self, setup: Setup, commit: str, tree_id: str) -> Survey:
        tree = self.base(setup, commit)
        profile = self._profile(setup, tree, tree_id)
        facts = self._facts(setup, tree, tree_id, profile)
        found = self.backend.candidates(tree, profile, facts)
        candidates = tuple(one for one in found if not one.awaits_approval)
        detected = detect(profile, facts, root=tree.root)
        audited = boundaries(detected, profile, tree)
        interactions = told(detected, audited)
        table = targets.build(
            profile,
            interactions,
            frozenset(candidate.key for candidate in candidates),
            editable=lambda file: violation([file], tree.source_paths) is None,
        )
        self.say("reading who calls whom")
        return Survey(
            profile=profile,
            facts=facts,
            interactions=interactions,
            candidates=candidates,
            waiting=tuple(one for one in found if one.awaits_approval),
            targets=table,
            paths=code_paths(tree, methodology.workload_of(setup), cache=self.layout.cache / "audit"),
            remarks=remarks(tree, [target.key for target in table if target.actionable]),
            growth=scaling_record.last(self.layout.root),
            boundaries=audited,
        )

    def last_survey(self) -> Survey | None:
        """Return the newest survey of this process, None when it made none yet."""
        return self._surveys[self._order[-1]] if self._order else None

    def output_before(self, setup: Setup, commit: str, tree_id: str) -> str:
        """Return the SHA-256 of what the workload prints on an unchanged tree."""
        with self._guard:
            return self._plain_runs(setup, self.base(setup, commit), tree_id)[0].stdout_sha256

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give an empty folder outside every tree, removed afterwards."""
        above = self.layout.work / "scratch"
        above.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=above))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _locked(self, setup: Setup) -> tuple[str, ...]:
        """Lock the method; say what differs from the one that was locked before: older figures don't compare."""
        path, method = self.layout.bench / "methodology.json", methodology.of(setup)
        before = load(_METHOD, path)
        save(_METHOD, method, path)
        changes = before.changes_to(method) if before is not None else ()
        return tuple(f"another method than before, so a new baseline: {change}" for change in changes)

    def base(self, setup: Setup, commit: str) -> Tree:
        """Return the tree of the base worktree, brought to exactly this commit."""
        return source_layout.at(setup.tree, self.checkouts.base_at(commit))

    def _plain_runs(self, setup: Setup, tree: Tree, tree_id: str) -> tuple[unified.PlainRun, ...]:
        path = self.layout.bench / f"plain-{tree_id[:12]}-{methodology.of(setup).digest}.json"
        stored = load(_PLAIN_RUNS, path)
        if stored is not None:
            return stored
        command = methodology.workload_of(setup)
        self.say(f"running the workload {_PLAIN_RUN_COUNT} times: {command.text}")
        with _workload_errors():
            runs = unified.plain_runs(tree, command, setup.interpreter, self.processes, count=_PLAIN_RUN_COUNT)
        save(_PLAIN_RUNS, runs, path)
        return runs

    def _profile(self, setup: Setup, tree: Tree, tree_id: str) -> Profile:
        path = self.layout.profiles / f"{tree_id[:12]}-{methodology.of(setup).digest}.json"
        if path.exists():
            try:
                return store.read(path)
            except store.ProfileDamaged:
                path.unlink()
        plain = self._plain_runs(setup, tree, tree_id)
        with self.scratch() as scratch, _workload_errors():
            profile = unified.profile(
                tree,
                methodology.workload_of(setup),
                setup.interpreter,
                processes=self.processes,
                scratch=scratch,
                tree_id=tree_id,
                budget_s=self.memory_budget_s,
                on_progress=self.say,
                plain=plain,
            )
        store.write(profile, path)
        return profile

    def _facts(self, setup: Setup, tree: Tree, tree_id: str, profile: Profile) -> Facts:
        path = self.layout.profiles / f"{tree_id[:12]}-{methodology.of(setup).digest}.facts.json"
        if path.exists():
            try:
                return facts_pass.read(path)
            except facts_pass.FactsFileError:
                path.unlink()
        requests = self.backend.nominate(tree, profile)
        self.say(f"recording facts at {len(requests)} places")
        with self.scratch() as scratch:
            facts = facts_pass.collect(
                requests,
                tree,
                methodology.workload_of(setup),
                setup.interpreter,
                processes=self.processes,
                scratch=scratch,
                plain_wall_s=max(run.wall_s for run in profile.baseline),
            )
        facts_pass.write(facts, path)
        return facts


@contextmanager
def _workload_errors() -> Iterator[None]:
    try:
        yield
    except unified.NothingExercised as error:
        raise WorkloadFailed(
            str(error), hint="name a workload that runs the project's code: --workload 'python bench.py'"
        ) from error
    except (unified.WorkloadError, FileNotFoundError) as error:
        raise WorkloadFailed(
            str(error), hint="run it by hand in a fresh clone; name another one with --workload"
        ) from error


def foreign_origin(outcomes: TestOutcomes) -> str | None:
    """Return a project module that the tests imported from outside their tree, with its file, or None."""
    outside = sorted((name, file) for name, file in outcomes.origins.items() if Path(file).is_absolute())
    return f"{outside[0][0]} from {outside[0][1]}" if outside else None


def check_usable(text: str, outcomes: TestOutcomes) -> None:
    """See that a test command tests the tree it runs in, and ends.

    Raises:
        TestsUnusable: it does not.
    """
    foreign = foreign_origin(outcomes)
    if foreign is not None:
        raise TestsUnusable(
            f"the tests don't test the tree they run in: they imported {foreign}",
            hint="let them import the project by its name; paths put in front of it lead elsewhere",
        )
    if outcomes.timed_out:
        raise TestsUnusable(f"the tests did not end within their time limit: {text}", hint="name faster ones: --tests")
    nothing_ran = not outcomes.by_test and (outcomes.runner == "command" or outcomes.usage.exit_code not in {0, 5})
    if nothing_ran and outcomes.usage.exit_code != 0:
        raise TestsUnusable(
            f"the test command ran no test (exit code {outcomes.usage.exit_code}): {text}\n{outcomes.tail}",
            hint="run it by hand; name the right one with --tests",
        )


def _test_lines(setup: Setup, outcomes: TestOutcomes | None) -> tuple[str, ...]:
    if setup.tests is None or outcomes is None:
        return ("no tests: proposals are judged by the workload's output alone",)
    if not outcomes.by_test:
        return (f"tests: {setup.tests.text} ends with exit code {outcomes.usage.exit_code}",)
    failed = [name for name, outcome in outcomes.by_test.items() if outcome in {Outcome.FAILED, Outcome.ERROR}]
    passed = sum(outcome is Outcome.PASSED for outcome in outcomes.by_test.values())
    line = f"tests: {passed} passed, {len(failed)} failed in {outcomes.usage.wall_s:.1f}s"
    if not failed:
        return (line,)
    return (line, f"failing before any change, not held against proposals: {', '.join(failed[:3])}")


def _workload_lines(setup: Setup, runs: tuple[unified.PlainRun, ...], *, repeatable: bool) -> tuple[str, ...]:
    times = sorted(run.usage.cpu_s for run in runs)
    line = (
        f"workload: {methodology.workload_of(setup).text}: {times[len(times) // 2]:.3f}s CPU"
        f" [{times[0]:.3f}, {times[-1]:.3f}], {len(runs)} runs"
    )
    if runs[0].stdout_bytes == 0:
        return (line, "it prints nothing: let it print a checksum of its result, and every proposal is held to it")
    if not repeatable:
        return (line, "it does not print the same twice: its output is not held against proposals")
    return (line,)
