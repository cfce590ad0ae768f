"""What one pair of hands works with, the lead's or a worker's: the same parts, bound to other worktrees."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from agents.specialists._base import Backend
from agents.specialists.researcher import Researcher
from orchestrator.bench import WorktreeBench
from orchestrator.company import Company
from orchestrator.gates import Gates
from orchestrator.ledger.conventions import Conventions
from orchestrator.live import says
from orchestrator.observer import RepositoryObserver
from orchestrator.own_calls import OwnCalls
from orchestrator.policy import confirming
from orchestrator.proposer import BackendProposer
from orchestrator.prover import Rules, WorktreeProver
from orchestrator.recorder import RepositoryRecorder
from orchestrator.review.rechecking import WorktreeRechecker
from orchestrator.services import Checkouts, Clock, Publisher
from orchestrator.settings import Settings
from orchestrator.transcripts import Transcripts
from orchestrator.watchman import Watchman
from orchestrator.witness import INPUTS, Witness
from orchestrator.workspace.slot import MeasuringSlot
from orchestrator.workspace.turns import timed_processes
from profiling.measure.engine import Progress
from profiling.measure.notes import Notes
from profiling.measure.processes import Processes

_ANOTHER = 7919
"""Added to the session's seed for reviews: they sample and make other inputs than the gates saw."""

_MORE = 4
"""Times as many inputs are made for a review as for a gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """One pair of hands: who observes, proposes and proves, in the same two worktrees."""

    checkouts: Checkouts
    processes: Processes
    observer: RepositoryObserver
    proposer: BackendProposer
    prover: WorktreeProver
    recorder: RepositoryRecorder


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What all hands of a session share.

    Attributes:
        settings, conventions: of the person and of the maintainers.
        backend, researcher: who proposes and who reads ahead.
        clock: time.
        rules: of keeping.
        slot: of this machine: held by whoever takes times.
        notes: of the processes that run.
        agreed: the person agrees to fixes that need it, beforehand or to each that is tried.
        company: who runs tests at the moment.
    """

    settings: Settings
    conventions: Conventions
    backend: Backend
    researcher: Researcher
    clock: Clock
    rules: Rules
    slot: MeasuringSlot
    notes: Notes
    agreed: bool = False
    company: Company = field(default_factory=Company)

    def lead(self, checkouts: Checkouts, recorder: RepositoryRecorder, bus: Publisher) -> Hands:
        """Return the lead's hands."""
        say = teller(bus)
        processes = timed_processes(say, slot=self.slot, notes=self.notes)
        observer = RepositoryObserver(
            layout=recorder.layout,
            checkouts=checkouts,
            processes=processes,
            backend=self.backend,
            memory_budget_s=self.settings.memory_budget_s,
            say=say,
        )
        return self._hands(observer, recorder, self.rules, bus)

    def worker(self, lead: Hands, checkouts: Checkouts, recorder: RepositoryRecorder, bus: Publisher) -> Hands:
        """Return a worker's hands: it knows what the lead has seen, and has to confirm gains near the threshold."""
        say = teller(bus)
        processes = timed_processes(say, slot=self.slot, notes=self.notes)
        observer = lead.observer.beside(checkouts, processes, say)
        return self._hands(observer, recorder, replace(self.rules, confirmations=confirming.TIMES), bus)

    def rechecker(self, lead: Hands) -> WorktreeRechecker:
        """Return who looks again at what was kept: by another seed than the gates', with more inputs."""
        seed, replay_time_s = self.rules.seed + _ANOTHER, self.settings.replay_time_s
        transcripts = Transcripts(observer=lead.observer, processes=lead.processes, seed=seed)
        witness = _witness(transcripts if replay_time_s > 0 else None, seed, replay_time_s)
        return WorktreeRechecker(
            observer=lead.observer,
            prover=lead.prover,
            tree_of=lead.recorder.tree_of,
            witness=replace(witness, inputs=_MORE * INPUTS) if witness is not None else None,
        )

    def _hands(self, observer: RepositoryObserver, recorder: RepositoryRecorder, rules: Rules, bus: Publisher) -> Hands:
        settings, processes, checkouts = self.settings, observer.processes, observer.checkouts
        progress, say = _pair_teller(bus), teller(bus)
        replays = settings.replay_time_s > 0
        transcripts = Transcripts(observer=observer, processes=processes, seed=rules.seed) if replays else None
        own_calls = _own_calls(transcripts, rules, progress)
        watchman = Watchman(observer=observer, processes=processes, agreed=self.agreed)
        gates = Gates(
            observer=observer,
            processes=processes,
            guard=self.conventions.guard,
            watchman=watchman,
            witness=_witness(transcripts, rules.seed, settings.replay_time_s),
            own_calls=own_calls,
        )
        prover = WorktreeProver(
            checkouts=checkouts,
            observer=observer,
            gates=gates,
            own_calls=own_calls,
            watchman=watchman,
            processes=processes,
            clock=self.clock,
            rules=rules,
            progress=progress,
            foresee=lambda forecast: say(f"measuring: {forecast.text}"),
            company=self.company,
        )
        bench = partial(
            WorktreeBench,
            checkouts=checkouts,
            observer=observer,
            gates=gates,
            processes=processes,
            recorder=recorder,
        )
        proposer = BackendProposer(
            backend=self.backend,
            checkouts=checkouts,
            recorder=recorder,
            clock=self.clock,
            conventions=self.conventions,
            bench=bench,
            researcher=self.researcher,
        )
        return Hands(
            checkouts=checkouts,
            processes=processes,
            observer=observer,
            proposer=proposer,
            prover=prover,
            recorder=recorder,
        )


def teller(bus: Publisher) -> Callable[[str], None]:
    """Return what tells a person of something that takes a while."""

    def tell(text: str) -> None:
        bus.publish(says.working(text))

    return tell


def _pair_teller(bus: Publisher) -> Callable[[Progress], None]:
    def tell(progress: Progress) -> None:
        bus.publish(says.measuring(progress))

    return tell


def _witness(transcripts: Transcripts | None, seed: int, time_s: float) -> Witness | None:
    """Return who replays calls; nobody where the person gives no time for it."""
    if transcripts is None:
        return None
    return Witness(transcripts=transcripts, seed=seed, time_s=time_s)


def _own_calls(transcripts: Transcripts | None, rules: Rules, progress: Callable[[Progress], None]) -> OwnCalls | None:
    """Return who times calls; nobody where they are not recorded."""
    if transcripts is None:
        return None
    return OwnCalls(
        transcripts=transcripts,
        seed=rules.seed,
        max_pairs=rules.max_pairs,
        time_budget_s=rules.time_budget_s,
        progress=progress,
        confirmations=rules.confirmations,
    )
