"""What models cost, to the token: every call written down at once, so that totals survive a kill; and the budgets."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from agents.claude._client import ModelError, Reply, Usage
from agents.claude.models import Models

SOFT_SHARE = 0.8
"""Of a budget, after which the person is told."""


class BudgetSpent(Exception):
    """A hard limit is reached: the model is not asked any more. The message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Most that may be used; None: as much as it takes. The call that crosses a limit is the last."""

    tokens: int | None = None
    usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, as it is written down.

    Attributes:
        agent: who asked; model: that answered, or was asked.
        usage: None when the API told none: unknown, not nothing.
        usd: dollars by the dated price list; None when unknown.
        ended: the stop reason, `lost` for an attempt that broke off, or how the call failed.
    """

    agent: str
    model: str
    usage: Usage | None
    usd: float | None
    ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Totals of calls.

    Attributes:
        calls: made; unknown_calls: those whose usage or price is not known.
        usage: of those that told; usd: of those whose price is known.
    """

    calls: int = 0
    unknown_calls: int = 0
    usage: Usage = field(default_factory=Usage)
    usd: float = 0.0

    def plus(self, call: Call) -> "Spent":
        """Return the totals with one more call."""
        return Spent(
            calls=self.calls + 1,
            unknown_calls=self.unknown_calls + (call.usage is None or call.usd is None),
            usage=self.usage + (call.usage or Usage()),
            usd=self.usd + (call.usd or 0.0),
        )

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            calls=self.calls + other.calls,
            unknown_calls=self.unknown_calls + other.unknown_calls,
            usage=self.usage + other.usage,
            usd=self.usd + other.usd,
        )

    @property
    def text(self) -> str:
        """Return the totals as a person reads them."""
        usage = self.usage
        read = f"{usage.cache_read_tokens:,} of {usage.prompt_tokens:,} prompt tokens from the cache"
        unknown = f"; {self.unknown_calls} of unknown cost" if self.unknown_calls else ""
        calls = f"{self.calls} call{'s' if self.calls != 1 else ''}"
        return f"{calls}, {usage.total_tokens:,} tokens ({read}, {usage.hit_rate:.0%}), ${self.usd:.4f}{unknown}"


_CALL: TypeAdapter[Call] = TypeAdapter(Call)


class Account:
    """The calls of one session, in a file of one JSON object a line. Safe to use from several threads.

    Args:
        path: the file; what it holds from before an interruption counts.
        models: prices.
        session, agent: budgets, of all agents together and of each alone.
        warn: told once when a soft limit is crossed.
    """

    def __init__(
        self,
        path: Path,
        models: Models,
        *,
        session: Budget | None = None,
        agent: Budget | None = None,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._path, self._models, self._warn = path, models, warn
        self._budgets = {"the session": session or Budget(), "": agent or Budget()}
        self._lock = threading.Lock()
        self._warned: set[str] = set()
        self._spent: dict[str, Spent] = {}
        for call in _read(path):
            self._add(call)

    @property
    def total(self) -> Spent:
        """Return the totals of the session."""
        return self._spent.get("", Spent())

    def of(self, agent: str) -> Spent:
        """Return the totals of one agent."""
        return self._spent.get(agent, Spent())

    @property
    def by_agent(self) -> dict[str, Spent]:
        """Return the totals of every agent that asked, by name."""
        with self._lock:
            return {agent: spent for agent, spent in sorted(self._spent.items()) if agent}

    def check(self, agent: str) -> None:
        """Let an agent ask, or not.

        Raises:
            BudgetSpent: a budget is used up.
        """
        for whose, budget, spent in self._limits(agent):
            reached = _reached(budget, spent, 1.0)
            if reached:
                raise BudgetSpent(f"the budget of {whose} is used up: {reached}")

    def replied(self, agent: str, model: str, reply: Reply) -> None:
        """Write down a reply, and the attempts that broke off before it."""
        self._lost(agent, model, reply.lost)
        self._write(agent, reply.model or model, reply.usage, reply.stop_reason.value)

    def failed(self, agent: str, model: str, error: ModelError) -> None:
        """Write down a call that gave no reply: what is known of it, and that it ended so."""
        self._lost(agent, model, error.lost)
        if not error.lost:
            self._write(agent, model, None, type(error).__name__)

    def _lost(self, agent: str, model: str, lost: tuple[Usage, ...]) -> None:
        for usage in lost:
            self._write(agent, model, usage, "lost")

    def _write(self, agent: str, model: str, usage: Usage | None, ended: str) -> None:
        usd = self._models.card(model).usd(usage) if usage is not None else None
        call = Call(agent=agent, model=model, usage=usage, usd=usd, ended=ended)
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(call)) + "\n")
                file.flush()
                os.fsync(file.fileno())
            self._add(call)
        self._tell(agent)

    def _add(self, call: Call) -> None:
        for whose in ("", call.agent):
            self._spent[whose] = self._spent.get(whose, Spent()).plus(call)

    def _limits(self, agent: str) -> tuple[tuple[str, Budget, Spent], ...]:
        return (
            ("the session", self._budgets["the session"], self.total),
            (f"the agent {agent}", self._budgets[""], self.of(agent)),
        )

    def _tell(self, agent: str) -> None:
        for whose, budget, spent in self._limits(agent):
            reached = _reached(budget, spent, SOFT_SHARE)
            if reached and self._is_news(whose):
                self._warn(f"the budget of {whose} is nearly used up: {reached}")

    def _is_news(self, whose: str) -> bool:
        """Say whether nobody was told yet that a budget is nearly used up."""
        with self._lock:
            is_news = whose not in self._warned
            self._warned.add(whose)
            return is_news


def _reached(budget: Budget, spent: Spent, share: float) -> str:
    """Return which limit (times the share) is reached, with its figures, or nothing."""
    if budget.tokens is not None and spent.usage.total_tokens >= budget.tokens * share:
        return f"{spent.usage.total_tokens:,} of {budget.tokens:,} tokens"
    if budget.usd is not None and spent.usd >= budget.usd * share:
        return f"${spent.usd:.4f} of ${budget.usd:.2f}"
    return ""


def _read(path: Path) -> Iterator[Call]:
    """Yield the calls of a file; a line that a kill has torn is left out."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield _CALL.validate_json(line)
        except ValidationError:
            continue
