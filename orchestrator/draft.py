"""One experiment while it is under way: a file between the nodes, so that a killed one goes on where it was."""

from dataclasses import dataclass, field

from agents.model import Proposal
from orchestrator.ledger.record import ExperimentRecord, GateResult, TestTally
from orchestrator.policy.verdict import Level, Reason, Verdict
from profiling.comparison import Measurement
from profiling.measure.call_evidence import CallEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known of an experiment so far.

    Attributes:
        number: it will be recorded under.
        key: content key of the fix on this base.
        base_commit, base_tree: what it is tried on.
        proposal, diff: the fix.
        domains, interactions: of its target.
        cpu_share: share (0 to 1) of the workload's CPU that its target has.
        total_share: share (0 to 1) of the workload's CPU with its target anywhere on the stack.
        outside_share: share (0 to 1) of its target's calls that the workload makes itself, not the project's code.
        level: where the gain is to be proved, chosen before anything is measured.
        place_digest: digest of the text it replaces.
        started_at: ISO 8601, UTC.
        gates, tests: filled by `gate`; failed: reason of the gate that failed.
        prescreen_gain: filled by `gate`: share of its own cost that its target saved on its recorded calls.
        calls: filled by `measure`: the same, measured fully, where the function is to decide.
        measurement: filled by `measure`; stays None when the run itself failed, then `failed` says how.
        load: filled by `measure`: what others kept busy meanwhile, in words; empty when the machine was quiet.
        verdict: filled by `decide`.
        message: of the commit, as a person wants it; empty: as it is made from the record.
        repairs: number of the experiment that it makes anew, because a review undid that one; 0 for all others.
        seconds, busy_s: wall seconds so far, and those in which a process of the target ran.
    """

    number: int
    key: str
    base_commit: str
    base_tree: str
    proposal: Proposal
    diff: str
    domains: tuple[str, ...]
    interactions: tuple[str, ...]
    cpu_share: float
    total_share: float
    outside_share: float
    level: Level
    place_digest: str
    started_at: str
    gates: tuple[GateResult, ...] = ()
    tests: TestTally = field(default_factory=TestTally)
    failed: Reason | None = None
    failure: str = ""
    prescreen_gain: float | None = None
    calls: CallEvidence | None = None
    measurement: Measurement | None = None
    load: str = ""
    verdict: Verdict | None = None
    message: str = ""
    repairs: int = 0
    seconds: float = 0.0
    busy_s: float = 0.0


def draft_of(record: ExperimentRecord) -> Draft:
    """Return the draft that a record was made of, as far as looking at its calls again asks for it."""
    return Draft(
        number=record.number,
        key=record.key,
        base_commit=record.base_commit,
        base_tree=record.base_tree,
        proposal=record.proposal,
        diff=record.diff,
        domains=record.domains,
        interactions=record.interactions,
        cpu_share=1.0,
        total_share=record.share,
        outside_share=0.0,
        level=record.verdict.level,
        place_digest=record.place_digest,
        started_at=record.started_at,
    )
