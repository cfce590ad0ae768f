"""What nodes may ask for. Every effect of a session comes in through here."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from agents.model import Brief
from agents.specialists.setup import Setup
from orchestrator.draft import Draft
from orchestrator.ledger.conventions import Conventions
from orchestrator.ledger.costs import Costs
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.events import Event
from orchestrator.measures import Measures
from orchestrator.policy.asking import NOTHING, Asking
from orchestrator.policy.presubmit import Item
from orchestrator.policy.ranking import Tally
from orchestrator.policy.review import Investigation
from orchestrator.policy.situation import NextStep, Situation
from orchestrator.policy.steering import Course
from orchestrator.pushing import Pusher
from orchestrator.recording import Recorder
from orchestrator.settings import Settings
from orchestrator.state import Assignment, Chosen, SessionState
from orchestrator.steering import Skipped, Steering, Turn
from orchestrator.survey import Survey
from orchestrator.terms import InScope, everything
from orchestrator.workspace.branch import SESSION_BRANCH
from profiling.comparison import Measurement
from profiling.model import Dimension

P = ParamSpec("P")
T = TypeVar("T")


class Clock(Protocol):
    """Time, as the session sees it."""

    def now(self) -> datetime:
        """Return the present time, with its time zone."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only go forward."""
        ...


class Checkouts(Protocol):
    """The worktrees a session measures in."""

    def base_at(self, commit: str) -> Path:
        """Return the base worktree, brought to exactly this commit."""
        ...

    def work_at(self, commit: str) -> Path:
        """Return the work tree, brought to exactly this commit."""
        ...


class Publisher(Protocol):
    """Takes what happened."""

    def publish(self, event: Event) -> Event:
        """Number, stamp and hand on one event."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a session begins.

    Attributes:
        base_commit, base_tree: of the session branch as it is.
        first_number: number of the next experiment.
        resumed_branch: the branch was there before, with earlier work on it.
        notes: what the person should know, one sentence each.
        branch: that keeps are committed to.
    """

    base_commit: str
    base_tree: str
    first_number: int
    resumed_branch: bool
    notes: tuple[str, ...]
    branch: str = SESSION_BRANCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """How the unchanged tree behaves.

    Attributes:
        output_repeatable: it printed the same in every plain run.
        lines: how it reads, for the status lines and HANDOFF.md.
    """

    output_repeatable: bool
    lines: tuple[str, ...]


class Scout(Protocol):
    """Looks at the repository before anything is measured."""

    def setup(self) -> tuple[Setup, bool]:
        """Return the setup, and whether it was taken from `.codeflash/setup.md` as it stands."""
        ...

    def agree(self, setup: Setup) -> None:
        """Write down a setup whose commands a person agreed to."""
        ...

    def begin(self, setup: Setup, session_id: str) -> Start:
        """Take the session branch and its worktrees."""
        ...


class Observer(Protocol):
    """Runs the unchanged tree and says what it costs."""

    def baseline(self, setup: Setup, commit: str, tree_id: str) -> Baseline:
        """Run the tests once and the workload plainly; lock the methodology."""
        ...

    def last_survey(self) -> Survey | None:
        """Return the survey made before the present base's, None when this process made none."""
        ...

    def survey(self, setup: Setup, commit: str, tree_id: str) -> Survey:
        """Return profile, facts, interactions, candidates and targets of a tree, made anew or as stored."""
        ...

    def measures(self, setup: Setup, commit: str, tree_id: str) -> Measures:
        """Return the figures of a tree that are tracked over sessions, made anew or as stored."""
        ...


class Proposer(Protocol):
    """Turns a chosen target into one written fix."""

    def draft(self, setup: Setup, state: SessionState, survey: Survey, chosen: Chosen) -> Draft | None:
        """Return the fix for the chosen place with its record begun, or None when there is nothing (left)."""
        ...

    def brief(self, setup: Setup, state: SessionState, survey: Survey, chosen: Chosen) -> Brief | None:
        """Return all that a specialist is told of the chosen place; None when the table has no such target."""
        ...


class Prover(Protocol):
    """Tests and measures a draft in the worktrees."""

    def gate(self, setup: Setup, draft: Draft, *, output_repeatable: bool) -> Draft:
        """Apply the fix and run the safety gates in order, stopping at the first that fails."""
        ...

    def measure(self, setup: Setup, draft: Draft, *, output_repeatable: bool) -> Draft:
        """Measure the fix against its base, paired, in every dimension."""
        ...

    def decide(self, draft: Draft) -> Draft:
        """Apply the keep-or-discard policy."""
        ...

    def headline(self, setup: Setup, base_commit: str, head_commit: str, dimension: Dimension) -> Measurement | None:
        """Measure two commits with new pairs; None when they are the same."""
        ...


class Rechecker(Protocol):
    """Looks again at what was kept."""

    def replayed(self, setup: Setup, record: ExperimentRecord) -> Investigation:
        """Replay a kept change on inputs that its gates have not seen."""
        ...

    def look(self, setup: Setup, record: ExperimentRecord) -> Investigation:
        """Run the tests on a kept change, replay it and measure it again."""
        ...

    def branch(self, setup: Setup, base: str, head: str, files: tuple[str, ...]) -> Iterator[Item]:
        """Yield the items of the checklist that are asked of the branch as a whole."""
        ...


class Chooser(Protocol):
    """Has the last word on the next step, within the policy's rules."""

    def choose(self, state: SessionState, situation: Situation, survey: Survey, step: NextStep) -> NextStep:
        """Return the step to take; `step` is what the policy chose in this situation."""
        ...


class PolicyChooser:
    """Takes what the policy chose."""

    def choose(self, _state: SessionState, _situation: Situation, _survey: Survey, step: NextStep) -> NextStep:
        """Return the policy's step."""
        return step


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What became of the work of a dispatch.

    Attributes:
        head: of the session branch.
        taken: numbers of the experiments whose changes are on it now, in that order.
        again: numbers of those whose fixes the lead is to apply once more.
        lines: how it reads.
    """

    head: str
    taken: tuple[int, ...]
    again: tuple[int, ...]
    lines: tuple[str, ...]


class Merger(Protocol):
    """Puts the work of several workers together."""

    def merge(self, setup: Setup, state: SessionState) -> Merged:
        """Bring what workers kept onto the session branch, proved together; asked again, it finds what it did."""
        ...


class Crews(Protocol):
    """Gives every worker its own hands."""

    def of(self, services: "Services", assignment: Assignment) -> "Services":
        """Return the lead's services with a worker's own hands: its worktrees, its draft, its stream."""
        ...

    def dismiss(self, worker: str) -> None:
        """Remove a worker's worktrees and its draft; what it kept stays on its branches."""
        ...


def _unsteered() -> Steering:
    return Steering(course=Course(session=""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The bundle every node gets.

    Attributes:
        settings: what the person decided; conventions: what the maintainers want.
        clock, bus: time, and where events go.
        scout, observer, proposer, prover, recorder: who does what.
        stop: kills the target's processes, from any thread.
        began_s: on the clock, moved back by the time before an interruption.
        earlier: what became of each kind of fix in earlier sessions, read once when this one began.
        spent_budget: says which budget of a model is used up; nothing while none is.
        in_scope: says where a fix may be tried.
        costs: says what the session's models cost so far, by agent.
        chooser: has the last word on the next step.
        workers: that may be out at the same time; 1 means that the lead works alone.
        crews, merger: of the team; None where there is none.
        asking: what a person is asked before it is done.
        steering: what the person says on the way.
        turn: what these hands are at; None where nothing can be skipped.
        pusher: brings the session branch to a remote; None where nothing is ever pushed.
        rechecker: looks again at what was kept; without one reviews rest on the diff alone.
    """

    settings: Settings
    conventions: Conventions
    clock: Clock
    bus: Publisher
    scout: Scout
    observer: Observer
    proposer: Proposer
    prover: Prover
    recorder: Recorder
    stop: Callable[[], None]
    began_s: float
    earlier: Mapping[str, Tally] = field(default_factory=dict)
    spent_budget: Callable[[], str] = str
    in_scope: InScope = everything
    costs: Callable[[], Costs] = dict
    chooser: Chooser = field(default_factory=PolicyChooser)
    workers: int = 1
    crews: Crews | None = None
    merger: Merger | None = None
    asking: Asking = NOTHING
    steering: Steering = field(default_factory=_unsteered)
    turn: Turn | None = None
    pusher: Pusher | None = None
    rechecker: Rechecker | None = None

    def of(self, state: SessionState) -> "Services":
        """Return the services of the worker whose state it is; of the lead's, these."""
        if not state.get("worker") or self.crews is None:
            return self
        return self.crews.of(self, state["assignments"][0])

    @property
    def spent_s(self) -> float:
        """Return the wall seconds of the session so far, those before an interruption included."""
        return self.clock.monotonic() - self.began_s

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run blocking work in a thread; when the session is cancelled, stop the target's processes first.

        Raises:
            Skipped: a person gave up the experiment that this was part of; the work has ended.
        """
        try:
            done = await asyncio.to_thread(work, *args, **kwargs)
        except asyncio.CancelledError:
            self.stop()
            raise
        except Exception as error:
            if self.turn is not None and self.turn.is_skipped:
                raise Skipped from error
            raise
        if self.turn is not None and self.turn.is_skipped:
            raise Skipped
        return done
