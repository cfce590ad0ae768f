"""An implausible gain is measured again; judges are looked at before and after time is taken."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agents.recipes.backend import RecipesBackend
from agents.specialists.setup import Setup
from orchestrator.draft import Draft
from orchestrator.gates import Gates
from orchestrator.ledger.layout import Layout
from orchestrator.observer import RepositoryObserver
from orchestrator.own_calls import OwnCalls, Unmeasured
from orchestrator.policy.gaming import Suspicion
from orchestrator.policy.tells import Mechanism
from orchestrator.policy.verdict import Level, Reason
from orchestrator.prover import Rules, WorktreeProver
from orchestrator.transcripts import Transcripts
from orchestrator.watchman import Watchman
from orchestrator.wiring import SystemClock
from profiling.comparison import Measurement
from profiling.measure.call_evidence import CallEvidence
from profiling.measure.engine import Progress
from profiling.measure.processes import Processes
from profiling.model import Command, Dimension, Interpreter, Tree
from tests.fakes.experiments import calls, compared, draft, measured

CHANGED = Suspicion(mechanism=Mechanism.FROZEN, seen="tests/test_a.py (changed)")


class Scripted(WorktreeProver):
    """Measures what it is told."""

    def _measure(self, setup: Setup, base: Tree, change: Tree, target: Dimension, seed: str) -> Measurement:
        MEASURED.append(seed)
        return measured(RATIOS[len(MEASURED) - 1])


MEASURED: list[str] = []
RATIOS: list[float] = []


@dataclass(kw_only=True)
class ScriptedWatchman(Watchman):
    """Sees what it is told."""

    sees: list[Suspicion | None]

    def frozen(self, setup: Setup, draft: Draft, tree: Tree) -> Suspicion | None:
        """Return the next answer."""
        return self.sees.pop(0)


@dataclass(frozen=True, kw_only=True)
class ScriptedCalls(OwnCalls):
    """Measures what it is told."""

    says: CallEvidence | Unmeasured
    seed: int = 1
    max_pairs: int = 1
    time_budget_s: float = 1.0
    progress: Callable[[Progress], None] = print

    def measure(self, setup: Setup, draft: Draft, tree: Tree) -> CallEvidence | Unmeasured:
        """Return the answer."""
        return self.says


@dataclass(frozen=True)
class OneFolder:
    """Both checkouts in one folder."""

    root: Path

    def base_at(self, commit: str) -> Path:
        """Return the folder."""
        return self.root

    def work_at(self, commit: str) -> Path:
        """Return the folder."""
        return self.root


@pytest.fixture
def prove(tmp_path: Path) -> Callable[..., Draft]:
    """Measure a draft with ratios and sights as told."""
    processes, checkouts = Processes(), OneFolder(tmp_path)
    observer = RepositoryObserver(
        layout=Layout(root=tmp_path),
        checkouts=checkouts,
        processes=processes,
        backend=RecipesBackend(),
        memory_budget_s=1.0,
        say=lambda _: None,
    )
    transcripts = Transcripts(observer=observer, processes=processes, seed=1)
    setup = Setup(
        tree=Tree(root=tmp_path, import_roots=(".",), packages=("a",), source_paths=("a.py",)),
        interpreter=Interpreter(executable="python", version=(3, 12, 0)),
        package_manager="pip",
        tests=None,
        workload=Command(argv=("python", "a.py")),
        workload_candidates=(),
        documents=(),
        speed_dependencies=(),
        tools=(),
        problems=(),
        fingerprint="",
    )

    def run(
        ratios: list[float],
        sees: list[Suspicion | None],
        own: CallEvidence | None = None,
        *,
        confirmations: int = 1,
        **changes: Any,
    ) -> Draft:
        MEASURED.clear()
        RATIOS[:] = ratios
        prover = Scripted(
            checkouts=checkouts,
            observer=observer,
            gates=Gates(observer=observer, processes=processes, guard=None),
            processes=processes,
            clock=SystemClock(),
            rules=Rules(
                weights={},
                untouchable=frozenset(),
                time_budget_s=1.0,
                max_pairs=1,
                seed=random.Random(1).randrange(9),
                confirmations=confirmations,
            ),
            progress=lambda _: None,
            foresee=lambda _: None,
            watchman=ScriptedWatchman(observer=observer, processes=processes, sees=sees),
            own_calls=ScriptedCalls(transcripts=transcripts, says=own or Unmeasured(why="")),
        )
        return prover.measure(setup, draft(**changes), output_repeatable=False)

    return run


def test_a_plausible_gain_is_measured_once_and_believed(prove: Callable[..., Draft]) -> None:
    seen = prove([0.5], [None, None])
    assert (seen.failed, len(MEASURED)) == (None, 1)


@pytest.mark.parametrize(
    ("ratios", "counts"),
    [([0.96, 0.95, 0.965], 0.965), ([0.96, 0.99], 0.99), ([0.5], 0.5), ([0.99], 0.99)],
    ids=["found three times", "not found again", "far from the threshold", "no gain"],
)
def test_a_gain_near_the_threshold_is_confirmed_with_new_seeds_and_the_weakest_counts(
    prove: Callable[..., Draft], ratios: list[float], counts: float
) -> None:
    seen = prove([*ratios, *[0.1] * 3], [None, None], confirmations=3)
    assert seen.measurement is not None
    assert seen.measurement.comparisons[Dimension.CPU_S].ratio == counts
    assert len(set(MEASURED)) == len(MEASURED) == len(ratios)


def test_an_implausible_gain_that_holds_with_another_seed_is_believed(prove: Callable[..., Draft]) -> None:
    seen = prove([0.01, 0.011], [None, None])
    assert seen.failed is None
    assert len(set(MEASURED)) == 2


def test_an_implausible_gain_that_does_not_hold_is_suspected_gaming(prove: Callable[..., Draft]) -> None:
    seen = prove([0.01, 0.9], [None, None])
    assert seen.failed is Reason.GAMING_SUSPECTED
    assert "gains more than can be believed" in seen.failure


@pytest.mark.parametrize("sees", [[CHANGED], [None, CHANGED]])
def test_a_judge_that_changed_before_or_while_timing_voids_the_measurement(
    prove: Callable[..., Draft], sees: list[Suspicion | None]
) -> None:
    seen = prove([0.5], sees)
    assert seen.failed is Reason.GAMING_SUSPECTED
    assert "tests/test_a.py" in seen.failure


def test_an_implausible_gain_that_held_back_inputs_contradict_is_suspected_gaming(
    prove: Callable[..., Draft],
) -> None:
    seen = prove([0.01, 0.011], [None, None], calls(0.01, held_back=compared(1.0)))
    assert seen.failed is Reason.GAMING_SUSPECTED
    assert "held back" in seen.failure


def test_own_calls_are_measured_only_where_the_function_is_to_decide(prove: Callable[..., Draft]) -> None:
    own = calls(0.8)
    assert prove([0.99], [None, None], own, level=Level.FUNCTION).calls is own
    assert prove([0.5], [None, None], own, level=Level.WORKLOAD).calls is None


def test_a_cache_that_answers_only_what_the_workload_repeats_is_suspected_gaming(prove: Callable[..., Draft]) -> None:
    own = calls(0.1, cache_gain=True, cold=compared(1.0), repeated_share=0.9)
    by_the_workload = prove([0.99], [None, None], own, level=Level.FUNCTION, outside_share=1.0)
    assert by_the_workload.failed is Reason.GAMING_SUSPECTED
    by_the_project = prove([0.99], [None, None], own, level=Level.FUNCTION, outside_share=0.0)
    assert by_the_project.failed is None
