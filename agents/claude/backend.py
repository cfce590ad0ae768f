"""The backend `claude`: recipes where they apply, a model for what they leave, and the recipes alone when it fails."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from agents.claude import choosing, lead, places, researcher, setup, specialist
from agents.claude._client import ModelError, ModelRejected, ModelStopped
from agents.claude.account import BudgetSpent
from agents.claude.choosing import Objection
from agents.claude.conversation import Ended
from agents.claude.desk import Desk
from agents.claude.lead import Advice
from agents.claude.notebook import Notebook
from agents.claude.places import Place
from agents.claude.reviewer import ClaudeReviewer
from agents.claude.setup import Commands, Trial
from agents.claude.specialist import ClaudeSpecialist
from agents.claude.tools.proposing import GivenUp
from agents.leading import Board, Choice, Option
from agents.model import Brief, Candidate, Insight, Proposal
from agents.recipes.requests import function_request
from agents.specialists._base import Backend, Specialist
from agents.specialists.reviewer import Reviewer
from agents.specialists.setup import Setup
from profiling import dependencies
from profiling.facts import FactRequest, Facts
from profiling.model import Domain, Tree
from profiling.profile import Profile
from profiling.targets import MODULE_BODY

T = TypeVar("T")
_MOST_FACTS = 8
_MOST_FAILURES = 3
"""Calls in a row that the API did not answer: then it is not asked any more in this session."""


class ClaudeBackend:
    """Nominates, ranks and proposes. Whatever happens to the model, the recipes go on."""

    def __init__(self, desk: Desk, recipes: Backend) -> None:
        self._desk = desk
        self._recipes = recipes
        self._lock = threading.Lock()
        self._advice: dict[str, Advice] = {}
        self._notebook = Notebook(desk.folder / "notebook.json")
        self._failures = 0
        self._off = ""
        self._is_missed = False
        self._spent = ""

    @property
    def name(self) -> str:
        """Return `claude`."""
        return "claude"

    @property
    def desk(self) -> Desk:
        """Return what its agents share."""
        return self._desk

    @property
    def reviewer(self) -> Reviewer:
        """Return who reads what was kept."""
        return ClaudeReviewer(desk=self._desk)

    def spent_budget(self) -> str:
        """Return which budget is used up, with its figures; nothing while none is."""
        return self._spent

    def nominate(self, tree: Tree, profile: Profile) -> tuple[FactRequest, ...]:
        """Return what the recipes want to know, and the calls of the functions that cost most."""
        requests = {request.id: request for request in self._recipes.nominate(tree, profile)}
        wanted = [place.target.key for place in places.find(tree, profile)][:_MOST_FACTS]
        for key in (one for one in wanted if one.qualname != MODULE_BODY):
            request = function_request(key)
            requests.setdefault(request.id, request)
        return tuple(requests.values())

    def candidates(self, tree: Tree, profile: Profile, facts: Facts) -> tuple[Candidate, ...]:
        """Return what the recipes offer, then the places left for the model, as the lead ranks them."""
        offered = self._recipes.candidates(tree, profile, facts)
        self._miss_documentation(profile)
        found = places.find(tree, profile)
        if not found or self._off:
            return offered
        advice = self._advised(tree, profile, found, offered)
        with self._lock:
            self._advice.update(advice)
        shares = {name: one.expected_share for name, one in advice.items()}
        return (*offered, *places.candidates(found, offered, shares))

    def specialist(self, domain: Domain) -> Specialist:
        """Return who proposes in a domain."""
        return ClaudeSpecialist(embedded=self._recipes.specialist(domain), places=self._places, hire=self._hire)

    def next_step(self, tree: Tree, board: Board, objection: Objection) -> Choice | None:
        """Return what the lead does next; None when it can't be asked, or gives no answer that keeps the rules."""
        if self._off:
            return None
        known = replace(board, insights=(*board.insights, *self._notebook.insights(tree)))
        ended = self._try(lambda: choosing.ask(self._desk, tree, known, objection))
        if ended is not None and ended.answer is None:
            self._desk.watcher.noted(f"the lead chose nothing ({_why(ended)}): the policy's choice stands")
        return ended.answer if ended is not None else None

    def read_ahead(self, tree: Tree, board: Board, options: tuple[Option, ...]) -> tuple[Insight, ...]:
        """Have the researcher read about some options; what it finds goes into every later brief."""
        targets = tuple(one.target for one in options)
        if self._off or not targets:
            return ()
        brief = Brief(
            target=targets[0],
            tree=tree,
            profile=board.profile,
            facts=board.facts,
            history=board.attempts,
            interactions=board.interactions,
            table=board.table,
            paths=board.paths,
        )
        ended = self._try(lambda: researcher.ask(self._desk, brief, targets))
        if ended is None:
            return ()
        if ended.answer is None:
            self._desk.watcher.noted(f"the researcher found nothing ({_why(ended)})")
            return ()
        self._notebook.put(tree, ended.answer)
        return ended.answer

    def commands(self, found: Setup, trial: Trial) -> Commands | GivenUp | None:
        """Return the commands of a repository that nobody declared; None when the setup agent gives no answer."""
        ended = self._try(lambda: setup.ask(self._desk, found, trial))
        if ended is not None and ended.answer is None:
            self._desk.watcher.noted(f"the setup agent found no commands ({_why(ended)})")
        return ended.answer if ended is not None else None

    def insights(self, tree: Tree) -> tuple[Insight, ...]:
        """Return what was found by reading ahead and still holds."""
        return self._notebook.insights(tree)

    def advise(self, place_digest: str, strategy: str) -> None:
        """Keep what the lead wants the specialist of a place to know."""
        self._notebook.advise(place_digest, strategy)

    def _miss_documentation(self, profile: Profile) -> None:
        """Say once which libraries nobody can be asked about."""
        libraries = ", ".join(one.name for one in dependencies.that_matter(profile))
        if libraries and self._desk.documentation is None and not self._is_missed:
            self._is_missed = True
            self._desk.watcher.noted(
                f"no documentation source is named (--docs-server): what {libraries} advise on speed is not looked up"
            )

    def _advised(
        self, tree: Tree, profile: Profile, found: tuple[Place, ...], offered: tuple[Candidate, ...]
    ) -> dict[str, Advice]:
        """Return the lead's advice; nothing where there is nothing to choose, or it gives none."""
        if len(found) < 2:
            return {}
        ended = self._try(lambda: lead.ask(self._desk, tree, profile, found, offered))
        if ended is None:
            return {}
        if ended.answer is None:
            self._desk.watcher.noted(f"the lead gave no order ({_why(ended)}): the profile's own stands")
            return {}
        return ended.answer

    def _places(self, brief: Brief, domain: Domain) -> tuple[Place, ...]:
        found = places.find(brief.tree, brief.profile)
        return tuple(one for one in found if (one.target.key, one.domain) == (brief.target.key, domain))

    def _hire(self, brief: Brief, place: Place, digest: str) -> Proposal | None:
        """Return a fix for a place, None when there is none; why not is said."""
        if self._off:
            return None
        with self._lock:
            advice = self._advice.get(place.id)
        strategy = self._notebook.strategy(digest) or (advice.strategy if advice is not None else "")
        known = replace(brief, insights=(*brief.insights, *self._notebook.insights(brief.tree)))
        desk = self._desk.heard_in(brief.stream)
        ended = self._try(lambda: specialist.converse(desk, known, place, digest, strategy))
        if ended is None:
            return None
        if isinstance(ended.answer, Proposal):
            return ended.answer
        why = f"gives up: {ended.answer.reason}" if isinstance(ended.answer, GivenUp) else _why(ended)
        self._desk.watcher.noted(f"{specialist.agent_of(place.domain)}, {place.target.key.qualname}: {why}")
        return None

    def _try(self, work: Callable[[], T]) -> T | None:
        """Return what a conversation gives; None when the model can't be asked, which is said once."""
        try:
            done = work()
        except ModelStopped:
            raise
        except BudgetSpent as spent:
            self._spent = str(spent)
            self._leave(self._spent)
        except ModelRejected as error:
            self._leave(f"{error}{f' ({error.hint})' if error.hint else ''}")
        except ModelError as error:
            with self._lock:
                self._failures += 1
                failures = self._failures
            self._desk.watcher.noted(str(error))
            if failures >= _MOST_FAILURES:
                self._leave(f"{failures} calls in a row failed")
        else:
            with self._lock:
                self._failures = 0
            return done
        return None

    def _leave(self, why: str) -> None:
        with self._lock:
            is_first, self._off = not self._off, self._off or why
        if is_first:
            self._desk.watcher.noted(f"the model is not asked any more: {why}; the recipes go on")


def _why(ended: Ended[T]) -> str:
    return f"{ended.why.value}: {ended.detail}" if ended.detail else ended.why.value
