"""When a failed call is made again, and after how long: pure, so that every client waits alike."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from agents.claude._client import ModelRejected, ModelUnavailable, Usage

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]

_RETRIED = frozenset({408, 409, 429, 529})
_RETRIED_KINDS = frozenset({"overloaded_error", "rate_limit_error", "api_error", "timeout_error"})
"""Types of errors that come in the middle of a stream, under status 200."""


class CallFailed(Exception):
    """One attempt failed.

    Attributes:
        status: HTTP status; None when there was no answer, or it broke off.
        kind: the API's own name of the error, where it gave one.
        retry_after_s: how long the API asks to wait.
        should_retry: what the API says of trying again, where it says something.
        lost: usage that the API had reported by then.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        kind: str = "",
        retry_after_s: float | None = None,
        should_retry: bool | None = None,
        lost: Usage | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.should_retry = should_retry
        self.lost = lost

    @property
    def is_passing(self) -> bool:
        """Say whether another attempt may succeed."""
        if self.should_retry is not None:
            return self.should_retry
        if self.status is None:
            return True
        if self.status == 200:
            return self.kind in _RETRIED_KINDS
        return self.status in _RETRIED or self.status >= 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long.

    Attributes:
        attempts: calls in all.
        first_s, longest_s: the wait doubles from the first to the longest, less up to a quarter by chance.
        longest_asked_s: of a wait the API asks for; one that asks for more is not waited for (the SDK would: without
            end, in effect).
    """

    attempts: int = 6
    first_s: float = 0.5
    longest_s: float = 30.0
    longest_asked_s: float = 90.0

    def wait_s(self, failed: CallFailed, attempt: int, chance: float) -> float | None:
        """Return the seconds before the next attempt, None when there is to be none.

        Args:
            failed: the attempt.
            attempt: its number, from 1.
            chance: uniform in [0, 1).
        """
        if attempt >= self.attempts or not failed.is_passing:
            return None
        if failed.retry_after_s is not None:
            return failed.retry_after_s if failed.retry_after_s <= self.longest_asked_s else None
        return min(self.first_s * 2.0 ** (attempt - 1), self.longest_s) * (1 - chance / 4)


async def patiently(attempt: Callable[[], Awaitable[T]], patience: Patience, sleep: Sleep) -> tuple[T, list[Usage]]:
    """Return what an attempt gives, and the usage of those that failed before it.

    Raises:
        ModelUnavailable: patience ended.
        ModelRejected: another attempt would change nothing.
    """
    lost: list[Usage] = []
    number = 1
    while True:
        try:
            return await attempt(), lost
        except CallFailed as failed:
            lost += [failed.lost] if failed.lost is not None else []
            wait_s = patience.wait_s(failed, number, random.random())  # noqa: S311  spreads retries, keeps no secret
            if wait_s is None:
                raise _ended(failed, number, tuple(lost)) from None
        number += 1
        await sleep(wait_s)


def _ended(failed: CallFailed, attempts: int, lost: tuple[Usage, ...]) -> ModelUnavailable | ModelRejected:
    if not failed.is_passing:
        return ModelRejected(f"the model's API refuses: {failed}", lost=lost)
    asked = failed.retry_after_s
    waits = f", and asks to wait {asked:.0f} s" if asked is not None else ""
    times = f"{attempts} attempt{'s' if attempts != 1 else ''}"
    return ModelUnavailable(
        f"the model did not answer in {times}: {failed}{waits}", lost=lost, hint="run optimize again later: it goes on"
    )
