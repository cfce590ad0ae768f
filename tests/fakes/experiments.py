"""Drafts and measurements of experiments that were never run."""

from dataclasses import replace
from typing import Any

from agents.model import Answer, Checklist, Patch, Proposal
from orchestrator.draft import Draft
from orchestrator.policy.verdict import Level
from profiling.comparison import Comparison, Decision, Measurement
from profiling.measure.call_evidence import CallEvidence
from profiling.model import Dimension, Domain, FunctionKey

KEY = FunctionKey(file="a.py", first_line=1, qualname="f")
_NOTHING = Answer(text="", evidence="")


def compared(ratio: float, *, width: float = 0.0, dimension: Dimension = Dimension.CPU_S) -> Comparison:
    """Return a dimension with that ratio of change to base, give or take half the width."""
    return Comparison(
        dimension=dimension,
        ratio=ratio,
        low=ratio - width / 2,
        high=ratio + width / 2,
        base_median=1.0,
        change_median=ratio,
        pairs=7,
        improved=ratio < 1,
        regressed=False,
        limit="",
    )


def measured(ratio: float, *, decision: Decision | None = None, width: float = 0.0) -> Measurement:
    """Return a measurement of CPU time; it decided as the ratio says unless told."""
    said = Decision.IMPROVED if ratio < 0.97 else Decision.NOT_IMPROVED
    return Measurement(
        target=Dimension.CPU_S,
        decision=decision or said,
        stopped_because="it knew",
        evidence_gain=9.0,
        evidence_no_gain=0.0,
        comparisons={Dimension.CPU_S: compared(ratio, width=width)},
        pairs=(),
        elapsed_s=1.0,
    )


def calls(ratio: float, **changes: Any) -> CallEvidence:
    """Return the evidence of a function's own calls, agreed on by all that was measured beside it."""
    plain = CallEvidence(
        function=KEY,
        measurement=measured(ratio),
        least_gain=0.03,
        held_back=compared(ratio),
        cold=compared(ratio),
        first_call=compared(ratio),
        cache_gain=False,
        repeated_share=0.0,
        moved=False,
        calls=20,
        calls_per_pair=100,
    )
    return replace(plain, **changes)


def draft(**changes: Any) -> Draft:
    """Return a draft of a fix of `f` in `a.py`."""
    proposal = Proposal(
        source="test",
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        key=KEY,
        summary="",
        mechanism="",
        patch=Patch(edits=()),
        expected={},
        risk="",
        checklist=Checklist(**dict.fromkeys(Checklist.__slots__, _NOTHING)),
    )
    plain = Draft(
        number=1,
        key="k",
        base_commit="c",
        base_tree="t",
        proposal=proposal,
        diff="",
        domains=(),
        interactions=(),
        cpu_share=1.0,
        total_share=1.0,
        outside_share=0.0,
        level=Level.WORKLOAD,
        place_digest="",
        started_at="",
    )
    return replace(plain, **changes)
