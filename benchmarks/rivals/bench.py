"""Measure tools on programs in rounds: all in turn, in another order each round, beside plain runs."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TypeVar

from benchmarks.rivals.catalogue import Catalogue
from benchmarks.rivals.program import Program, Run
from benchmarks.rivals.table import Spread, spread_of
from benchmarks.rivals.tools import Machine, Plain, Tool

_PAIRS = 4
"""Of plain runs and ours in a round: a cost of a tenth is asked about, and a run can be off by more."""
Thing = TypeVar("Thing")
Round = dict[str, list[Run]]
"""The runs of one round, by the name of the tool."""


@dataclass(slots=True, kw_only=True)
class Bench:
    """One session.

    Attributes:
        rounds: how many.
        seed: of the order.
        say: told what is measured.
        measured: rounds by program, so that two sections that want the same runs share them.
    """

    machine: Machine
    catalogue: Catalogue
    rounds: int
    seed: int
    say: Callable[[str], None]
    measured: dict[str, list[Round]] = field(default_factory=dict)

    def measure(self, program: Program, tools: Sequence[Tool], own: Tool) -> list[Round]:
        """Return rounds of a program: pairs of a plain run and ours, one right after the other, every other tool once.

        Which of a pair goes first is drawn too. A tool that fails is not tried again.

        Args:
            program: what is run.
            tools: the rivals.
            own: the tool that is compared with them.
        """
        if program.name in self.measured:
            return self.measured[program.name]
        plain: Tool = Plain()
        for tool in (plain, own):
            tool.run(self.machine, program)
        rounds: list[Round] = []
        failed: set[str] = set()
        for number in range(self.rounds):
            self.say(f"{program.name}: round {number + 1} of {self.rounds}")
            what = f"{program.name}/{number}"
            pairs = [self.order(f"{what}/{pair}", [plain, own]) for pair in range(_PAIRS)]
            due = [*([tool] for tool in tools if tool.name not in failed), *pairs]
            rounds.append(self._round(program, [tool for group in self.order(what, due) for tool in group]))
            failed |= {name for name, runs in rounds[-1].items() if any(run.failure for run in runs)}
        self.measured[program.name] = rounds
        return rounds

    def order(self, what: str, things: Sequence[Thing]) -> list[Thing]:
        """Return things in an order of their own for each `what`, the same for the same seed."""
        return random.Random(f"{self.seed}/{what}").sample(things, len(things))

    def _round(self, program: Program, order: Sequence[Tool]) -> Round:
        found: Round = {}
        for tool in order:
            found.setdefault(tool.name, []).append(tool.run(self.machine, program))
        return found


def runs_of(rounds: Sequence[Round], name: str) -> list[Run]:
    """Return the runs of a tool that went well, over all rounds."""
    return [run for each in rounds for run in each.get(name, ()) if not run.failure]


def failure_of(rounds: Sequence[Round], name: str) -> str:
    """Return why a tool gave nothing; empty where it never failed."""
    return next((run.failure for each in rounds for run in each.get(name, ()) if run.failure), "")


def ratios(rounds: Sequence[Round], name: str, quantity: Callable[[Run], float]) -> Spread | None:
    """Return a tool's runs over the median plain run of their round."""
    return spread_of(
        [
            quantity(run) / median(plain)
            for each in rounds
            if (plain := [quantity(run) for run in each["plain"] if not run.failure])
            for run in each.get(name, ())
            if not run.failure
        ]
    )


def paired_ratios(rounds: Sequence[Round], name: str, quantity: Callable[[Run], float]) -> Spread | None:
    """Return our runs, each over the plain run beside it."""
    return spread_of(
        [
            quantity(run) / quantity(plain)
            for each in rounds
            for plain, run in zip(each["plain"], each.get(name, ()), strict=True)
            if not plain.failure and not run.failure
        ]
    )


def cpu_s(run: Run) -> float:
    """Return CPU seconds of the whole process group."""
    return 0.0 if run.usage is None else run.usage.cpu_s


def wall_s(run: Run) -> float:
    """Return wall seconds."""
    return 0.0 if run.usage is None else run.usage.wall_s
