"""Evaluate units until nothing grows any more: first what is known, then what only names suggest."""

from collections.abc import Callable, Iterable

from profiling.audit.linking.engine import MOST_NESTED, Links, Shared
from profiling.audit.linking.evaluate import Evaluator
from profiling.audit.linking.program import Program
from profiling.audit.linking.values import Values
from profiling.audit.reading.packed import Steps

_REPEATS = (1000, 0.02)
"""Evaluations beyond one a unit, a number and a share of the units: in small and middle trees values settle before; in
large ones what moves on through more and more calls is cut, and found by name at most."""

_REPEATS_AFTER_EDIT = 300
"""The same after an edit, of which most reach few others."""

StepsOf = Callable[[int], Steps]
"""Gives what evaluating a unit needs by its number."""


class Solver:
    """The link pass over a program.

    Attributes:
        links: of every unit by number, packed where that was asked for.
        runs: how many evaluations it took.
        logs: what each put into slots, where that is kept.
    """

    def __init__(self, program: Program, steps: StepsOf, *, logging: bool = False, packing: bool = False) -> None:
        self.program = program
        self.links: dict[int, Links | bytes] = {}
        self.reads: dict[int, set[str]] = {}
        self.logs: dict[int, dict[str, Values]] = {}
        self.runs = 0
        self._logging = logging
        self._packing = packing
        self._steps = steps
        self._shared = Shared(program, self._run)
        self.slots = self._shared.slots
        self.classes = self._shared.classes
        self._evaluators = [Evaluator(self._shared, depth) for depth in range(MOST_NESTED + 1)]

    def solve(self) -> None:
        """Evaluate all units to the end."""
        units = self.program.units
        order = sorted(range(len(units)), key=lambda number: (_rank(self.program, number), number))
        self._settle(number for number in order if number not in self._shared.started)
        for evaluator in self._evaluators:
            evaluator.late = True
        waiting = sorted(self._shared.unsettled)
        self._settle(waiting)

    def release(self) -> None:
        """Let go of the evaluators, which point back here: nothing large waits for the collector."""
        self._evaluators.clear()
        self._shared.demand = lambda _number, _depth: None

    def again(self, numbers: list[int]) -> None:
        """Evaluate some units once, with the slots as an earlier run left them."""
        self._shared.started.update(range(len(self.program.units)))
        for evaluator in self._evaluators:
            evaluator.late = True
        for number in numbers:
            self._run(number)

    def settle_after(self, numbers: list[int]) -> None:
        """Evaluate what must look again because of them."""
        self._follow(self.runs + _REPEATS_AFTER_EDIT + len(numbers))

    def _settle(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._run(number)
        self._follow(self.runs + int(_REPEATS[0] + _REPEATS[1] * len(self.program.units)))

    def _follow(self, budget: int) -> None:
        """Evaluate what waits until nothing does, or until so many evaluations were made."""
        slots = self.slots
        while (slots.pending or slots.minor) and self.runs < budget:
            waiting = slots.pending or slots.minor
            for number in sorted(waiting)[: budget - self.runs]:
                if number in waiting:
                    self._run(number)

    def _run(self, number: int, depth: int = 0) -> None:
        evaluator, slots = self._evaluators[depth], self.slots
        self._shared.started.add(number)
        self.runs += 1
        unit = self.program.units[number]
        slots.pending.discard(number)
        slots.minor.discard(number)
        before, slots.log = slots.log, {} if self._logging else None
        try:
            evaluator.run(unit, self._steps(number))
        except RecursionError:
            evaluator.links.missing.setdefault(-1, "nested too deeply")
        if slots.log is not None:
            self.logs[number] = slots.log
        slots.log = before
        if self._logging:
            self.reads[number] = evaluator.reads
        self.links[number] = evaluator.links.packed() if self._packing else evaluator.links


def _rank(program: Program, number: int) -> int:
    """Module bodies come first, then constructors, which tell what attributes are."""
    unit = program.units[number]
    if not unit.index:
        return 0
    return 1 if unit.scope.path.endswith("__init__") else 2
