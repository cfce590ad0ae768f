"""The researcher: reads ahead and says what a specialist should know; never edits, never profiles."""

import re
from collections.abc import Iterable

from pydantic import Field

from agents.claude import briefing
from agents.claude.conversation import Conversation, Ended
from agents.claude.desk import Desk
from agents.claude.tools._base import Arguments, ToolRefused
from agents.claude.tools.answering import Answering, AnyAnswer
from agents.claude.tools.checkout import Checkout, lines_of
from agents.claude.tools.documentation import documentation_tools
from agents.claude.tools.files import file_tools
from agents.claude.tools.functions import function_tools
from agents.claude.tools.guides import guide_tool
from agents.claude.tools.toolbox import Toolbox
from agents.model import Brief, Insight
from profiling import dependencies
from profiling.formats.lines import unified_profile_lines
from profiling.model import FunctionKey
from profiling.target import Target
from prompts.inputs import ReadingBrief, Researcher
from prompts.rendering import Data, render

AGENT = "researcher"
_MOST_WORDS = 700
_PLACE = re.compile(r"([\w./-]+\.py):(\d{1,7})")
_NOTHING = "nothing"


class FindingInput(Arguments):
    """What was found at one function."""

    file: str = Field(min_length=1, max_length=400)
    function: str = Field(min_length=1, max_length=300)
    antipattern: str = Field(min_length=10, max_length=_MOST_WORDS)
    evidence: str = Field(min_length=3, max_length=_MOST_WORDS)
    callers: str = Field(min_length=3, max_length=_MOST_WORDS)
    interaction: str = Field(default="", max_length=_MOST_WORDS)


class FindingsInput(Arguments):
    """One finding a function."""

    findings: tuple[FindingInput, ...] = Field(min_length=1, max_length=10)


def ask(desk: Desk, brief: Brief, targets: tuple[Target, ...]) -> Ended[tuple[Insight, ...]]:
    """Return what reading about some targets finds.

    Args:
        desk: what agents share.
        brief: of the first of them: its tree, profile, facts and history are those of all; nothing is tried on a bench.
        targets: to be read about.

    Raises:
        BudgetSpent, ModelError: it can't be asked.
    """
    checkout = Checkout(root=brief.tree.root)
    opening = _opening(brief, checkout, targets)
    asks = documentation_tools(desk.documentation, dependencies.that_matter(brief.profile))
    tools = (*file_tools(checkout), *function_tools(checkout, brief), *asks, guide_tool())
    conversation = Conversation(
        desk=desk,
        agent=AGENT,
        role="researcher",
        system=(briefing.rules(brief.tree, desk.conventions), render(Researcher())),
        toolbox=Toolbox(tools=tools, watch=lambda used: desk.watcher.used(AGENT, used)),
        answers=(_findings(checkout, targets),),
        transcript=desk.transcript_of(AGENT, opening),
    )
    return conversation.run(opening)


def _findings(checkout: Checkout, targets: tuple[Target, ...]) -> AnyAnswer[tuple[Insight, ...]]:
    return Answering(
        name="findings",
        description="Say what you found, one finding a function: your answer.",
        arguments=FindingsInput,
        judge=lambda given: tuple(_checked(given, checkout, [target.key for target in targets])),
    )


def _checked(given: FindingsInput, checkout: Checkout, keys: list[FunctionKey]) -> Iterable[Insight]:
    """Yield the findings, when each is of a function that was asked about and its places are there."""
    known = {(key.file, key.qualname): key for key in keys}
    for one in given.findings:
        key = known.pop((one.file, one.function), None)
        if key is None:
            open_ = ", ".join(f"{file} {name}" for file, name in known)
            raise ToolRefused(f"{one.file} {one.function}: not asked about, or told twice; open: {open_ or _NOTHING}")
        _check_places(one.evidence, checkout)
        words = (" ".join(text.split()) for text in (one.antipattern, one.evidence, one.callers, one.interaction))
        antipattern, evidence, callers, interaction = words
        yield Insight(key=key, antipattern=antipattern, evidence=evidence, callers=callers, interaction=interaction)
    if known:
        left = ", ".join(f"{file} {name}" for file, name in known)
        raise ToolRefused(f"nothing is said of {left}: one finding a function")


def _check_places(evidence: str, checkout: Checkout) -> None:
    for file, number in _PLACE.findall(evidence):
        count = len(lines_of(checkout.text(file)))
        if not 1 <= int(number) <= count:
            raise ToolRefused(f"{file} has {count} lines: there is no line {number}")


def _opening(brief: Brief, checkout: Checkout, targets: tuple[Target, ...]) -> str:
    return render(
        ReadingBrief(
            targets=Data("\n\n".join(_target(brief, checkout, one) for one in targets)),
            interactions=Data("\n".join(map(briefing.interaction_line, brief.interactions)) or _NOTHING),
            profile=Data("\n".join(unified_profile_lines(brief.profile))),
            attempts=Data("\n".join(map(briefing.attempt_line, brief.history[-briefing.MOST_ATTEMPTS :])) or _NOTHING),
        )
    )


def _target(brief: Brief, checkout: Checkout, target: Target) -> str:
    key = target.key
    try:
        source = briefing.numbered_source(checkout, key)
    except ToolRefused as refused:
        source = f"[{refused}]"
    facts = brief.paths.get(key)
    called = ", ".join(f"{one.qualname} ({one.place})" for one in facts.callers) if facts else ""
    heading = f"{key.qualname} in {key.file} ({key.place})"
    figures = briefing.target_figures(target, brief.profile)
    return f"{heading}\n{figures}\ncalled by: {called or 'see the tool callers'}\n{source}"
