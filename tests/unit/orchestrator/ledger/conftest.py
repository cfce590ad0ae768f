"""One whole experiment, to be varied."""

from dataclasses import replace

import pytest

from agents.model import Answer, Checklist, Edit, Patch, Proposal
from orchestrator.ledger.record import RECORD_VERSION, ExperimentRecord, GateResult, TestTally
from orchestrator.policy.verdict import Level, Reason, Status, Verdict
from profiling.comparison import Comparison, Decision, Measurement, Pair, RunSample
from profiling.model import Dimension, Domain, FunctionKey


def _comparison(dimension: Dimension, base: float, change: float) -> Comparison:
    ratio = change / base
    return Comparison(
        dimension=dimension,
        ratio=ratio,
        low=ratio * 0.97,
        high=ratio * 1.03,
        base_median=base,
        change_median=change,
        pairs=9,
        improved=ratio < 0.95,
        regressed=False,
        limit="1.02",
    )


@pytest.fixture
def record() -> ExperimentRecord:
    answer = Answer(text="because", evidence="profile 3")
    sample = RunSample(
        values={Dimension.CPU_S: 2.0}, exit_code=0, output_sha256="00", origins={"app.core": "app/core.py"}
    )
    return ExperimentRecord(
        version=RECORD_VERSION,
        number=1,
        key="0123456789abcdef",
        session="s1",
        base_commit="b" * 40,
        base_tree="c" * 40,
        commit="d" * 40,
        proposal=Proposal(
            source="recipe:hoist-compile",
            domain=Domain.CPU,
            dimension=Dimension.CPU_S,
            key=FunctionKey(file="app/core.py", first_line=12, qualname="process_records"),
            summary="compile the pattern once",
            mechanism="the pattern was looked up in every call",
            patch=Patch(edits=(Edit(file="app/core.py", start=3, old="é\n", new="e\n"),)),
            expected={Dimension.CPU_S: 0.2},
            risk="none seen",
            checklist=Checklist(**dict.fromkeys(Checklist.__slots__, answer)),
        ),
        diff="--- a\n+++ b\n",
        domains=("cpu", "memory"),
        interactions=("allocation_gc",),
        gates=(GateResult(name="tests", passed=True, detail="12 passed"),),
        tests=TestTally(passed=12, failed=1, failed_before=1),
        measurement=Measurement(
            target=Dimension.CPU_S,
            decision=Decision.IMPROVED,
            stopped_because="decided",
            evidence_gain=7.5,
            evidence_no_gain=-3.0,
            comparisons={
                Dimension.CPU_S: _comparison(Dimension.CPU_S, 2.0, 1.0),
                Dimension.PEAK_MIB: _comparison(Dimension.PEAK_MIB, 120.5, 130.25),
            },
            pairs=(
                Pair(index=0, seed=1, core=None, base_first=True, base=sample, change=replace(sample, exit_code=1)),
            ),
            elapsed_s=31.5,
        ),
        verdict=Verdict(
            status=Status.KEEP,
            reason=Reason.IMPROVED,
            level=Level.WORKLOAD,
            net_effect=0.69,
            improved=(Dimension.CPU_S,),
            regressed=(),
            explanation="2.0x (50% less time) [0.49, 0.52], 9 pairs",
        ),
        workload="python bench.py --n 3",
        place_digest="ff" * 8,
        seconds=40.0,
        overhead_s=3.5,
        started_at="2026-01-02T03:04:05Z",
        environment={"python": "3.12.1"},
    )
