"""The safety gates of one fix, in order, each with the reason it fails with."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agents.specialists.setup import Setup
from orchestrator import methodology
from orchestrator.draft import Draft
from orchestrator.ledger.record import GateResult, TestTally
from orchestrator.observer import RepositoryObserver, foreign_origin
from orchestrator.own_calls import OwnCalls, Unmeasured
from orchestrator.policy.gaming import Suspicion
from orchestrator.policy.own_calls import gain, hopeless, lives_on_repetition
from orchestrator.policy.scope import violation
from orchestrator.policy.verdict import Reason
from orchestrator.watchman import Watchman
from orchestrator.witness import Witness
from profiling.behaviour.tests import Outcome, TestOutcomes, compare, run_tests
from profiling.measure.environment import launch
from profiling.measure.processes import Finished, Processes
from profiling.model import Command, Tree

_IMPORT_LIMIT_S = 120.0
_IMPORT_PROBE = (
    "import importlib,json,sys\n"
    "print('\\n'+json.dumps({name: importlib.import_module(name).__file__ for name in sys.argv[1:]}))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A gate that was passed.

    Attributes:
        detail: what it saw.
        tests: their tally, of the gate that runs them.
        own_gain: share of its own cost that the fix's function saved, of the gate that measures that.
    """

    detail: str
    tests: TestTally | None = None
    own_gain: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A gate that was not passed."""

    reason: Reason
    detail: str
    tests: TestTally | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One gate, by its name, with its outcome."""

    gate: str
    outcome: Passed | Failed

    @property
    def result(self) -> GateResult:
        """Return it as it is recorded."""
        return GateResult(name=self.gate, passed=isinstance(self.outcome, Passed), detail=self.outcome.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Runs the gates on a tree that holds the fix.

    Attributes:
        observer: knows how the unchanged tree behaves.
        processes: starts the target's processes.
        guard: the project's own check, from conventions.md, or None.
        watchman: looks for gaming; without one nothing does.
        witness: replays calls; without one nothing is replayed.
        own_calls: times them; without one nothing is left out early.
    """

    observer: RepositoryObserver
    processes: Processes
    guard: Command | None
    watchman: Watchman | None = None
    witness: Witness | None = None
    own_calls: OwnCalls | None = None

    def run(self, setup: Setup, draft: Draft, tree: Tree, *, output_repeatable: bool) -> Iterator[Step]:
        """Yield the result of every gate up to the first that fails."""
        gates: tuple[tuple[str, Callable[[], Passed | Failed]], ...] = (
            ("scope", lambda: _scope(draft, tree)),
            ("syntax", lambda: _syntax(draft, tree)),
            ("patch", lambda: self._patch(setup, draft, tree)),
            ("conduct", lambda: self._conduct(setup, draft, tree)),
            ("import", lambda: self._import(setup, draft, tree)),
            ("prescreen", lambda: self._prescreen(setup, draft, tree)),
            ("tests", lambda: self._tests(setup, draft, tree)),
            ("output", lambda: self._output(setup, draft, tree, output_repeatable=output_repeatable)),
            ("behaviour", lambda: self._behaviour(setup, draft, tree)),
            ("guard", lambda: self._guard(setup, tree)),
            ("frozen", lambda: self._frozen(setup, draft, tree)),
        )
        for name, gate in gates:
            step = Step(gate=name, outcome=gate())
            yield step
            if isinstance(step.outcome, Failed):
                return

    def _patch(self, setup: Setup, draft: Draft, tree: Tree) -> Passed | Failed:
        """Read the fix for signs of cheating, before anything of it runs; the files that judge it are the base's."""
        if self.watchman is None:
            return Passed(detail="not looked at")
        found = self.watchman.frozen(setup, draft, tree) or self.watchman.patch(setup, draft, tree)
        return _believed(found, "nothing in it asks, hides or keeps")

    def _conduct(self, setup: Setup, draft: Draft, tree: Tree) -> Passed | Failed:
        """Run the workload under watch, first of all: it leaves, changes and hides no more than the base's does."""
        if self.watchman is None:
            return Passed(detail="not looked at")
        return _believed(self.watchman.conduct(setup, draft, tree), "it leaves behind what the base does")

    def _prescreen(self, setup: Setup, draft: Draft, tree: Tree) -> Passed | Failed:
        """Time the function on its recorded calls: what gets no faster is not tested and measured in vain."""
        if self.own_calls is None:
            return Passed(detail="not timed")
        found = self.own_calls.prescreen(setup, draft, tree)
        if isinstance(found, Unmeasured):
            return Passed(detail=found.why)
        repeated = lives_on_repetition(found, draft.outside_share)
        if repeated is not None:
            return Failed(reason=Reason.GAMING_SUSPECTED, detail=str(repeated))
        in_vain = hopeless(found)
        if in_vain:
            return Failed(reason=Reason.NO_IMPROVEMENT, detail=in_vain)
        return Passed(detail=found.text, own_gain=gain(found))

    def _behaviour(self, setup: Setup, draft: Draft, tree: Tree) -> Passed | Failed:
        """Replay recorded calls of the touched functions on both trees."""
        if self.witness is None:
            return Passed(detail="not replayed")
        seen = self.witness.testify(setup, draft, tree)
        return (
            Failed(reason=Reason.BEHAVIOUR_CHANGED, detail=seen.text) if seen.is_different else Passed(detail=seen.text)
        )

    def _frozen(self, setup: Setup, draft: Draft, tree: Tree) -> Passed | Failed:
        """See that what judged the fix was not changed while it ran."""
        if self.watchman is None:
            return Passed(detail="not looked at")
        return _believed(self.watchman.frozen(setup, draft, tree), "tests, benchmarks and configuration are the base's")

    def _import(self, setup: Setup, draft: Draft, tree: Tree) -> Passed | Failed:
        """Import every changed module in a fresh process, from this tree; what the base can't import is excused."""
        modules = module_names(draft.proposal.patch.files, tree)
        if not modules:
            return Passed(detail="no importable module was changed")
        done = self._probe(setup, tree, modules)
        if done.usage.exit_code != 0:
            base = self._probe(setup, self.observer.base(setup, draft.base_commit), modules)
            if base.usage.exit_code != 0:
                return Passed(detail=f"{', '.join(modules)} can't be imported by itself on the base either")
            return Failed(reason=Reason.IMPORT_FAILED, detail=_last_line(done.stderr))
        for name, file in _origins(done.stdout).items():
            if not Path(file).resolve().is_relative_to(tree.root.resolve()):
                return Failed(reason=Reason.WRONG_IMPORT_ORIGIN, detail=f"{name} was imported from {file}")
        return Passed(detail=f"{', '.join(modules)} imported from the worktree")

    def _probe(self, setup: Setup, tree: Tree, modules: tuple[str, ...]) -> Finished:
        command = Command(argv=("python", "-c", _IMPORT_PROBE, *modules), timeout_s=_IMPORT_LIMIT_S)
        return self.processes.run(launch(command, tree, setup.interpreter))

    def _tests(self, setup: Setup, draft: Draft, tree: Tree) -> Passed | Failed:
        before = self.observer.tests_before(setup, draft.base_commit, draft.base_tree)
        if setup.tests is None or before is None:
            return Passed(detail="no tests")
        with self.observer.scratch() as scratch:
            after = run_tests(setup.tests, tree, setup.interpreter, self.processes, scratch)
        tally = tally_of(before, after)
        foreign = foreign_origin(after)
        if foreign is not None:
            return Failed(reason=Reason.WRONG_IMPORT_ORIGIN, detail=f"the tests imported {foreign}", tests=tally)
        worse = compare(before, after)
        if worse is not None:
            reason = Reason.TIMEOUT if after.timed_out else Reason.TESTS_FAILED
            return Failed(reason=reason, detail=worse.explanation, tests=tally)
        return Passed(detail=f"{tally.passed} passed, {tally.failed} failed as before", tests=tally)

    def _output(self, setup: Setup, draft: Draft, tree: Tree, *, output_repeatable: bool) -> Passed | Failed:
        command = methodology.workload_of(setup)
        done = self.processes.run(launch(command, tree, setup.interpreter))
        if done.timed_out:
            return Failed(reason=Reason.TIMEOUT, detail=f"the workload did not end in {command.timeout_s:.0f}s")
        if done.usage.exit_code != 0:
            detail = f"the workload ended with exit code {done.usage.exit_code}: {_last_line(done.stderr)}"
            return Failed(reason=Reason.CRASH, detail=detail)
        if not output_repeatable:
            return Passed(detail="the workload ran; its output is not comparable")
        if done.stdout_sha256 != self.observer.output_before(setup, draft.base_commit, draft.base_tree):
            return Failed(reason=Reason.BEHAVIOUR_CHANGED, detail="the workload prints something else")
        return Passed(detail="the workload prints the same")

    def _guard(self, setup: Setup, tree: Tree) -> Passed | Failed:
        if self.guard is None:
            return Passed(detail="no guard command")
        done = self.processes.run(launch(self.guard, tree, setup.interpreter))
        if done.usage.exit_code != 0:
            said = _last_line(done.stderr or done.stdout)
            return Failed(reason=Reason.GUARD_FAILED, detail=f"{self.guard.text}: {said}")
        return Passed(detail=self.guard.text)


def module_names(files: tuple[str, ...], tree: Tree) -> tuple[str, ...]:
    """Return the dotted names under which changed files are imported; scripts outside the import roots have none."""
    names = []
    for file in files:
        path = PurePosixPath(file)
        roots = [PurePosixPath(root) for root in tree.import_roots if path.is_relative_to(root)]
        if not roots or path.name == "__main__.py":
            continue
        parts = path.relative_to(max(roots, key=lambda root: len(root.parts))).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return tuple(names)


def tally_of(before: TestOutcomes | None, after: TestOutcomes) -> TestTally:
    """Count outcomes; a failure counts as one from before when the same test failed on the base."""
    bad = {Outcome.FAILED, Outcome.ERROR}
    failed = {name for name, outcome in after.by_test.items() if outcome in bad}
    failed_before = {name for name, outcome in (before.by_test if before else {}).items() if outcome in bad}
    passed = sum(outcome is Outcome.PASSED for outcome in after.by_test.values())
    return TestTally(passed=passed, failed=len(failed), failed_before=len(failed & failed_before))


def _scope(draft: Draft, tree: Tree) -> Passed | Failed:
    files = draft.proposal.patch.files
    found = violation(files, tree.source_paths)
    if found is None:
        root = tree.root.resolve()
        linked = [file for file in files if (root / file).resolve() != root / file]
        found = f"{linked[0]} is reached through a symbolic link" if linked else None
    if found is not None:
        return Failed(reason=Reason.SCOPE_VIOLATION, detail=found)
    return Passed(detail=", ".join(files))


def _believed(found: Suspicion | None, otherwise: str) -> Passed | Failed:
    return Passed(detail=otherwise) if found is None else Failed(reason=Reason.GAMING_SUSPECTED, detail=str(found))


def _syntax(draft: Draft, tree: Tree) -> Passed | Failed:
    for file in draft.proposal.patch.files:
        try:
            compile((tree.root / file).read_bytes(), file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            return Failed(reason=Reason.SYNTAX_ERROR, detail=f"{file}: {error}")
    return Passed(detail="parses")


def _origins(stdout: str) -> dict[str, str]:
    try:
        found = json.loads(stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return {}
    return {str(name): str(file) for name, file in found.items()} if isinstance(found, dict) else {}


def _last_line(text: str) -> str:
    return next((line.strip()[:300] for line in reversed(text.splitlines()) if line.strip()), "no message")
