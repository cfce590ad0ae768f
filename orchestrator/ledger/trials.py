"""Earlier experiments as the policy knows them, from whatever tells of them: a record, HANDOFF.md, a row."""

import re
from contextlib import suppress
from dataclasses import dataclass

from orchestrator.ledger.record import ExperimentRecord
from orchestrator.ledger.results_tsv import Row
from orchestrator.policy.dimensions import primary
from orchestrator.policy.tried import Trial
from orchestrator.policy.verdict import Reason, Status
from profiling.model import Dimension, Domain, FunctionKey

_DESCRIPTION = re.compile(
    r"(?P<qualname>.+?) \((?P<file>.+?):(?P<line>\d{1,9})\): (?P<summary>.*); (?P<reason>[a-z_]+)"
    r"(?:; dispatched:\w+)? \[[0-9a-f]{16}\]"
)
_MICRO = "micro:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What HANDOFF.md says of an experiment beyond what a person reads, so that it is not tried again elsewhere.

    Attributes:
        number, session, key, status, reason, workload: as in its record; base_commit: what it was tried on.
        source, file, line, qualname, place_digest: of its fix.
        dimension, domain, interactions, gain: as the policies remember it.
    """

    number: int
    session: str
    key: str
    status: Status
    reason: Reason
    base_commit: str
    source: str
    file: str
    line: int
    qualname: str
    place_digest: str
    dimension: Dimension
    domain: Domain
    workload: str
    interactions: tuple[str, ...] = ()
    gain: float = 0.0

    @property
    def target(self) -> FunctionKey:
        """Return the function it is about."""
        return FunctionKey(file=self.file, first_line=self.line, qualname=self.qualname)


def mark_of(record: ExperimentRecord) -> Mark:
    """Return what HANDOFF.md is to say of an experiment."""
    proposal = record.proposal
    return Mark(
        number=record.number,
        session=record.session,
        key=record.key,
        status=record.verdict.status,
        reason=record.verdict.reason,
        base_commit=record.base_commit,
        source=proposal.source,
        file=proposal.key.file,
        line=proposal.key.first_line,
        qualname=proposal.key.qualname,
        place_digest=record.place_digest,
        dimension=proposal.dimension,
        domain=proposal.domain,
        workload=record.workload,
        interactions=record.interactions,
        gain=round(record.gain, 4),
    )


def of_record(record: ExperimentRecord) -> Trial:
    """Return the experiment of a whole record."""
    proposal = record.proposal
    return Trial(
        key=record.key,
        content=proposal.content_key(record.base_tree),
        number=record.number,
        session=record.session,
        source=proposal.source,
        target=proposal.key,
        place_digest=record.place_digest,
        summary=proposal.summary,
        status=record.verdict.status,
        reason=record.verdict.reason,
        explanation=record.verdict.explanation,
        dimension=proposal.dimension,
        domain=proposal.domain,
        interactions=record.interactions,
        gain=record.gain,
        base_commit=record.base_commit,
        commit=record.commit,
        workload=record.workload,
    )


def of_mark(mark: Mark, *, summary: str, explanation: str = "", commit: str = "") -> Trial:
    """Return the experiment of a mark, with what its entry in HANDOFF.md says beside it."""
    return Trial(
        key=mark.key,
        content=mark.key,
        number=mark.number,
        session=mark.session,
        source=mark.source,
        target=mark.target,
        place_digest=mark.place_digest,
        summary=summary,
        status=mark.status,
        reason=mark.reason,
        explanation=explanation,
        dimension=mark.dimension,
        domain=mark.domain,
        interactions=mark.interactions,
        gain=mark.gain,
        base_commit=mark.base_commit,
        commit=commit,
        workload=mark.workload,
    )


def of_row(row: Row) -> Trial | None:
    """Return the experiment of a row, None for a row that is not ours: its session and its recipe are not known."""
    said = _DESCRIPTION.fullmatch(row.description)
    if said is None or said["reason"] not in tuple(Reason):
        return None
    domain = _first_domain(row.domains)
    return Trial(
        key=row.key,
        content=row.key,
        number=0,
        session="",
        source="",
        target=FunctionKey(file=said["file"], first_line=int(said["line"]), qualname=said["qualname"]),
        place_digest="",
        summary=said["summary"],
        status=Status(row.status),
        reason=Reason(said["reason"]),
        explanation="",
        dimension=primary(domain),
        domain=domain,
        interactions=tuple(filter(None, row.interaction.split("+"))),
        gain=0.0,
        base_commit="",
        commit=row.commit,
        workload="" if row.target_test.startswith(_MICRO) else row.target_test,
    )


def _first_domain(words: str) -> Domain:
    with suppress(ValueError):
        return Domain(words.partition("+")[0])
    return Domain.CPU
