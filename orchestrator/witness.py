"""Replays what the touched functions were seen to do: recorded on the base, then held against the fix."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agents.specialists.setup import Setup
from orchestrator import methodology
from orchestrator.draft import Draft
from orchestrator.observer import RepositoryObserver
from orchestrator.policy.touched import touched
from orchestrator.sources import read_source
from profiling.behaviour.check import behaviour, behaviour_on_new_inputs
from profiling.behaviour.compare import BehaviourReport, Outcome
from profiling.behaviour.record import record
from profiling.behaviour.recording import Recording, RecordingError
from profiling.behaviour.symbolic import explore
from profiling.measure.processes import Processes
from profiling.model import Command, FunctionKey, Interpreter, Tree

_LONGEST_TESTS_S = 60.0
"""Tests that take longer are not run once more to record calls: the workload's calls are then all there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """What replaying showed: in a line, and whether the fix behaves differently."""

    text: str
    is_different: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Compares a fix with its base, call by call.

    Attributes:
        observer: brings the base tree.
        processes: starts the target's processes.
        seed: of the target's random numbers and of generated inputs; never shown to a proposer.
        time_s: wall seconds for one replay on the base.
    """

    observer: RepositoryObserver
    processes: Processes
    seed: int
    time_s: float

    def testify(self, setup: Setup, draft: Draft, tree: Tree) -> Testimony:
        """Record the calls of the touched functions on the base, and replay them on both trees.

        Too little to compare is no difference, and said: tests and output stand in for it.
        """
        base = self.observer.base(setup, draft.base_commit)
        files = draft.proposal.patch.files
        keys = touched(*({file: _text(one.root / file) for file in files} for one in (base, tree)))
        if not keys:
            return Testimony(text="no function was changed: nothing to replay", is_different=False)
        with self.observer.scratch() as scratch:
            try:
                replay = _Replay(
                    recording=self._recorded(setup, draft, base, keys, scratch),
                    base=base,
                    tree=tree,
                    interpreter=setup.interpreter,
                    processes=self.processes,
                    scratch=scratch,
                    seed=self.seed,
                    time_s=self.time_s,
                )
                return replay.testimony()
            except (RecordingError, OSError) as error:
                return Testimony(text=f"behaviour could not be replayed: {error}", is_different=False)

    def _recorded(
        self, setup: Setup, draft: Draft, base: Tree, keys: tuple[FunctionKey, ...], scratch: Path
    ) -> Recording:
        folder = scratch / "recording"
        folder.mkdir()
        commands = tuple(self._commands(setup, draft))
        return record(keys, base, commands, setup.interpreter, processes=self.processes, folder=folder, seed=self.seed)

    def _commands(self, setup: Setup, draft: Draft) -> Iterator[Command]:
        yield methodology.workload_of(setup)
        before = self.observer.tests_before(setup, draft.base_commit, draft.base_tree)
        if setup.tests is not None and before is not None and before.usage.wall_s <= _LONGEST_TESTS_S:
            yield setup.tests


@dataclass(frozen=True, slots=True, kw_only=True)
class _Replay:
    """One recording, and what it is replayed on."""

    recording: Recording
    base: Tree
    tree: Tree
    interpreter: Interpreter
    processes: Processes
    scratch: Path
    seed: int
    time_s: float

    def testimony(self) -> Testimony:
        """Replay what was recorded, then inputs made like it, then search for others; the first difference ends it."""
        report = self._report(behaviour)
        if report.outcome is Outcome.DIFFERENT:
            return Testimony(text=report.text, is_different=True)
        made = self._report(behaviour_on_new_inputs)
        if made.outcome is Outcome.DIFFERENT:
            return Testimony(text=f"on generated inputs, {made.text}", is_different=True)
        keys = tuple(function.key for function in self.recording.functions)
        found = explore(keys, self.base, self.tree, self.interpreter, processes=self.processes, scratch=self.scratch)
        if found.differences:
            return Testimony(text=f"by symbolic search, {found.differences[0].text}", is_different=True)
        more = f"; {made.compared} generated inputs alike" if made.compared else ""
        return Testimony(text=f"{report.text}{more}", is_different=False)

    def _report(self, check: Callable[..., BehaviourReport]) -> BehaviourReport:
        return check(
            self.recording,
            self.base,
            self.tree,
            self.interpreter,
            processes=self.processes,
            scratch=self.scratch,
            seed=self.seed,
            all_s=self.time_s,
        )


def _text(path: Path) -> str:
    with suppress(OSError, SyntaxError, UnicodeDecodeError):
        return read_source(path).text
    return ""
