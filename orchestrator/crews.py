"""The workers of a session: each with its own worktrees, processes, draft and stream, made and dismissed here."""

import threading
from dataclasses import dataclass, field, replace

from orchestrator.hands import Hands, Workshop
from orchestrator.live.stream import StreamPublisher
from orchestrator.services import Publisher, Services
from orchestrator.state import Assignment
from orchestrator.workspace.checkouts import PairedCheckouts, WorkerCheckouts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crew:
    """A worker's services, with what has to be given back."""

    services: Services
    hands: Hands
    checkouts: WorkerCheckouts


@dataclass(kw_only=True)
class WorktreeCrews:
    """Gives every worker its own hands.

    Attributes:
        workshop: what all hands share.
        lead: the lead's hands.
        checkouts: the session's worktrees.
        bus: takes what workers say.
    """

    workshop: Workshop
    lead: Hands
    checkouts: PairedCheckouts
    bus: Publisher
    _crews: dict[str, _Crew] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, services: Services, assignment: Assignment) -> Services:
        """Return the services of a worker: the lead's with its own hands, made when first asked for."""
        with self._lock:
            if assignment["worker"] not in self._crews:
                self._crews[assignment["worker"]] = self._made(services, assignment)
            return self._crews[assignment["worker"]].services

    def dismiss(self, worker: str) -> None:
        """Stop what a worker runs, remove its worktrees and its draft; what it kept stays on its branches."""
        with self._lock:
            crew = self._crews.pop(worker, None)
        checkouts = crew.checkouts if crew is not None else self.checkouts.of(worker)
        if crew is not None:
            crew.hands.processes.stop()
            if crew.services.turn is not None:
                crew.services.turn.leave()
        checkouts.remove()
        self.lead.recorder.numbers.forget(worker)

    def stop(self) -> None:
        """Kill the processes of all workers."""
        with self._lock:
            crews = tuple(self._crews.values())
        for crew in crews:
            crew.hands.processes.stop()

    def _made(self, lead: Services, assignment: Assignment) -> _Crew:
        worker, checkouts = assignment["worker"], self.checkouts.of(assignment["worker"])
        recorder = replace(
            self.lead.recorder, checkouts=checkouts, worker=worker, agent=assignment["agent"], history=None
        )
        bus = StreamPublisher(bus=self.bus, stream=assignment["stream"])
        hands = self.workshop.worker(self.lead, checkouts, recorder, bus)
        services = replace(
            lead,
            bus=bus,
            observer=hands.observer,
            proposer=hands.proposer,
            prover=hands.prover,
            recorder=recorder,
            stop=hands.processes.stop,
            turn=lead.steering.turn(worker, hands.processes),
        )
        return _Crew(services=services, hands=hands, checkouts=checkouts)
