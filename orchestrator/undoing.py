"""Takes a kept change back: its commit is reverted, and its record says why it is kept no longer."""

from dataclasses import replace

from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live import says
from orchestrator.policy.verdict import Reason, Status
from orchestrator.services import Services


def undo(services: Services, record: ExperimentRecord, reason: Reason, why: str) -> str:
    """Undo a keep and return the head of the session branch; where later commits build on it, it stands."""
    recorder = services.recorder
    head = recorder.revert(record.commit, why)
    if recorder.stands(record.commit):
        return head
    verdict = replace(record.verdict, status=Status.DISCARD, reason=reason, explanation=f"kept, then undone: {why}")
    recorder.amend((replace(record, verdict=verdict),), head)
    services.bus.publish(says.warning(f"undone: {record.commit[:10]} ({record.proposal.summary}): {why}"))
    return head
