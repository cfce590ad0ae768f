"""An implausible gain is measured again; judges are looked at before and after time is taken."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from agents.model import Answer, Checklist, Patch, Proposal
from agents.recipes.backend import RecipesBackend
from agents.specialists.setup import Setup
from orchestrator.draft import Draft
from orchestrator.gates import Gates
from orchestrator.ledger.layout import Layout
from orchestrator.observer import RepositoryObserver
from orchestrator.policy.gaming import Suspicion
from orchestrator.policy.tells import Mechanism
from orchestrator.policy.verdict import Reason
from orchestrator.prover import Rules, WorktreeProver
from orchestrator.watchman import Watchman
from orchestrator.wiring import SystemClock
from profiling.comparison import Comparison, Decision, Measurement
from profiling.measure.processes import Processes
from profiling.model import Command, Dimension, Domain, FunctionKey, Interpreter, Tree

NOTHING = Answer(text="", evidence="")
PROPOSAL = Proposal(
    source="test",
    domain=Domain.CPU,
    dimension=Dimension.CPU_S,
    key=FunctionKey(file="a.py", first_line=1, qualname="f"),
    summary="",
    mechanism="",
    patch=Patch(edits=()),
    expected={},
    risk="",
    checklist=Checklist(**dict.fromkeys(Checklist.__slots__, NOTHING)),
)
DRAFT = Draft(
    number=1,
    key="k",
    base_commit="c",
    base_tree="t",
    proposal=PROPOSAL,
    diff="",
    domains=(),
    interactions=(),
    cpu_share=1.0,
    place_digest="",
    started_at="",
)
CHANGED = Suspicion(mechanism=Mechanism.FROZEN, seen="tests/test_a.py (changed)")


def measured(ratio: float) -> Measurement:
    compared = Comparison(
        dimension=Dimension.CPU_S,
        ratio=ratio,
        low=ratio,
        high=ratio,
        base_median=1.0,
        change_median=ratio,
        pairs=7,
        improved=True,
        regressed=False,
        limit="",
    )
    return Measurement(
        target=Dimension.CPU_S,
        decision=Decision.IMPROVED,
        stopped_because="",
        evidence_gain=9.0,
        evidence_no_gain=0.0,
        comparisons={Dimension.CPU_S: compared},
        pairs=(),
        elapsed_s=1.0,
    )


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

    def run(ratios: list[float], sees: list[Suspicion | None]) -> Draft:
        MEASURED.clear()
        RATIOS[:] = ratios
        prover = Scripted(
            checkouts=checkouts,
            observer=observer,
            gates=Gates(observer=observer, processes=processes, guard=None),
            processes=processes,
            clock=SystemClock(),
            rules=Rules(
                weights={}, untouchable=frozenset(), time_budget_s=1.0, max_pairs=1, seed=random.Random(1).randrange(9)
            ),
            progress=lambda _: None,
            watchman=ScriptedWatchman(observer=observer, processes=processes, sees=sees),
        )
        return prover.measure(setup, replace(DRAFT), output_repeatable=False)

    return run


def test_a_plausible_gain_is_measured_once_and_believed(prove: Callable[..., Draft]) -> None:
    draft = prove([0.5], [None, None])
    assert (draft.failed, len(MEASURED)) == (None, 1)


def test_an_implausible_gain_that_holds_with_another_seed_is_believed(prove: Callable[..., Draft]) -> None:
    draft = prove([0.01, 0.011], [None, None])
    assert draft.failed is None
    assert len(set(MEASURED)) == 2


def test_an_implausible_gain_that_does_not_hold_is_suspected_gaming(prove: Callable[..., Draft]) -> None:
    draft = prove([0.01, 0.9], [None, None])
    assert draft.failed is Reason.GAMING_SUSPECTED
    assert "gains more than can be believed" in draft.failure


@pytest.mark.parametrize("sees", [[CHANGED], [None, CHANGED]])
def test_a_judge_that_changed_before_or_while_timing_voids_the_measurement(
    prove: Callable[..., Draft], sees: list[Suspicion | None]
) -> None:
    draft = prove([0.5], sees)
    assert draft.failed is Reason.GAMING_SUSPECTED
    assert "tests/test_a.py" in draft.failure
