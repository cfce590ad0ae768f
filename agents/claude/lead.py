"""The lead: which of the places that recipes leave are worth a conversation, in which order, and by which strategy."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import Field

from agents.claude import briefing
from agents.claude.conversation import Conversation, Ended
from agents.claude.desk import Desk
from agents.claude.places import Place
from agents.claude.tools._base import Arguments, ToolRefused
from agents.claude.tools.answering import Answering, AnyAnswer
from agents.claude.tools.checkout import Checkout
from agents.claude.tools.files import file_tools
from agents.claude.tools.guides import guide_tool
from agents.claude.tools.toolbox import Toolbox
from agents.model import Candidate
from profiling.formats.lines import unified_profile_lines
from profiling.model import Tree
from profiling.profile import Profile
from prompts.inputs import Lead, LeadBrief
from prompts.rendering import Data, render

AGENT = "lead"
_MOST_STRATEGY = 600
_NONE = "nothing"


class RankedInput(Arguments):
    """One place and what to do there."""

    id: str = Field(min_length=1, max_length=40)
    expected_share: float = Field(gt=0, le=1)
    strategy: str = Field(min_length=3, max_length=_MOST_STRATEGY)


class RankingInput(Arguments):
    """Places worth trying, the best first."""

    places: tuple[RankedInput, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the lead expects of a place, and how to go about it."""

    expected_share: float
    strategy: str


def ask(
    desk: Desk, tree: Tree, profile: Profile, places: tuple[Place, ...], recipes: Iterable[Candidate]
) -> Ended[dict[str, Advice]]:
    """Return the lead's advice by the places' ids; the profile's own order stands where it gives none.

    Raises:
        BudgetSpent, ModelError: it can't be asked.
    """
    opening = render(
        LeadBrief(
            profile=Data("\n".join(unified_profile_lines(profile))),
            places=Data("\n".join(_line(place, profile) for place in places)),
            recipes=Data("\n".join(dict.fromkeys(f"{one.key.qualname} ({one.key.place})" for one in recipes)) or _NONE),
        )
    )
    checkout = Checkout(root=tree.root)
    conversation = Conversation(
        desk=desk,
        agent=AGENT,
        role="lead",
        system=(briefing.rules(tree, desk.conventions), render(Lead(most_places=str(len(places))))),
        toolbox=Toolbox(tools=(*file_tools(checkout), guide_tool()), watch=lambda used: desk.watcher.used(AGENT, used)),
        answers=(_ranking(places),),
        transcript=desk.transcript_of(AGENT, opening),
    )
    return conversation.run(opening)


def _ranking(places: tuple[Place, ...]) -> AnyAnswer[dict[str, Advice]]:
    return Answering(
        name="rank_places",
        description="Say which places are worth trying, the best first, with share and strategy: your answer.",
        arguments=RankingInput,
        judge=lambda given: _checked(given, places),
    )


def _checked(given: RankingInput, places: tuple[Place, ...]) -> dict[str, Advice]:
    """Return the advice, when it keeps to what is there and to what can be reached."""
    reach = {place.id: place.reach for place in places}
    advice: dict[str, Advice] = {}
    for one in given.places:
        if one.id not in reach:
            raise ToolRefused(f"there is no place {one.id!r}; there are: {', '.join(reach)}")
        if one.id in advice:
            raise ToolRefused(f"place {one.id!r} is ranked twice")
        if one.expected_share > reach[one.id] + 0.001:
            raise ToolRefused(f"{one.id}: {one.expected_share:.3f} is more than the {reach[one.id]:.3f} within reach")
        advice[one.id] = Advice(expected_share=one.expected_share, strategy=one.strategy)
    return advice


def _line(place: Place, profile: Profile) -> str:
    key = place.target.key
    where = f"{place.id}: {key.qualname} ({key.place}), {place.domain.value}, reach {place.reach:.3f}"
    return f"{where}: {briefing.figures(place.target, profile, place)}"
