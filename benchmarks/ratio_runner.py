"""Runs cases of two statements in several interpreters and prints how many times faster the second one is."""

import json
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

CHILD = Path(__file__).with_name("ratio_child.py")
PAIRS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Two statements that do the same.

    Attributes:
        recipe: id.
        parameters: what is special about it, in words ("64 elements").
        setup: statements before both, run once.
        before, after: statements, each run many times in a function of its own, so names of the setup are globals.
    """

    recipe: str
    parameters: str
    setup: str = ""
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Time before over time after: median and quartiles of the pairs; and the nanoseconds that one run saves."""

    median: float
    low: float
    high: float
    saved_ns: float

    def __str__(self) -> str:
        return f"{self.median:.3g}x [{self.low:.3g}, {self.high:.3g}], {self.saved_ns:.0f} ns"


def measure(case: Case, python: str) -> tuple[str, Ratio]:
    """Return an interpreter's version and the ratio it gives, of 15 interleaved pairs in CPU time.

    Raises:
        CalledProcessError: a statement raised.
    """
    asked = {"setup": case.setup, "before": case.before, "after": case.after, "pairs": PAIRS}
    done = subprocess.run(
        [python, "-I", str(CHILD)], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    answer = json.loads(done.stdout)
    return answer["python"], _ratio(answer["pairs"], answer["number"])


def table(cases: Iterable[Case], pythons: Sequence[str]) -> None:
    """Print a line for each case and interpreter."""
    for case in cases:
        for python in pythons:
            version, ratio = measure(case, python)
            print(f"{case.recipe:24} {case.parameters:44} {version:8} {ratio}", flush=True)


def _ratio(pairs: Sequence[tuple[float, float]], number: int) -> Ratio:
    low, median, high = statistics.quantiles([before / after for before, after in pairs], n=4)
    saved_s = statistics.median((before - after) / number for before, after in pairs)
    return Ratio(median=median, low=low, high=high, saved_ns=saved_s * 1e9)
