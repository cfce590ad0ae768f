"""Tests and measures a fix in two worktrees, and decides."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from agents.model import PatchMismatch
from agents.specialists.setup import Setup
from orchestrator import methodology
from orchestrator.draft import Draft
from orchestrator.errors import WorkloadFailed
from orchestrator.gates import Gates
from orchestrator.observer import RepositoryObserver
from orchestrator.policy import gaming
from orchestrator.policy.gaming import Suspicion
from orchestrator.policy.keep_or_discard import ExperimentEvidence, choose_level, decide
from orchestrator.policy.verdict import Reason
from orchestrator.services import Checkouts, Clock
from orchestrator.sources import apply_patch
from orchestrator.watchman import Watchman
from profiling.comparison import Measurement
from profiling.context import layout as source_layout
from profiling.measure import engine
from profiling.measure.failures import MeasurementFailed, RunTimedOut, Side, WrongOrigin
from profiling.measure.processes import Processes
from profiling.model import Dimension, Tree

_REASONS = {RunTimedOut: Reason.TIMEOUT, WrongOrigin: Reason.WRONG_IMPORT_ORIGIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the maintainers and the person set.

    Attributes:
        weights: per dimension, for the net effect.
        untouchable: dimensions that may not get worse whatever the net.
        time_budget_s, max_pairs: bounds of one measurement.
        seed: of hash seeds, orders and paddings.
    """

    weights: Mapping[Dimension, float]
    untouchable: frozenset[Dimension]
    time_budget_s: float
    max_pairs: int
    seed: int


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
        watchman: sees that nothing which judges is changed while time is taken; without one nothing does.
    """

    checkouts: Checkouts
    observer: RepositoryObserver
    gates: Gates
    processes: Processes
    clock: Clock
    rules: Rules
    progress: Callable[[engine.Progress], None]
    watchman: Watchman | None = None

    def gate(self, setup: Setup, draft: Draft, *, output_repeatable: bool) -> Draft:
        """Apply the fix and run the gates; the draft tells the first that failed."""
        began, busy = self.clock.monotonic(), self.processes.busy_s
        try:
            tree = self._changed(setup, draft)
        except (PatchMismatch, OSError, SyntaxError, UnicodeDecodeError) as error:
            return replace(draft, failed=Reason.SCOPE_VIOLATION, failure=f"the patch does not apply: {error}")
        results, failed, tests = [], None, draft.tests
        for result, failure, tally in self.gates.run(setup, draft, tree, output_repeatable=output_repeatable):
            results.append(result)
            failed, tests = failure, tally or tests
        gated = replace(
            draft,
            gates=tuple(results),
            tests=tests,
            failed=failed.reason if failed else None,
            failure=failed.detail if failed else "",
        )
        return self._charged(gated, began, busy)

    def measure(self, setup: Setup, draft: Draft, *, output_repeatable: bool) -> Draft:
        """Measure the fix against its base; a run that fails is a failed gate with its reason."""
        began, busy = self.clock.monotonic(), self.processes.busy_s
        base = self._tree(setup, self.checkouts.base_at(draft.base_commit))
        try:
            tree = self._changed(setup, draft)
            seed = f"{self.rules.seed}:{draft.key}"
            measurement, doubt = self._believed(setup, draft, base, tree, seed)
        except MeasurementFailed as error:
            if error.side is Side.BASE:
                raise WorkloadFailed(str(error), hint="the unchanged tree fails: run the workload by hand") from error
            reason = _REASONS.get(type(error), Reason.CRASH)
            return self._charged(replace(draft, failed=reason, failure=str(error)), began, busy)
        changed = output_repeatable and any(
            pair.base.output_sha256 != pair.change.output_sha256 for pair in measurement.pairs
        )
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
        expected = max(proposal.expected.get(proposal.dimension, 0.0), 0.0)
        verdict = decide(
            ExperimentEvidence(
                failed_gate=draft.failed,
                failure=draft.failure,
                primary=proposal.dimension,
                level=choose_level(1.0, expected),
                measurement=measurement,
                share=1.0,
                workload_base_s=compared.base_median if compared else 0.0,
                diff_lines=_changed_lines(draft.diff),
                prescreen_gain=None,
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

    def _believed(
        self, setup: Setup, draft: Draft, base: Tree, tree: Tree, seed: str
    ) -> tuple[Measurement, Suspicion | None]:
        """Measure, an implausible gain twice; the files that judge are looked at before and after."""
        dimension = draft.proposal.dimension
        doubt = self.watchman.frozen(setup, draft, tree) if self.watchman is not None else None
        measurement = self._measure(setup, base, tree, dimension, seed)
        if doubt is None and gaming.is_implausible(measurement):
            again = self._measure(setup, base, tree, dimension, f"{seed}:again")
            doubt = gaming.disbelieve(measurement, again)
        if doubt is None and self.watchman is not None:
            doubt = self.watchman.frozen(setup, draft, tree)
        return measurement, doubt

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


def _changed_lines(diff: str) -> int:
    lines = [line for line in diff.splitlines() if not line.startswith(("+++", "---"))]
    return max(sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines))
