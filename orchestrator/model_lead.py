"""The lead that a model plays: it chooses among what the policy could choose, and is held to the policy's rules."""

from collections.abc import Callable
from dataclasses import dataclass

from agents.claude.backend import ClaudeBackend
from agents.leading import Action, Board, Choice, Option
from agents.specialists.setup import Setup
from orchestrator.live import says
from orchestrator.plain import setup_from_json
from orchestrator.policy import leading
from orchestrator.policy.dispatch import Team
from orchestrator.policy.past import discards_in_a_row
from orchestrator.policy.plateau import flat_dimensions
from orchestrator.policy.situation import Dispatch, Experiment, NextStep, Pivot, Situation
from orchestrator.services import Publisher
from orchestrator.state import SessionState
from orchestrator.survey import Survey
from profiling.model import Tree

_MOST_READINGS = 2
"""Times that the lead has something read before one choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLead:
    """Chooses the next step by asking a model.

    Attributes:
        backend: asks it.
        base: gives the tree of a commit.
        goal: the person's words.
        bus: told what it chose, and why.
    """

    backend: ClaudeBackend
    base: Callable[[Setup, str], Tree]
    goal: str
    bus: Publisher

    def choose(self, state: SessionState, situation: Situation, survey: Survey, step: NextStep) -> NextStep:
        """Return the lead's step where there is a choice and its answer keeps the rules, else the policy's."""
        shown = leading.options(situation)
        if not leading.is_open(step, shown):
            return step
        tree = self.base(setup_from_json(state["setup"]), state["head_commit"])
        board = self._board(situation, survey, shown, step)
        for readings in range(_MOST_READINGS + 1):
            choice = self._asked(tree, board, situation, may_read=readings < _MOST_READINGS)
            if choice is None:
                return step
            self.bus.publish(says.led(choice, shown))
            if choice.action is not Action.RESEARCH:
                return self._taken(choice, shown, situation, step)
            known = {one.id: one for one in shown}
            found = self.backend.read_ahead(tree, board, tuple(known[one] for one in choice.options))
            for one in found:
                self.bus.publish(says.read_ahead(one))
        return step

    def _asked(self, tree: Tree, board: Board, situation: Situation, *, may_read: bool) -> Choice | None:
        found = {(one.key.file, one.key.qualname) for one in self.backend.insights(tree)}
        read = {one.id for one in board.options if (one.target.key.file, one.target.key.qualname) in found}
        closed = frozenset(read) if may_read else frozenset(one.id for one in board.options)
        return self.backend.next_step(
            tree, board, lambda choice: leading.objection(choice, board.options, situation, closed)
        )

    def _taken(self, choice: Choice, shown: tuple[Option, ...], situation: Situation, embedded: NextStep) -> NextStep:
        step = leading.step_of(choice, shown, situation, embedded)
        for place in _places(step) if choice.strategy else ():
            self.backend.advise(place, choice.strategy)
        return step

    def _board(self, situation: Situation, survey: Survey, shown: tuple[Option, ...], step: NextStep) -> Board:
        return Board(
            goal=self.goal,
            profile=survey.profile,
            facts=survey.facts,
            interactions=survey.interactions,
            table=survey.targets,
            options=shown,
            attempts=situation.attempts,
            standing=_standing(situation, shown),
            embedded=_embedded(step, shown),
            paths=survey.paths,
        )


def _places(step: NextStep) -> tuple[str, ...]:
    """Return the digests of the places that a step turns to."""
    if isinstance(step, Dispatch):
        return tuple(work.candidate.place_digest for team in step.teams for work in team.work)
    return (step.candidate.place_digest,) if isinstance(step, Experiment | Pivot) else ()


def _standing(situation: Situation, shown: tuple[Option, ...]) -> tuple[str, ...]:
    """Return how the session stands; wall seconds are left out: the same question is never paid for twice."""
    bounds, history = situation.bounds, situation.history
    flat = ", ".join(sorted(one.value for one in flat_dimensions(history))) or "none"
    kept = sum(past.is_kept for past in history)
    fit = ", ".join(leading.fit_for_workers(shown, situation)) or "none"
    return (
        f"{bounds.experiments} of at most {bounds.most_experiments} experiments, {kept} kept",
        f"{discards_in_a_row(history)} in a row kept nothing; flat dimensions: {flat}",
        f"{situation.workers} workers at a time at most; fit to be sent out: {fit}",
    )


def _embedded(step: NextStep, shown: tuple[Option, ...]) -> str:
    """Return what the policy would do, by the option's id."""
    if isinstance(step, Dispatch):
        teams = (f"the {team.domain.value} specialist with {_ids(team, shown)}" for team in step.teams)
        return f"dispatch: {'; '.join(teams)}"
    if not isinstance(step, Experiment | Pivot):
        return "nothing"
    fitting = (one.id for one in shown if one.candidate == step.candidate)
    why = f" ({step.text})" if isinstance(step, Pivot) else ""
    return f"try {next(fitting, 'a fix')} at {step.target.key.qualname}{why}"


def _ids(team: Team, shown: tuple[Option, ...]) -> str:
    """Return a team's targets by the ids of the options; one that is not shown by its name."""
    ids = {one.target.key: one.id for one in shown}
    return ", ".join(ids.get(work.target.key, work.target.key.qualname) for work in team.work)
