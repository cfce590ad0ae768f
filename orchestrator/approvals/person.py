"""Who sits at the terminal, as a session sees them."""

from collections.abc import Callable
from typing import Protocol

from orchestrator.approvals.question import Answer, Pending
from orchestrator.policy.steering import Word

Say = Callable[[Word, str], str]
"""Says a word to the session; returns why it has no effect, nothing where it has: that is told to all."""


class Person(Protocol):
    """Answers questions, and steers."""

    def attend(self, say: Say) -> None:
        """Begin to listen to what the person says while the session runs; called in its event loop."""
        ...

    async def ask(self, pending: Pending) -> Answer:
        """Return the answer to one question. Cancelled when the question is answered from elsewhere."""
        ...

    def leave(self) -> None:
        """Give the terminal back."""
        ...
