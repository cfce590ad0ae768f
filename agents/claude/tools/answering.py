"""How a conversation ends: with an answer of a known type, checked by the rules, or sent back with the reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import JsonValue

from agents.claude._client import ToolSpec
from agents.claude.tools._base import A, parsed, schema_of

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class AnyAnswer(Protocol[T_co]):
    """A way to answer."""

    @property
    def name(self) -> str:
        """Return its name."""
        ...

    def spec(self) -> ToolSpec:
        """Return it as the model sees it."""
        ...

    def take(self, raw: JsonValue) -> T_co:
        """Return the answer.

        Raises:
            ToolRefused: it breaks a rule; the message says which.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering(Generic[A, T]):
    """A way to answer, in arguments of one type.

    Attributes:
        judge: makes the answer of them, or raises ToolRefused with the rule they break.
    """

    name: str
    description: str
    arguments: type[A]
    judge: Callable[[A], T]

    def spec(self) -> ToolSpec:
        """Return it as the model sees it."""
        return ToolSpec(name=self.name, description=self.description, schema=schema_of(self.arguments))

    def take(self, raw: JsonValue) -> T:
        """Return the answer."""
        return self.judge(parsed(self.arguments, raw))
