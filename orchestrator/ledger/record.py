"""The whole record of one experiment: what `experiments/NNN.json` holds and every other record is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.model import Proposal
from orchestrator.policy.verdict import Level, Verdict
from profiling.comparison import Comparison, Measurement
from profiling.measure.call_evidence import CallEvidence
from profiling.model import Dimension

RECORD_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """One safety gate: its name (scope, syntax, import, tests, guard, ...), whether it passed, and what it saw."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestTally:
    """Outcomes of the test command on the changed tree; zeros when there is none."""

    __test__ = False

    passed: int = 0
    failed: int = 0
    failed_before: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentRecord:
    """One experiment.

    Attributes:
        version: of this format.
        number: from 1, in the order begun.
        key: content key (base tree + edits): never recorded twice.
        session: id of the session.
        base_commit, base_tree: what it was tried on.
        commit: the commit of a keep, also of one undone since; empty for any other discard. It carries the trailer
            `Ratchet-Experiment: <key>`.
        proposal: the fix; diff: its unified diff.
        domains, interactions: of its target, as words.
        gates: in the order run; the first that failed decided.
        tests: tally.
        measurement: None when a gate failed first.
        calls: of its target's own calls, where the function was to decide.
        share: of the workload (0 to 1) that the gain of its own calls applies to; 1 where the workload decided.
        verdict: what was decided.
        environment: fingerprint: machine, kernel, interpreter, our version.
        workload: the command as text.
        place_digest: digest of the text it replaces.
        seconds: wall seconds it took; overhead_s: those that were not the workload's, the tests' or the profile's.
        started_at: ISO 8601, UTC.
        dispatched: domain of the specialist that was sent out with it; empty when the lead made it itself.
        repairs: number of the experiment that it makes anew, because a review undid that one; 0 for all others.
    """

    version: int
    number: int
    key: str
    session: str
    base_commit: str
    base_tree: str
    commit: str
    proposal: Proposal
    diff: str
    domains: tuple[str, ...]
    interactions: tuple[str, ...]
    gates: tuple[GateResult, ...]
    tests: TestTally
    measurement: Measurement | None
    verdict: Verdict
    workload: str
    place_digest: str
    seconds: float
    overhead_s: float
    started_at: str
    environment: Mapping[str, str] = field(default_factory=dict)
    calls: CallEvidence | None = None
    share: float = 1.0
    dispatched: str = ""
    repairs: int = 0

    @property
    def judged(self) -> Measurement | None:
        """Return the measurement that decided: the function's own calls or the workload's; None when a gate failed."""
        is_own = self.verdict.level is Level.FUNCTION and self.calls is not None
        return self.calls.measurement if is_own and self.calls is not None else self.measurement

    @property
    def gain(self) -> float:
        """Return the share of the workload that it saves in its dimension, by its measurement; 0 without one."""
        compared = self.judged.comparisons.get(self.proposal.dimension) if self.judged else None
        share = self.share if self.verdict.level is Level.FUNCTION else 1.0
        return share * compared.gain if compared else 0.0

    @property
    def comparisons(self) -> Mapping[Dimension, Comparison]:
        """Return every dimension as it was judged: the workload's, and that of the own calls where these decided."""
        workload = self.measurement.comparisons if self.measurement else {}
        if self.judged is None or self.judged is self.measurement:
            return workload
        own = self.judged.comparisons.get(self.judged.decided_on)
        return {**workload, own.dimension: own} if own is not None else workload
