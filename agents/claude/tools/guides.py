"""Guides on demand: a page of knowledge when a pattern calls for it."""

from pydantic import Field

from agents.claude.tools._base import AnyTool, Arguments, Tool, ToolRefused
from prompts.rendering import PromptMismatch, guide, guide_names


class OneGuide(Arguments):
    """Which guide."""

    name: str = Field(min_length=1, max_length=60)


def guide_tool() -> AnyTool:
    """Return the tool that gives a guide by its name."""
    return Tool(
        name="guide",
        description=f"Give one of our guides: {', '.join(guide_names())}.",
        arguments=OneGuide,
        use=_guide,
        says_data=False,
    )


def _guide(asked: OneGuide) -> str:
    try:
        return guide(asked.name)
    except PromptMismatch as error:
        raise ToolRefused(str(error)) from None
