"""Asking the makers: what the documentation of a library in the profile says of performance."""

import itertools
from collections.abc import Sequence

from pydantic import Field

from agents.claude.documentation import Documentation, NoAnswer
from agents.claude.tools._base import AnyTool, Arguments, Tool, ToolRefused
from profiling.profile import LibraryShare

_MOST_QUESTIONS = 4
_MOST_ANSWER = 8_000
_LONGEST_QUESTION = 160


class OneQuestion(Arguments):
    """A question about a library."""

    library: str = Field(min_length=1, max_length=80)
    question: str = Field(min_length=5, max_length=_LONGEST_QUESTION)


def documentation_tools(source: Documentation | None, libraries: Sequence[LibraryShare]) -> tuple[AnyTool, ...]:
    """Return the tool that asks a documentation source; none without a source or a library that matters."""
    names = [one.name for one in libraries]
    if source is None or not names:
        return ()
    questions = itertools.count(1)

    def asked(given: OneQuestion) -> str:
        if given.library not in names:
            raise ToolRefused(f"{given.library!r} is not where time is spent; there are: {', '.join(names)}")
        if next(questions) > _MOST_QUESTIONS:
            raise ToolRefused(f"{_MOST_QUESTIONS} questions were asked: work with what is known")
        try:
            answer = source.ask(given.library, " ".join(given.question.split()))
        except NoAnswer as none:
            raise ToolRefused(str(none)) from None
        if len(answer) <= _MOST_ANSWER:
            return answer or "nothing was found"
        return f"{answer[:_MOST_ANSWER]}\n[cut after {_MOST_ANSWER:,} of {len(answer):,} characters: ask for less]"

    return (
        Tool(
            name="documentation",
            description=(
                f"Ask what the documentation of a library says of performance: {', '.join(names)}. The question leaves "
                "this machine: name the feature, show no code of the repository."
            ),
            arguments=OneQuestion,
            use=asked,
        ),
    )
