"""What workers say to the lead: short, typed, and logged like everything else that happens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.events import Event, EventKind
from orchestrator.policy.verdict import Status
from orchestrator.state import Assignment, Report

_MOST_CHARACTERS = 200


class MessageKind(StrEnum):
    """The kinds."""

    KEEP = "keep"
    DISCARD = "discard"
    FINDING = "finding"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message.

    Attributes:
        kind: which.
        sender: the worker, or `researcher`.
        text: what, in a line of at most 200 characters.
        experiment: number of the one it is about, None for none.
    """

    kind: MessageKind
    sender: str
    text: str
    experiment: int | None = None

    def event(self, stream: str) -> Event:
        """Return it as an event of a stream."""
        return Event(
            kind=EventKind.MESSAGE,
            text=f"{self.kind.value}: {self.text}",
            data={"message": self.kind.value, "sender": self.sender},
            experiment=self.experiment,
            stream=stream,
        )


def findings(assignment: Assignment) -> Iterator[Message]:
    """Yield what the researcher read ahead for a worker."""
    for target in assignment["targets"]:
        found = assignment["findings"].get(target["place_digest"])
        if found is not None:
            missed = f"; across domains: {found['interaction']}" if found["interaction"] else ""
            text = f"{target['qualname']}: {found['antipattern']}{missed}"
            yield Message(kind=MessageKind.FINDING, sender="researcher", text=_short(text))


def told(report: Report, records: Sequence[ExperimentRecord]) -> Iterator[Message]:
    """Yield what a worker says when it comes back: of each experiment, and of what kept it from going on."""
    by_number: Mapping[int, ExperimentRecord] = {record.number: record for record in records}
    for number in sorted((*report["kept"], *report["dropped"])):
        record = by_number[number]
        kept = record.verdict.status is Status.KEEP
        yield Message(
            kind=MessageKind.KEEP if kept else MessageKind.DISCARD,
            sender=report["worker"],
            text=_short(f"{record.proposal.summary} ({record.verdict.reason.value}): {record.verdict.explanation}"),
            experiment=number,
        )
    if report["failure"]:
        yield Message(kind=MessageKind.BLOCKED, sender=report["worker"], text=_short(report["failure"]))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_CHARACTERS else f"{line[: _MOST_CHARACTERS - 1]}…"
