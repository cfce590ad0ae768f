"""The tools of one conversation: whatever a model writes gets an answer, never an exception."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agents.claude._client import ToolResult, ToolSpec, ToolUse
from agents.claude.tools._base import AnyTool, ToolRefused
from prompts.rendering import delimited


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """One use of a tool, for those who watch: what was asked, whether it was refused, characters, seconds."""

    name: str
    is_error: bool
    characters: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolbox:
    """Tools by name.

    Attributes:
        watch: told of every use.
    """

    tools: Sequence[AnyTool]
    watch: Callable[[Used], None] = lambda _: None

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """Return the tools as the model sees them, always in the same order: the prompt's cache hangs on it."""
        return tuple(tool.spec() for tool in self.tools)

    def use(self, asked: ToolUse) -> ToolResult:
        """Return what a tool says, or why there is nothing to say; what is of the repository is delimited."""
        began = time.monotonic()
        try:
            result = ToolResult(use_id=asked.id, text=self._answer(asked))
        except ToolRefused as refused:
            result = ToolResult(use_id=asked.id, text=str(refused), is_error=True)
        seconds = time.monotonic() - began
        self.watch(Used(name=asked.name, is_error=result.is_error, characters=len(result.text), seconds=seconds))
        return result

    def _answer(self, asked: ToolUse) -> str:
        tool = next((one for one in self.tools if one.name == asked.name), None)
        if tool is None:
            names = ", ".join(one.name for one in self.tools)
            raise ToolRefused(f"there is no tool {asked.name[:60]!r}; there are: {names}")
        text = tool.run(asked.input)
        return delimited(asked.name, text) if tool.says_data else text
