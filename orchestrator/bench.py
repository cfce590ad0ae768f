"""Where a proposer tries a fix before it is proposed: by the gates that judge it later, and nothing of it stays."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from agents.model import PatchMismatch, Proposal
from agents.specialists.setup import Setup
from orchestrator import methodology
from orchestrator.draft import Draft
from orchestrator.gates import Failed, Gates, Step
from orchestrator.observer import RepositoryObserver
from orchestrator.policy.joint_reasoning import unclear
from orchestrator.policy.scope import violation
from orchestrator.policy.verdict import Reason
from orchestrator.proposer import Begin
from orchestrator.recording import Recorder
from orchestrator.services import Checkouts
from orchestrator.sources import apply_patch
from profiling.behaviour.record import record
from profiling.behaviour.recording import Limits, RecordingError, read_calls
from profiling.behaviour.tests import Outcome, TestOutcomes, run_tests
from profiling.collect.runs import Workload
from profiling.context import layout as source_layout
from profiling.deep.lines import lines
from profiling.deep.model import FunctionLines, LineTime
from profiling.deep.run import DeepRun
from profiling.measure.processes import Processes
from profiling.model import Command, FunctionKey, Tree
from profiling.profile import FunctionProfile, Profile

_LONGEST_TESTS_S = 120.0
_MOST_NAMED = 30
_MOST_SAMPLES = 40
_SAMPLED_S = 5.0
_LONGEST_LINES_S = 180.0
_LONGEST_LINE = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class WorktreeBench:
    """Tries fixes in the work tree, between experiments.

    Attributes:
        setup: how the repository is run; tree: its base; begin: makes a draft of a proposal.
        checkouts, observer, gates, processes, recorder: of the session.
    """

    setup: Setup
    tree: Tree
    begin: Begin
    checkouts: Checkouts
    observer: RepositoryObserver
    gates: Gates
    processes: Processes
    recorder: Recorder

    def objection(self, proposal: Proposal) -> str:
        """Return why a fix may not be: where it reaches, that it was tried on this base, that its reasons are unclear.

        Signs of gaming are no objection here: who could ask until they are gone would learn to hide them.
        """
        outside = violation(proposal.patch.files, self.setup.tree.source_paths)
        if outside is not None:
            return outside
        draft = self.begin(proposal)
        if any(one.key == draft.key for one in self.recorder.records()):
            return "this very fix was tried on this base: what became of it stands in the history"
        return unclear(proposal, draft.interactions)

    def prescreen(self, proposal: Proposal) -> str:
        """Time a fix on recorded calls of its function, after the gates that come before."""
        steps = tuple(self._steps(self.begin(proposal), "prescreen"))
        return _refusal(steps) or steps[-1].outcome.detail

    def run_tests(self, proposal: Proposal, names: tuple[str, ...]) -> str:
        """Run tests with a fix; say what became of those whose names were given, and what got worse."""
        if self.setup.tests is None:
            return "there are no tests"
        draft = self.begin(proposal)
        refused = _refusal(tuple(self._steps(draft, "import")))
        if refused:
            return refused
        before = self.observer.tests_before(self.setup, draft.base_commit, draft.base_tree)
        tree = self._changed(draft)
        with self.observer.scratch() as scratch:
            command = _narrowed(_bounded(self.setup.tests), before, names)
            after = run_tests(command, tree, self.setup.interpreter, self.processes, scratch)
        return _told(before, after, names)

    def samples(self, key: FunctionKey) -> tuple[str, ...]:
        """Return calls of a function as the tests make them: another run, and another seed, than those that judge."""
        if self.setup.tests is None:
            return ()
        folder = Path(tempfile.mkdtemp(dir=self.observer.layout.work))
        try:
            found = record(
                (key,),
                self.tree,
                (_bounded(self.setup.tests),),
                self.setup.interpreter,
                processes=self.processes,
                folder=folder,
                limits=Limits(calls_per_function=_MOST_SAMPLES, seconds=_SAMPLED_S),
            )
            literals = (call.literal for call in read_calls(found))
            return tuple(dict.fromkeys(one for one in literals if one is not None))
        except (RecordingError, OSError):
            return ()
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def line_times(self, found: FunctionProfile, profile: Profile) -> str:
        """Run the workload once more and say where a function's time goes, line by line."""
        with self.observer.scratch() as scratch:
            run = DeepRun(
                workload=Workload(
                    tree=self.tree,
                    command=methodology.workload_of(self.setup),
                    interpreter=self.setup.interpreter,
                    processes=self.processes,
                    tolerant=True,
                ),
                plain=profile.baseline,
                timed_out=profile.timed_out,
                functions=(found,),
                scratch=scratch,
                on_progress=self.observer.say,
                most_s=_LONGEST_LINES_S,
            )
            timed, notes = lines(run)
        rows = [_line_text(one, each) for each in (timed.functions if timed else ()) for one in each.lines]
        return "\n".join([*rows, *notes])

    def _steps(self, draft: Draft, last: str) -> Iterator[Step]:
        """Yield what the gates say, up to the one named or to the first that fails, with the fix in the work tree."""
        try:
            tree = self._changed(draft)
        except (PatchMismatch, OSError, SyntaxError, UnicodeDecodeError) as error:
            failed = Failed(reason=Reason.SCOPE_VIOLATION, detail=f"the patch does not apply: {error}")
            yield Step(gate="scope", outcome=failed)
            return
        for step in self.gates.run(self.setup, draft, tree, output_repeatable=False):
            yield step
            if step.gate == last:
                return

    def _changed(self, draft: Draft) -> Tree:
        root = self.checkouts.work_at(draft.base_commit)
        apply_patch(draft.proposal.patch, root)
        return source_layout.at(self.setup.tree, root)


def _line_text(one: LineTime, function: FunctionLines) -> str:
    share = one.seconds / function.seconds if function.seconds > 0 else 0.0
    return f"{one.line}\t{share:.1%}\t{one.hits:,} times\t{one.text.strip()[:_LONGEST_LINE]}"


def _refusal(steps: tuple[Step, ...]) -> str:
    """Return why a fix was not run to the end; of gaming only that it looks like it."""
    outcome = steps[-1].outcome
    if not isinstance(outcome, Failed):
        return ""
    if outcome.reason is Reason.GAMING_SUSPECTED:
        return "refused: it looks like gaming the measurement"
    return f"refused at the gate `{steps[-1].gate}` ({outcome.reason.value}): {outcome.detail}"


def _bounded(command: Command) -> Command:
    return replace(command, timeout_s=min(command.timeout_s, _LONGEST_TESTS_S))


def _narrowed(command: Command, before: TestOutcomes | None, names: tuple[str, ...]) -> Command:
    """Return the test command for the tests meant, where its runner takes names; otherwise all are run."""
    chosen = _meant(before, names)
    if before is None or before.runner != "pytest" or not names or not chosen:
        return command
    return replace(command, argv=(*_runner_of(command.argv), *chosen))


def _runner_of(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Return the part of a pytest command that starts it, without the tests and options it names."""
    last = next((place for place, word in enumerate(argv) if PurePosixPath(word).name in {"pytest", "py.test"}), None)
    return argv if last is None else (*argv[: last + 1], "-q")


def _meant(before: TestOutcomes | None, names: tuple[str, ...]) -> tuple[str, ...]:
    known = before.by_test if before is not None else {}
    return tuple(test for test in known if not names or any(name in test for name in names))


def _told(before: TestOutcomes | None, after: TestOutcomes, names: tuple[str, ...]) -> str:
    """Return what became of the tests meant, those that are worse than before first."""
    if after.timed_out:
        return f"the tests did not end within {_LONGEST_TESTS_S:.0f} s"
    meant = _meant(before, names)
    if names and not meant:
        return f"no test is named like {', '.join(names)[:200]}"
    known = before.by_test if before is not None else {}
    worse = [one for one in meant if known[one] is Outcome.PASSED and after.by_test.get(one) is not Outcome.PASSED]
    passed = sum(after.by_test.get(one) is Outcome.PASSED for one in meant)
    lines = [f"{passed} of {len(meant)} tests passed"]
    lines += [f"worse than before: {one}: {_outcome(after, one)}" for one in worse[:_MOST_NAMED]]
    return "\n".join([*lines, *([after.tail] if worse else [])])


def _outcome(after: TestOutcomes, test: str) -> str:
    outcome = after.by_test.get(test)
    return outcome.value if outcome is not None else "missing"
