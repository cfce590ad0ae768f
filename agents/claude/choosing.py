"""The lead's next step as a structured answer: what breaks the policy's rules is sent back with the reason."""

from collections.abc import Callable, Iterable

from pydantic import Field

from agents.claude import briefing
from agents.claude.conversation import Conversation, Ended
from agents.claude.desk import Desk
from agents.claude.lead import AGENT
from agents.claude.tools._base import Arguments, ToolRefused
from agents.claude.tools.answering import Answering, AnyAnswer
from agents.claude.tools.checkout import Checkout
from agents.claude.tools.files import file_tools
from agents.claude.tools.guides import guide_tool
from agents.claude.tools.toolbox import Toolbox
from agents.leading import MOST_OPTIONS, Action, Board, Choice, Option
from profiling.formats.lines import unified_profile_lines
from profiling.formats.table import unified_targets_lines
from profiling.model import Tree
from profiling.profile import Profile
from prompts.inputs import BoardBrief, Choosing
from prompts.rendering import Data, render

_MOST_WORDS = 600
_NONE = "nothing"
Objection = Callable[[Choice], str]
"""Says which rule a choice breaks; nothing when none."""


class ChoiceInput(Arguments):
    """The next step."""

    action: Action
    options: tuple[str, ...] = Field(
        default=(),
        max_length=MOST_OPTIONS,
        description="ids: the one to try or turn to, those to dispatch (none: as the policy would), three to research",
    )
    strategy: str = Field(default="", max_length=_MOST_WORDS, description="what the specialist should know")
    reason: str = Field(min_length=10, max_length=_MOST_WORDS, description="why, with the figure that decides")


def ask(desk: Desk, tree: Tree, board: Board, objection: Objection) -> Ended[Choice]:
    """Return the lead's choice of the next step.

    Raises:
        BudgetSpent, ModelError: it can't be asked.
    """
    opening = _opening(board)
    tools = (*file_tools(Checkout(root=tree.root)), guide_tool())
    conversation = Conversation(
        desk=desk,
        agent=AGENT,
        role="lead",
        system=(briefing.rules(tree, desk.conventions), render(Choosing())),
        toolbox=Toolbox(tools=tools, watch=lambda used: desk.watcher.used(AGENT, used)),
        answers=(_next_step(objection),),
        transcript=desk.transcript_of(AGENT, "next step", opening),
    )
    return conversation.run(opening)


def _next_step(objection: Objection) -> AnyAnswer[Choice]:
    def judge(given: ChoiceInput) -> Choice:
        choice = Choice(
            action=given.action,
            options=given.options,
            strategy=" ".join(given.strategy.split()),
            reason=" ".join(given.reason.split()),
        )
        broken = objection(choice)
        if broken:
            raise ToolRefused(broken)
        return choice

    return Answering(
        name="next_step",
        description="Say what the session does next, and why: your answer.",
        arguments=ChoiceInput,
        judge=judge,
    )


def _opening(board: Board) -> str:
    return render(
        BoardBrief(
            goal=Data(board.goal or _NONE),
            profile=Data("\n".join(unified_profile_lines(board.profile))),
            table=Data("\n".join(unified_targets_lines(board.table))),
            interactions=Data(_lines(briefing.interaction_line(one) for one in board.interactions)),
            options=Data(_lines(_option_line(one, board.profile) for one in board.options)),
            attempts=Data(_lines(map(briefing.attempt_line, board.attempts[-briefing.MOST_ATTEMPTS :]))),
            insights=Data(_lines(map(briefing.insight_line, board.insights))),
            standing=Data(_lines(board.standing)),
            embedded=Data(board.embedded),
        )
    )


def _option_line(one: Option, profile: Profile) -> str:
    candidate, key = one.candidate, one.target.key
    who = f"{candidate.source}, {candidate.domain.value}, measured in {candidate.dimension.value}"
    gain = f"may save {candidate.expected_share:.4f}, expected gain {one.expected_gain:.4f}"
    figures = briefing.target_figures(one.target, profile)
    return f"{one.id}: {key.qualname} ({key.place}), by {who}, {gain}: {figures}; {candidate.evidence}"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines) or _NONE
