"""Tests and measures a fix in two worktrees, and decides."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from agents.model import PatchMismatch
from agents.specialists.setup import Setup
from orchestrator import methodology
from orchestrator.company import Company
from orchestrator.draft import Draft
from orchestrator.errors import WorkloadFailed
from orchestrator.gates import Failed, Gates, Passed, Step
from orchestrator.observer import RepositoryObserver
from orchestrator.own_calls import OwnCalls
from orchestrator.policy import confirming, gaming, own_calls
from orchestrator.policy.gaming import Suspicion
from orchestrator.policy.keep_or_discard import ExperimentEvidence, decide
from orchestrator.policy.verdict import Level, Reason
from orchestrator.services import Checkouts, Clock
from orchestrator.sources import apply_patch
from orchestrator.watchman import Watchman
from profiling.comparison import Measurement
from profiling.context import layout as source_layout
from profiling.measure import engine, machine
from profiling.measure.call_evidence import CallEvidence
from profiling.measure.failures import MeasurementFailed, RunTimedOut, Side, WrongOrigin
from profiling.measure.forecast import Forecast
from profiling.measure.processes import Processes
from profiling.model import Dimension, Tree

_REASONS = {RunTimedOut: Reason.TIMEOUT, WrongOrigin: Reason.WRONG_IMPORT_ORIGIN}

_MAY_CLASH = frozenset(
    {Reason.TESTS_FAILED, Reason.BEHAVIOUR_CHANGED, Reason.GUARD_FAILED, Reason.TIMEOUT, Reason.CRASH}
)
"""What another worker's tests or workload can cause: both ask for one port, or write one file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the maintainers and the person set.

    Attributes:
        weights: per dimension, for the net effect.
        untouchable: dimensions that may not get worse whatever the net.
        time_budget_s, max_pairs: bounds of one measurement.
        seed: of hash seeds, orders and paddings.
        confirmations: measurements that a gain near the threshold needs, the first among them.
    """

    weights: Mapping[Dimension, float]
    untouchable: frozenset[Dimension]
    time_budget_s: float
    max_pairs: int
    seed: int
    confirmations: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WorktreeProver:
    """The real prover.

    Attributes:
        checkouts: one worktree holds the base, one the fix; their paths are of equal length.
        observer: knows how the base behaves.
        gates: the safety gates.
        processes, clock: effects.
        rules: of keeping.
        progress: told after every pair.
        foresee: told before the first one how long it will take.
        watchman: sees that nothing which judges is changed while time is taken; without one nothing does.
        own_calls: times the function's own calls; without one the workload decides on everything.
        company: knows who else runs tests at the moment.
    """

    checkouts: Checkouts
    observer: RepositoryObserver
    gates: Gates
    processes: Processes
    clock: Clock
    rules: Rules
    progress: Callable[[engine.Progress], None]
    foresee: Callable[[Forecast], None]
    watchman: Watchman | None = None
    own_calls: OwnCalls | None = None
    company: Company = field(default_factory=Company)

    def gate(self, setup: Setup, draft: Draft, *, output_repeatable: bool) -> Draft:
        """Apply the fix and run the gates; the draft tells the first that failed."""
        began, busy = self.clock.monotonic(), self.processes.busy_s
        try:
            with self.company.beside() as met_others:
                gated = self._through_gates(setup, draft, output_repeatable=output_repeatable)
                again = met_others() and gated.failed in _MAY_CLASH
            if again:
                with self.company.alone():
                    gated = self._through_gates(setup, draft, output_repeatable=output_repeatable)
        except (PatchMismatch, OSError, SyntaxError, UnicodeDecodeError) as error:
            return replace(draft, failed=Reason.SCOPE_VIOLATION, failure=f"the patch does not apply: {error}")
        return self._charged(gated, began, busy)

    def measure(self, setup: Setup, draft: Draft, *, output_repeatable: bool) -> Draft:
        """Measure the fix against its base; a run that fails is a failed gate with its reason."""
        began, busy = self.clock.monotonic(), self.processes.busy_s
        base = self._tree(setup, self.checkouts.base_at(draft.base_commit))
        try:
            tree = self._changed(setup, draft)
            seed = f"{self.rules.seed}:{draft.key}"
            with machine.watch() as others:
                measurement, doubt = self._believed(setup, draft, base, tree, seed)
                draft = self._with_calls(setup, draft, tree)
                draft = replace(draft, load=others.load().text if others.load().is_high else "")
        except MeasurementFailed as error:
            if error.side is Side.BASE:
                raise WorkloadFailed(str(error), hint="the unchanged tree fails: run the workload by hand") from error
            reason = _REASONS.get(type(error), Reason.CRASH)
            return self._charged(replace(draft, failed=reason, failure=str(error)), began, busy)
        changed = output_repeatable and any(
            pair.base.output_sha256 != pair.change.output_sha256 for pair in measurement.pairs
        )
        if doubt is None and draft.calls is not None:
            doubt = own_calls.lives_on_repetition(draft.calls, draft.outside_share)
        if doubt is not None:
            doubted = replace(draft, measurement=measurement, failed=Reason.GAMING_SUSPECTED, failure=str(doubt))
            return self._charged(doubted, began, busy)
        measured = replace(
            draft,
            measurement=measurement,
            failed=Reason.BEHAVIOUR_CHANGED if changed else None,
            failure="the workload printed something else in a timed pair" if changed else "",
        )
        return self._charged(measured, began, busy)

    def decide(self, draft: Draft) -> Draft:
        """Apply the policy to what is known."""
        proposal, measurement = draft.proposal, draft.measurement
        compared = measurement.comparisons.get(Dimension.CPU_S) if measurement else None
        verdict = decide(
            ExperimentEvidence(
                failed_gate=draft.failed,
                failure=draft.failure,
                primary=proposal.dimension,
                level=draft.level,
                measurement=measurement,
                share=own_calls.share_of(draft.calls, draft.total_share) if draft.calls else 1.0,
                workload_base_s=compared.base_median if compared else 0.0,
                diff_lines=_changed_lines(draft.diff),
                prescreen_gain=draft.prescreen_gain,
                function=draft.calls.measurement if draft.calls else None,
                function_doubt=own_calls.doubt(draft.calls) if draft.calls else "",
                weights=self.rules.weights,
                untouchable=self.rules.untouchable,
            )
        )
        return replace(draft, verdict=verdict)

    def headline(self, setup: Setup, base_commit: str, head_commit: str, dimension: Dimension) -> Measurement | None:
        """Measure two commits with new pairs; None when they are the same."""
        if base_commit == head_commit:
            return None
        base = self._tree(setup, self.checkouts.base_at(base_commit))
        change = self._tree(setup, self.checkouts.work_at(head_commit))
        seed = f"{self.rules.seed}:{base_commit}:{head_commit}"
        return self._measure(setup, base, change, dimension, seed)

    def _through_gates(self, setup: Setup, draft: Draft, *, output_repeatable: bool) -> Draft:
        tree = self._changed(setup, draft)
        return _gated(draft, tuple(self.gates.run(setup, draft, tree, output_repeatable=output_repeatable)))

    def _believed(
        self, setup: Setup, draft: Draft, base: Tree, tree: Tree, seed: str
    ) -> tuple[Measurement, Suspicion | None]:
        """Measure, an implausible gain twice; the files that judge are looked at before and after."""
        dimension = draft.proposal.dimension
        doubt = self.watchman.frozen(setup, draft, tree) if self.watchman is not None else None
        measurement = self._confirmed(setup, base, tree, dimension, seed)
        if doubt is None and gaming.is_implausible(measurement):
            again = self._measure(setup, base, tree, dimension, f"{seed}:again")
            doubt = gaming.disbelieve(measurement, again) or self._doubt_on_fresh_inputs(setup, draft, tree)
        if doubt is None and self.watchman is not None:
            doubt = self.watchman.frozen(setup, draft, tree)
        return measurement, doubt

    def _confirmed(self, setup: Setup, base: Tree, tree: Tree, dimension: Dimension, seed: str) -> Measurement:
        """Measure; a gain near the threshold as often as the rules want, and the weakest of these counts."""
        found = [self._measure(setup, base, tree, dimension, seed)]
        while len(found) < self.rules.confirmations and confirming.is_open(found):
            found.append(self._measure(setup, base, tree, dimension, f"{seed}:confirmed:{len(found)}"))
        return min(found, key=confirming.strength)

    def _doubt_on_fresh_inputs(self, setup: Setup, draft: Draft, tree: Tree) -> Suspicion | None:
        """Return the suspicion that recorded calls raise which were held back, or answered for the first time."""
        found = self.own_calls.measure(setup, draft, tree) if self.own_calls is not None else None
        return gaming.disbelieve_calls(found) if isinstance(found, CallEvidence) else None

    def _with_calls(self, setup: Setup, draft: Draft, tree: Tree) -> Draft:
        """Measure the function's own calls where they are to decide; where that can't be, the workload decides."""
        if draft.level is not Level.FUNCTION or self.own_calls is None:
            return draft
        found = self.own_calls.measure(setup, draft, tree)
        return replace(draft, calls=found) if isinstance(found, CallEvidence) else draft

    def _measure(self, setup: Setup, base: Tree, change: Tree, target: Dimension, seed: str) -> Measurement:
        plan = engine.Plan(target=target, max_pairs=self.rules.max_pairs, time_budget_s=self.rules.time_budget_s)
        with self.observer.scratch() as scratch:
            return engine.measure(
                base,
                change,
                methodology.workload_of(setup),
                setup.interpreter,
                plan,
                processes=self.processes,
                scratch=scratch,
                rng=random.Random(seed),  # noqa: S311  orders and hash seeds, not secrets
                on_pair=self.progress,
                on_forecast=self.foresee,
            )

    def _changed(self, setup: Setup, draft: Draft) -> Tree:
        """Put the fix into the work tree, from a clean checkout of its base."""
        root = self.checkouts.work_at(draft.base_commit)
        apply_patch(draft.proposal.patch, root)
        return self._tree(setup, root)

    def _tree(self, setup: Setup, root: Path) -> Tree:
        return source_layout.at(setup.tree, root)

    def _charged(self, draft: Draft, began: float, busy: float) -> Draft:
        """Add the time since `began` to a draft, and how much of it processes of the target ran."""
        seconds = draft.seconds + self.clock.monotonic() - began
        return replace(draft, seconds=seconds, busy_s=draft.busy_s + self.processes.busy_s - busy)


def _gated(draft: Draft, steps: tuple[Step, ...]) -> Draft:
    """Return a draft with what its gates saw."""
    failed = next((step.outcome for step in steps if isinstance(step.outcome, Failed)), None)
    tallies = [step.outcome.tests for step in steps if step.outcome.tests is not None]
    gains = [step.outcome.own_gain for step in steps if isinstance(step.outcome, Passed)]
    return replace(
        draft,
        gates=tuple(step.result for step in steps),
        tests=tallies[-1] if tallies else draft.tests,
        prescreen_gain=next((gain for gain in gains if gain is not None), None),
        failed=failed.reason if failed else None,
        failure=failed.detail if failed else "",
    )


def _changed_lines(diff: str) -> int:
    lines = [line for line in diff.splitlines() if not line.startswith(("+++", "---"))]
    return max(sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines))
