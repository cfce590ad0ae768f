"""Measures a fix on the recorded calls of the one function it is about: briefly before the tests, fully to decide."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from agents.specialists.setup import Setup
from orchestrator.draft import Draft
from orchestrator.policy import confirming
from orchestrator.policy.own_calls import subject
from orchestrator.transcripts import WORKLOAD, Transcripts
from profiling.behaviour.recording import RecordingError
from profiling.measure import callables, engine
from profiling.measure.call_evidence import CallEvidence
from profiling.measure.callables import Subject
from profiling.measure.failures import MeasurementFailed
from profiling.model import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmeasured:
    """Why there is nothing to say of a fix's own calls."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCalls:
    """Replays recorded calls on base and change, timed.

    Attributes:
        transcripts: the recorded calls, and where they were recorded.
        seed: of hash seeds, orders and which calls are held back; never shown to a proposer.
        max_pairs, time_budget_s: bounds of one measurement.
        progress: told after every pair.
        confirmations: measurements that a gain near the threshold needs, the first among them.
    """

    transcripts: Transcripts
    seed: int
    max_pairs: int
    time_budget_s: float
    progress: Callable[[engine.Progress], None]
    confirmations: int = 1

    def prescreen(self, setup: Setup, draft: Draft, tree: Tree) -> CallEvidence | Unmeasured:
        """Look briefly whether the function gets faster at all."""
        return self._measured(callables.prescreen, setup, draft, tree, "prescreen")

    def measure(self, setup: Setup, draft: Draft, tree: Tree) -> CallEvidence | Unmeasured:
        """Measure the function's calls until the sequential test has decided.

        A gain near the threshold is measured as often as is wanted, and the weakest of these counts.
        """
        first = self._measured(callables.measure_calls, setup, draft, tree, "calls")
        if isinstance(first, Unmeasured):
            return first
        found = [first]
        while len(found) < self.confirmations and confirming.is_open([one.measurement for one in found]):
            again = self._measured(callables.measure_calls, setup, draft, tree, f"calls:confirmed:{len(found)}")
            if isinstance(again, Unmeasured):
                return again
            found.append(again)
        return min(found, key=lambda one: confirming.strength(one.measurement))

    def _measured(
        self, how: Callable[..., CallEvidence], setup: Setup, draft: Draft, tree: Tree, purpose: str
    ) -> CallEvidence | Unmeasured:
        transcript = self.transcripts.of(setup, draft, tree)
        key = subject(draft.proposal.dimension, transcript.functions, draft.proposal.key)
        if key is None:
            return Unmeasured(why="no single function's calls show what the fix does")
        if transcript.recording is None:
            return Unmeasured(why=f"its calls could not be recorded: {transcript.problem}")
        plan = engine.Plan(target=draft.proposal.dimension, max_pairs=self.max_pairs, time_budget_s=self.time_budget_s)
        base = self.transcripts.observer.base(setup, draft.base_commit)
        with self.transcripts.observer.scratch() as scratch:
            try:
                return how(
                    base,
                    tree,
                    Subject(recording=transcript.recording, function=key, commands=frozenset({WORKLOAD})),
                    setup.interpreter,
                    plan,
                    processes=self.transcripts.processes,
                    scratch=scratch,
                    rng=random.Random(f"{self.seed}:{draft.key}:{purpose}"),  # noqa: S311  orders, not secrets
                    on_pair=self.progress,
                )
            except (MeasurementFailed, RecordingError, OSError) as error:
                return Unmeasured(why=str(error))
