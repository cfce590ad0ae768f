"""Items of an action plan and records of experiments that were never run."""

from dataclasses import replace
from typing import Any

from agents.scan.plan import Doer, Phase, PlanItem
from orchestrator.ledger.record import RECORD_VERSION, ExperimentRecord, TestTally
from orchestrator.policy.verdict import Level, Reason, Status, Verdict
from tests.fakes import experiments

ITEM = PlanItem(
    id="0123456789abcdef0123",
    phase=Phase.ALGORITHMS,
    rule="set-membership",
    title="Probe a set",
    file="a.py",
    line=3,
    function="f",
    code="if word in names:",
    action="probe a set",
    doer=Doer.RECIPE,
    evidence="in a loop",
    gain="unknown without a profile",
    verify="a session",
)
DIFF = "--- a/a.py\n+++ b/a.py\n@@ -3 +3 @@\n-    if word in names:\n+    if word in found:\n"


def record(*, ratio: float = 0.5, source: str = "recipe:set-membership", **changes: Any) -> ExperimentRecord:
    """Return the record of an experiment on the item; it was kept when its ratio is below 1."""
    proposal = replace(experiments.draft().proposal, source=source, summary="probe a set", mechanism="It is faster.")
    is_kept = ratio < 1
    verdict = Verdict(
        status=Status.KEEP if is_kept else Status.DISCARD,
        reason=Reason.IMPROVED if is_kept else Reason.NO_IMPROVEMENT,
        level=Level.WORKLOAD,
        net_effect=0.0,
        improved=(),
        regressed=(),
        explanation="measured",
    )
    plain: dict[str, Any] = {
        "version": RECORD_VERSION,
        "number": 1,
        "key": "k1",
        "session": "s",
        "base_commit": "b" * 40,
        "base_tree": "t",
        "commit": "c" * 40 if is_kept else "",
        "proposal": proposal,
        "diff": DIFF,
        "domains": (),
        "interactions": (),
        "gates": (),
        "tests": TestTally(passed=3),
        "measurement": experiments.measured(ratio, width=0.1),
        "verdict": verdict,
        "workload": "python bench.py",
        "place_digest": "",
        "seconds": 1.0,
        "overhead_s": 0.0,
        "started_at": "",
    }
    return ExperimentRecord(**{**plain, **changes})
