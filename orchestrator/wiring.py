"""Builds the real services of a session. The only place that knows all the parts."""

import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from agents.recipes.backend import RecipesBackend
from agents.recipes.catalogue import ASKED_FOR, CATALOGUE
from agents.specialists.researcher import static_research
from agents.specialists.reviewer import static_review
from agents.specialists.setup import Wishes
from orchestrator.crews import WorktreeCrews
from orchestrator.handing_over import HandoffKeeper
from orchestrator.hands import Workshop, teller
from orchestrator.history import History, together, told_by
from orchestrator.ledger import conventions as conventions_file
from orchestrator.ledger import learnings
from orchestrator.ledger.conventions import Conventions
from orchestrator.ledger.costs import Costs
from orchestrator.ledger.layout import Layout
from orchestrator.live import asks, says
from orchestrator.live.bus import Bus
from orchestrator.live.events import LEAD_STREAM
from orchestrator.live.stream import stream_of
from orchestrator.live.table import experiment_table
from orchestrator.merging import BranchMerger
from orchestrator.numbers import Numbers
from orchestrator.observer import RepositoryObserver
from orchestrator.plain import setup_from_json
from orchestrator.policy import asking
from orchestrator.policy.ranking import Tally
from orchestrator.policy.steering import Word
from orchestrator.prover import Rules
from orchestrator.pushing import Pusher
from orchestrator.recorder import RepositoryRecorder
from orchestrator.scout import RepositoryScout, SetupHelper
from orchestrator.services import Chooser, PolicyChooser, Services
from orchestrator.settings import Settings
from orchestrator.stacking import Stacker
from orchestrator.state import SessionState
from orchestrator.steering import Steering
from orchestrator.terms import Terms
from orchestrator.trial_book import TrialBook
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.slot import MeasuringSlot, slot_path
from profiling.measure.design import usable_cores
from profiling.measure.notes import Notes

if TYPE_CHECKING:
    from agents.claude.backend import ClaudeBackend


class SystemClock:
    """The machine's own time, less the time in which a session waited for a person."""

    def __init__(self) -> None:
        """Begin without rests."""
        self._rested_s = 0.0

    @contextmanager
    def rest(self) -> Iterator[None]:
        """Let no time count until it is left."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._rested_s += time.monotonic() - began

    def now(self) -> datetime:
        """Return the present time, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only go forward."""
        return time.monotonic() - self._rested_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """The services, with what the session itself needs of them."""

    services: Services
    handoff: HandoffKeeper
    recorder: RepositoryRecorder
    clock: SystemClock

    def take_up(self, state: SessionState) -> None:
        """Let HANDOFF.md say that the session runs again."""
        if "setup" in state and "head_commit" in state:
            self.handoff.begin(setup_from_json(state["setup"]), state, self.recorder.records())

    def closing_lines(self) -> tuple[str, ...]:
        """Return the table of this session's experiments."""
        mine = [one for one in self.recorder.records() if one.session == self.recorder.session_id]
        return experiment_table(tuple(mine))


def wire(
    settings: Settings,
    bus: Bus,
    repository: Repository,
    session_id: str,
    *,
    spent_s: float,
    terms: Terms | None = None,
) -> Wired:
    """Build everything a session needs.

    Args:
        settings: what the person decided.
        bus: takes what is said.
        repository: the user's.
        session_id: of the session that begins or goes on.
        spent_s: wall seconds it ran before.
        terms: what it is bound to; None means those of the person's own session.

    Raises:
        SettingsError: a model is to be asked, and can't be.
    """
    terms = terms or Terms()
    layout, clock = Layout(root=repository.root), SystemClock()
    conventions = conventions_file.load(layout.conventions, layout.parent_conventions)
    checkouts = PairedCheckouts(repository=repository, folder=layout.work)
    unattended = settings.yes or settings.ci
    asked = asking.effective(settings.ask, unattended=unattended, at_terminal=terms.person is not None)
    recipes = _recipes(agreed=settings.yes or asked.needed)
    claude = _claude(settings, layout, session_id, bus, recipes) if terms.backend is None else None
    proposing = terms.backend or claude or recipes
    steering = Steering.resumed(session_id, layout.steering, partial(_tell, bus))
    seed = settings.seed if settings.seed is not None else random.SystemRandom().randrange(2**31)
    costs = _nothing_spent if claude is None else partial(_costs, claude)
    handoff = HandoffKeeper(
        layout=layout, clock=clock, session_id=session_id, goal=settings.goal, branch=terms.branch, costs=costs
    )
    bus.listen(handoff.hear)
    warn = partial(_publish, bus)
    history = History.of_person(repository.root, os.environ, warn) if settings.history else None
    recorder = RepositoryRecorder(
        repository=repository,
        layout=layout,
        checkouts=checkouts,
        handoff=handoff,
        session_id=session_id,
        seed=seed,
        warn=warn,
        numbers=Numbers(layout=layout),
        book=TrialBook(repository=repository, layout=layout),
        history=history,
        reviewer=static_review if claude is None else claude.reviewer,
        session_branch=terms.branch,
    )
    workshop = Workshop(
        settings=settings,
        conventions=conventions,
        backend=proposing,
        researcher=static_research,
        clock=clock,
        rules=_rules(settings, conventions, seed),
        slot=MeasuringSlot(slot_path(os.environ)),
        notes=Notes(layout.processes),
        agreed=settings.yes or asked.needed,
    )
    hands = workshop.lead(checkouts, recorder, bus)
    crews = WorktreeCrews(workshop=workshop, lead=hands, checkouts=checkouts, bus=bus)
    stops = (hands.processes.stop, crews.stop, *(() if claude is None else (claude.desk.stop,)))
    services = Services(
        settings=settings,
        conventions=conventions,
        clock=clock,
        bus=bus,
        scout=RepositoryScout(
            repository=repository,
            layout=layout,
            checkouts=checkouts,
            wishes=Wishes(python=settings.python, workload=settings.workload, tests=settings.tests),
            session_branch=terms.branch,
            helper=_setup_helper(claude, repository, hands.observer, agreed=settings.yes, asks=asked.needed),
        ),
        observer=hands.observer,
        proposer=hands.proposer,
        prover=hands.prover,
        recorder=recorder,
        stop=partial(_stop_all, *stops),
        spent_budget=str if claude is None else claude.spent_budget,
        costs=costs,
        chooser=_chooser(claude, hands.observer, settings.goal, bus),
        began_s=clock.monotonic() - spent_s,
        earlier=_earlier(layout, recorder, history),
        in_scope=terms.in_scope,
        workers=min(settings.workers, len(usable_cores()) or os.cpu_count() or 1),
        crews=crews,
        rechecker=workshop.rechecker(hands),
        merger=BranchMerger(
            repository=repository,
            layout=layout,
            stacker=Stacker(repository=repository, checkouts=checkouts),
            recorder=recorder,
            prover=hands.prover,
            clock=clock,
            say=teller(bus),
        ),
        asking=asked,
        steering=steering,
        turn=steering.turn("", hands.processes),
        pusher=None if settings.ci else Pusher(repository=repository, branch=terms.branch),
    )
    return Wired(services=services, handoff=handoff, recorder=recorder, clock=clock)


def _rules(settings: Settings, conventions: Conventions, seed: int) -> Rules:
    return Rules(
        weights=conventions.weights,
        untouchable=frozenset(conventions.untouchable),
        time_budget_s=settings.measure_time_s,
        max_pairs=settings.max_pairs,
        seed=seed,
    )


def _recipes(*, agreed: bool) -> RecipesBackend:
    """Return the embedded backend; fixes that need agreement wait where nobody gave it, or is asked about each."""
    return RecipesBackend(CATALOGUE + ASKED_FOR, ()) if agreed else RecipesBackend(CATALOGUE, ASKED_FOR)


def _earlier(layout: Layout, recorder: RepositoryRecorder, history: History | None) -> Mapping[str, Tally]:
    """Return what became of each kind of fix before: here, where only the lessons are left, and elsewhere."""
    here = told_by(learnings.read(layout.learnings), recorder.records())
    return together(here, history.elsewhere()) if history is not None else here


def _claude(
    settings: Settings, layout: Layout, session_id: str, bus: Bus, recipes: RecipesBackend
) -> "ClaudeBackend | None":
    """Return the backend that asks a model, where the person wants it: only then is its code imported."""
    if settings.agent != "claude":
        return None
    from agents.claude.backend import ClaudeBackend  # noqa: PLC0415
    from orchestrator.model_desk import Voices, desk  # noqa: PLC0415

    voices = Voices(warn=partial(_publish, bus), say=partial(_speak, bus))
    return ClaudeBackend(desk(settings, layout, session_id, voices), recipes)


def _setup_helper(
    claude: "ClaudeBackend | None", repository: Repository, observer: RepositoryObserver, *, agreed: bool, asks: bool
) -> SetupHelper | None:
    """Return who is asked for commands that nobody declared; nobody where no model is."""
    if claude is None:
        return None
    from orchestrator.model_setup import ModelSetup  # noqa: PLC0415

    processes, say = observer.processes, observer.say
    return ModelSetup(
        backend=claude,
        repository=repository,
        observer=observer,
        processes=processes,
        agreed=agreed,
        asks=asks,
        say=say,
    )


def _chooser(claude: "ClaudeBackend | None", observer: RepositoryObserver, goal: str, bus: Bus) -> Chooser:
    """Return who has the last word on the next step: the lead where a model is asked, else the policy."""
    if claude is None:
        return PolicyChooser()
    from orchestrator.model_lead import ModelLead  # noqa: PLC0415  a session of recipes imports nothing of it

    return ModelLead(backend=claude, base=observer.base, goal=goal, bus=bus)


def _costs(claude: "ClaudeBackend") -> Costs:
    return claude.desk.account.by_agent


def _nothing_spent() -> Costs:
    return {}


def _speak(bus: Bus, agent: str, text: str, stream: str) -> None:
    """Publish what an agent says in a worker's stream, or where none is named in its own."""
    own = LEAD_STREAM if agent == "lead" else stream_of(agent)
    bus.publish(replace(says.working(f"{agent}: {text}"), stream=stream or own))


def _tell(bus: Bus, word: Word, where: str, effect: str) -> None:
    bus.publish(asks.steered(word, where, effect))


def _stop_all(*stops: Callable[[], None]) -> None:
    for stop in stops:
        stop()


def _publish(bus: Bus, text: str) -> None:
    bus.publish(says.warning(text))
