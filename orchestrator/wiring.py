"""Builds the real services of a session. The only place that knows all the parts."""

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from agents.recipes.backend import RecipesBackend
from agents.recipes.catalogue import ASKED_FOR, CATALOGUE
from agents.specialists.reviewer import static_review
from agents.specialists.setup import Wishes
from orchestrator.bench import WorktreeBench
from orchestrator.gates import Gates
from orchestrator.handing_over import HandoffKeeper
from orchestrator.history import History, together, told_by
from orchestrator.ledger import conventions as conventions_file
from orchestrator.ledger import learnings
from orchestrator.ledger.costs import Costs
from orchestrator.ledger.layout import Layout
from orchestrator.live import says
from orchestrator.live.bus import Bus
from orchestrator.live.events import LEAD_STREAM
from orchestrator.live.table import experiment_table
from orchestrator.observer import RepositoryObserver
from orchestrator.own_calls import OwnCalls
from orchestrator.plain import setup_from_json
from orchestrator.policy.ranking import Tally
from orchestrator.proposer import BackendProposer
from orchestrator.prover import Rules, WorktreeProver
from orchestrator.recorder import RepositoryRecorder
from orchestrator.scout import RepositoryScout, SetupHelper
from orchestrator.services import Chooser, PolicyChooser, Services
from orchestrator.settings import Settings
from orchestrator.state import SessionState
from orchestrator.terms import Terms
from orchestrator.transcripts import Transcripts
from orchestrator.watchman import Watchman
from orchestrator.witness import Witness
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.repository import Repository
from profiling.measure.engine import Progress
from profiling.measure.processes import Processes

if TYPE_CHECKING:
    from agents.claude.backend import ClaudeBackend


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the present time, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only go forward."""
        return time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """The services, with what the session itself needs of them."""

    services: Services
    handoff: HandoffKeeper
    recorder: RepositoryRecorder

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
    layout, clock, processes = Layout(root=repository.root), SystemClock(), Processes()
    conventions = conventions_file.load(layout.conventions, layout.parent_conventions)
    checkouts = PairedCheckouts(repository=repository, folder=layout.work)
    say = _teller(bus)
    claude = _claude(settings, layout, session_id, bus) if terms.backend is None else None
    proposing = terms.backend or claude or _recipes(settings)
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
        history=history,
        reviewer=static_review if claude is None else claude.reviewer,
        session_branch=terms.branch,
    )
    observer = RepositoryObserver(
        layout=layout,
        checkouts=checkouts,
        processes=processes,
        backend=proposing,
        memory_budget_s=settings.memory_budget_s,
        say=say,
    )
    rules = Rules(
        weights=conventions.weights,
        untouchable=frozenset(conventions.untouchable),
        time_budget_s=settings.measure_time_s,
        max_pairs=settings.max_pairs,
        seed=seed,
    )
    transcripts = Transcripts(observer=observer, processes=processes, seed=seed) if settings.replay_time_s else None
    own_calls = _own_calls(transcripts, rules, _pair_teller(bus))
    watchman = Watchman(observer=observer, processes=processes, agreed=settings.yes)
    gates = Gates(
        observer=observer,
        processes=processes,
        guard=conventions.guard,
        watchman=watchman,
        witness=_witness(transcripts, seed, settings.replay_time_s),
        own_calls=own_calls,
    )
    prover = WorktreeProver(
        checkouts=checkouts,
        observer=observer,
        gates=gates,
        own_calls=own_calls,
        watchman=watchman,
        processes=processes,
        clock=clock,
        rules=rules,
        progress=_pair_teller(bus),
        foresee=lambda forecast: say(f"measuring: {forecast.text}"),
    )
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
            helper=_setup_helper(claude, repository, observer, agreed=settings.yes),
        ),
        observer=observer,
        proposer=BackendProposer(
            backend=proposing,
            checkouts=checkouts,
            recorder=recorder,
            clock=clock,
            bench=partial(
                WorktreeBench,
                checkouts=checkouts,
                observer=observer,
                gates=gates,
                processes=processes,
                recorder=recorder,
            ),
        ),
        prover=prover,
        recorder=recorder,
        stop=processes.stop if claude is None else partial(_stop_all, processes.stop, claude.desk.stop),
        spent_budget=str if claude is None else claude.spent_budget,
        costs=costs,
        chooser=_chooser(claude, observer, settings.goal, bus),
        began_s=clock.monotonic() - spent_s,
        earlier=_earlier(layout, recorder, history),
        in_scope=terms.in_scope,
    )
    return Wired(services=services, handoff=handoff, recorder=recorder)


def _recipes(settings: Settings) -> RecipesBackend:
    """Return the embedded backend; `--yes` is the agreement to fixes that need one."""
    return RecipesBackend(CATALOGUE + ASKED_FOR, ()) if settings.yes else RecipesBackend(CATALOGUE, ASKED_FOR)


def _earlier(layout: Layout, recorder: RepositoryRecorder, history: History | None) -> Mapping[str, Tally]:
    """Return what became of each kind of fix before: here, where only the lessons are left, and elsewhere."""
    here = told_by(learnings.read(layout.learnings), recorder.records())
    return together(here, history.elsewhere()) if history is not None else here


def _claude(settings: Settings, layout: Layout, session_id: str, bus: Bus) -> "ClaudeBackend | None":
    """Return the backend that asks a model, where the person wants it: only then is its code imported."""
    if settings.agent != "claude":
        return None
    from agents.claude.backend import ClaudeBackend  # noqa: PLC0415
    from orchestrator.model_desk import Voices, desk  # noqa: PLC0415

    voices = Voices(warn=partial(_publish, bus), say=partial(_speak, bus))
    return ClaudeBackend(desk(settings, layout, session_id, voices), _recipes(settings))


def _setup_helper(
    claude: "ClaudeBackend | None", repository: Repository, observer: RepositoryObserver, *, agreed: bool
) -> SetupHelper | None:
    """Return who is asked for commands that nobody declared; nobody where no model is."""
    if claude is None:
        return None
    from orchestrator.model_setup import ModelSetup  # noqa: PLC0415

    processes, say = observer.processes, observer.say
    return ModelSetup(
        backend=claude, repository=repository, observer=observer, processes=processes, agreed=agreed, say=say
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


def _speak(bus: Bus, agent: str, text: str) -> None:
    """Publish what an agent says in its own stream."""
    stream = LEAD_STREAM if agent == "lead" else f"Tier 2 ({agent.replace('-', ' ').capitalize()})"
    bus.publish(replace(says.working(f"{agent}: {text}"), stream=stream))


def _stop_all(*stops: Callable[[], None]) -> None:
    for stop in stops:
        stop()


def _publish(bus: Bus, text: str) -> None:
    bus.publish(says.warning(text))


def _teller(bus: Bus) -> Callable[[str], None]:
    def tell(text: str) -> None:
        bus.publish(says.working(text))

    return tell


def _pair_teller(bus: Bus) -> Callable[[Progress], None]:
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
    )
