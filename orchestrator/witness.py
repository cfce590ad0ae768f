"""Replays what the touched functions were seen to do: recorded on the base, then held against the fix."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agents.specialists.setup import Setup
from orchestrator.draft import Draft
from orchestrator.transcripts import Transcripts, leaves_library
from profiling.behaviour.check import behaviour, behaviour_on_corpus, behaviour_on_new_inputs
from profiling.behaviour.compare import BehaviourReport, Outcome
from profiling.behaviour.recording import Recording, RecordingError
from profiling.behaviour.symbolic import explore
from profiling.measure.processes import Processes
from profiling.model import Interpreter, Tree

INPUTS = 100
"""Made for each touched function, like those it was seen to get."""

_MORE = 5
"""Times as many where a function is to do without a library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """What replaying showed: in a line, and whether the fix behaves differently."""

    text: str
    is_different: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Compares a fix with its base, call by call.

    Attributes:
        transcripts: the recorded calls, and where they were recorded.
        seed: of the target's random numbers and of generated inputs; never shown to a proposer.
        time_s: wall seconds for one replay on the base.
        inputs: made for each function.
    """

    transcripts: Transcripts
    seed: int
    time_s: float
    inputs: int = INPUTS

    def testify(self, setup: Setup, draft: Draft, tree: Tree) -> Testimony:
        """Replay the recorded calls of the touched functions on both trees.

        Too little to compare is no difference, and said: tests and output stand in for it.
        """
        transcript = self.transcripts.of(setup, draft, tree)
        if not transcript.functions:
            return Testimony(text="no function was changed: nothing to replay", is_different=False)
        if transcript.recording is None:
            return Testimony(text=f"behaviour could not be replayed: {transcript.problem}", is_different=False)
        with self.transcripts.observer.scratch() as scratch:
            replay = _Replay(
                recording=transcript.recording,
                base=self.transcripts.observer.base(setup, draft.base_commit),
                tree=tree,
                interpreter=setup.interpreter,
                processes=self.transcripts.processes,
                scratch=scratch,
                seed=self.seed,
                time_s=self.time_s,
                inputs=_MORE * self.inputs if leaves_library(draft) else self.inputs,
                has_corpus=leaves_library(draft),
            )
            try:
                return replay.testimony()
            except (RecordingError, OSError) as error:
                return Testimony(text=f"behaviour could not be replayed: {error}", is_different=False)


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
    inputs: int
    has_corpus: bool

    def testimony(self) -> Testimony:
        """Replay what was recorded, then inputs made like it, then search for others; the first difference ends it."""
        report = self._report(behaviour)
        if report.outcome is Outcome.DIFFERENT:
            return Testimony(text=report.text, is_different=True)
        made = self._report(partial(behaviour_on_new_inputs, count=self.inputs))
        if made.outcome is Outcome.DIFFERENT:
            return Testimony(text=f"on generated inputs, {made.text}", is_different=True)
        odd = self._report(behaviour_on_corpus) if self.has_corpus else None
        if odd is not None and odd.outcome is Outcome.DIFFERENT:
            return Testimony(text=f"on odd inputs, {odd.text}", is_different=True)
        keys = tuple(function.key for function in self.recording.functions)
        found = explore(keys, self.base, self.tree, self.interpreter, processes=self.processes, scratch=self.scratch)
        if found.differences:
            return Testimony(text=f"by symbolic search, {found.differences[0].text}", is_different=True)
        more = f"; {made.compared} generated inputs alike" if made.compared else ""
        more += f"; {odd.compared} odd inputs alike" if odd is not None and odd.compared else ""
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
