import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orchestrator.company import Company
from orchestrator.gates import Failed, Passed, Step
from orchestrator.policy.verdict import Reason
from orchestrator.prover import WorktreeProver
from orchestrator.wiring import SystemClock
from profiling.measure.processes import Processes
from profiling.model import Tree
from tests.fakes.experiments import draft


def test_whoever_was_there_at_any_moment_was_met() -> None:
    company = Company()
    with company.beside() as first:
        assert not first()
        with company.beside() as second:
            assert second()
        assert first(), "it left again, and was there"
    with company.beside() as third:
        assert not third()


def test_alone_waits_for_the_others_and_lets_nobody_in() -> None:
    company, order = Company(), []
    begun, may_leave = threading.Event(), threading.Event()

    def run_beside() -> None:
        with company.beside():
            begun.set()
            may_leave.wait(10)
            order.append("beside")

    def look_again() -> None:
        with company.alone():
            order.append("alone begins")
            late.start()
            late.join(0.2)
            order.append("alone ends")

    def come_late() -> None:
        with company.beside():
            order.append("late")

    other, again, late = (threading.Thread(target=work) for work in (run_beside, look_again, come_late))
    other.start()
    begun.wait(10)
    again.start()
    again.join(0.2)
    may_leave.set()
    for thread in (other, again, late):
        thread.join(10)
    assert order == ["beside", "alone begins", "alone ends", "late"]


class Clashing:
    """Gates that fail as told, each time with or without another worker beside."""

    def __init__(self, company: Company, outcomes: list[tuple[bool, Reason | None]]) -> None:
        self._company, self._outcomes = company, outcomes
        self.runs = 0

    def run(self, *_: object, **__: object) -> Iterator[Step]:
        met, reason = self._outcomes[self.runs]
        self.runs += 1
        if met:
            with self._company.beside():
                pass
        yield Step(
            gate="tests", outcome=Failed(reason=reason, detail="a port is taken") if reason else Passed(detail="fine")
        )


@pytest.mark.parametrize(
    ("outcomes", "failed", "runs"),
    [
        ([(True, Reason.TESTS_FAILED), (False, None)], None, 2),
        ([(True, Reason.TESTS_FAILED), (False, Reason.TESTS_FAILED)], Reason.TESTS_FAILED, 2),
        ([(False, Reason.TESTS_FAILED)], Reason.TESTS_FAILED, 1),
        ([(True, Reason.SYNTAX_ERROR)], Reason.SYNTAX_ERROR, 1),
        ([(True, None)], None, 1),
    ],
    ids=["only beside another", "also alone", "nobody was there", "no clash can cause it", "passed"],
)
def test_a_failure_that_another_worker_may_have_caused_counts_only_if_it_is_seen_alone_too(
    tmp_path: Path, outcomes: list[tuple[bool, Reason | None]], failed: Reason | None, runs: int
) -> None:
    company = Company()
    gates: Any = Clashing(company, outcomes)
    unused: Any = None
    setup: Any = SimpleNamespace(tree=Tree(root=tmp_path, import_roots=(".",), packages=("a",), source_paths=("a.py",)))
    checkouts: Any = SimpleNamespace(work_at=lambda _: tmp_path)
    prover = WorktreeProver(
        checkouts=checkouts,
        observer=unused,
        gates=gates,
        processes=Processes(),
        clock=SystemClock(),
        rules=unused,
        progress=unused,
        foresee=unused,
        company=company,
    )
    assert (prover.gate(setup, draft(), output_repeatable=True).failed, gates.runs) == (failed, runs)
