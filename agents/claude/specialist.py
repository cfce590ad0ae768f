"""One domain's specialist: the recipes' fixes first, then what a conversation gives."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agents.claude import briefing
from agents.claude.conversation import Conversation, Ended
from agents.claude.desk import Desk
from agents.claude.places import Place
from agents.claude.tools.checkout import Checkout
from agents.claude.tools.documentation import documentation_tools
from agents.claude.tools.files import file_tools
from agents.claude.tools.functions import function_tools
from agents.claude.tools.guides import guide_tool
from agents.claude.tools.proposing import Assignment, GivenUp, answers, trial_tools
from agents.claude.tools.toolbox import Toolbox
from agents.model import Brief, Proposal, Undone
from agents.specialists._base import Specialist
from agents.specialists.roster import charge_of
from profiling import dependencies
from profiling.model import Domain
from prompts import inputs
from prompts.rendering import render, template

_LORE = {
    Domain.CPU: "cpu",
    Domain.MEMORY: "memory",
    Domain.ASYNC: "concurrency",
    Domain.STRUCTURE: "structure",
}
Hired = Callable[[Brief, Place, str], Proposal | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaudeSpecialist:
    """Proposes in one domain.

    Attributes:
        embedded: the recipes' specialist of the same domain.
        places: gives the places of a brief's target in this domain.
        hire: asks for a fix at a place, by the digest of the attempt.
    """

    embedded: Specialist
    places: Callable[[Brief, Domain], tuple[Place, ...]]
    hire: Hired

    @property
    def domain(self) -> Domain:
        """Return the domain it answers for."""
        return self.embedded.domain

    def propose(self, brief: Brief) -> Iterator[Proposal]:
        """Yield what the recipes propose, then, when that was not enough, what the model does; lazily, as it costs."""
        yield from self.embedded.propose(brief)
        if brief.undone is not None:
            yield from self._made_anew(brief, brief.undone)
            return
        tried = {(one.source, one.place_digest) for one in brief.history}
        for place in self.places(brief, self.domain):
            for digest in place.attempt_digests():
                if (place.source, digest) in tried or {place.source, digest} & set(brief.avoid):
                    continue
                proposal = self.hire(brief, place, digest)
                if proposal is None:
                    break
                yield proposal

    def _made_anew(self, brief: Brief, undone: Undone) -> Iterator[Proposal]:
        """Yield the model's new form of a fix that a review undid."""
        digest = hashlib.sha256(f"{undone.proposal.place_digest}:made anew".encode()).hexdigest()[:16]
        for place in self.places(brief, self.domain):
            proposal = self.hire(brief, place, digest)
            if proposal is not None:
                yield proposal


def agent_of(domain: Domain) -> str:
    """Return the specialist's name."""
    return f"{domain.value}-specialist"


def converse(desk: Desk, brief: Brief, place: Place, digest: str, strategy: str) -> Ended[Proposal | GivenUp]:
    """Ask for one fix.

    Raises:
        BudgetSpent, ModelError: it can't be asked.
    """
    agent, checkout, charge = agent_of(place.domain), Checkout(root=brief.tree.root), charge_of(place.domain)
    assignment = Assignment(
        brief=brief,
        checkout=checkout,
        source=place.source,
        domain=place.domain,
        dimension=place.dimension,
        place_digest=digest,
        reachable_share=place.reach,
    )
    role = inputs.Specialist(
        domain=place.domain.value,
        causes=charge.causes,
        elsewhere=charge.elsewhere,
        lore=template(_LORE[place.domain]).strip(),
    )
    opening = briefing.target_text(brief, place, strategy)
    tools = (
        *file_tools(checkout),
        *function_tools(checkout, brief),
        *trial_tools(assignment),
        *documentation_tools(desk.documentation, dependencies.that_matter(brief.profile)),
        guide_tool(),
    )
    conversation = Conversation(
        desk=desk,
        agent=agent,
        role="specialist",
        system=(briefing.rules(brief.tree, desk.conventions), render(role)),
        toolbox=Toolbox(tools=tools, watch=lambda used: desk.watcher.used(agent, used)),
        answers=answers(assignment),
        transcript=desk.transcript_of(agent, opening, digest),
    )
    return conversation.run(opening)
