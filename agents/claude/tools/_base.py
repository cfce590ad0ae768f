"""What a tool is: a name, typed arguments, and a function that answers or refuses in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, cast

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from agents.claude._client import ToolSpec

MOST_CHARACTERS = 16_000
"""Of one tool's answer."""
_SHOWN_MISTAKES = 5


class ToolRefused(Exception):
    """The tool does not do what it was asked; the message says why, to the model."""


class Arguments(BaseModel):
    """Typed arguments of a tool: what is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


A = TypeVar("A", bound=Arguments)


class AnyTool(Protocol):
    """A tool, whatever its arguments."""

    @property
    def name(self) -> str:
        """Return its name."""
        ...

    @property
    def says_data(self) -> bool:
        """Say whether its answers are of the repository, and to be delimited."""
        ...

    def spec(self) -> ToolSpec:
        """Return it as the model sees it."""
        ...

    def run(self, raw: JsonValue) -> str:
        """Answer what a model wrote as arguments.

        Raises:
            ToolRefused: it does not; the message says why.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(Generic[A]):
    """A tool with arguments of one type.

    Attributes:
        description: for the model: when to use it, and what it gives.
        says_data: its answers are of the repository.
    """

    name: str
    description: str
    arguments: type[A]
    use: Callable[[A], str]
    says_data: bool = True

    def spec(self) -> ToolSpec:
        """Return it as the model sees it."""
        return ToolSpec(name=self.name, description=self.description, schema=schema_of(self.arguments))

    def run(self, raw: JsonValue) -> str:
        """Answer what a model wrote as arguments."""
        return capped(self.use(parsed(self.arguments, raw)))


def schema_of(arguments: type[Arguments]) -> dict[str, JsonValue]:
    """Return the JSON Schema of arguments."""
    return cast("dict[str, JsonValue]", arguments.model_json_schema())


def parsed(arguments: type[A], raw: JsonValue) -> A:
    """Return checked arguments.

    Raises:
        ToolRefused: they do not fit; the message names every place that does not.
    """
    try:
        return arguments.model_validate(raw)
    except ValidationError as error:
        mistakes = [
            f"{'.'.join(map(str, one['loc'])) or 'the input'}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False)[:_SHOWN_MISTAKES]
        ]
        raise ToolRefused(f"the input does not fit: {'; '.join(mistakes)}") from None


def capped(text: str) -> str:
    """Return a text, cut where it is too long, and say so."""
    if len(text) <= MOST_CHARACTERS:
        return text
    return f"{text[:MOST_CHARACTERS]}\n[cut after {MOST_CHARACTERS:,} of {len(text):,} characters: ask for less]"
