"""What `optimize doctor` measures: how far identical programs lie apart here, and the gain that can still be told."""

import math
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from orchestrator.cli.checks import Check, Level
from orchestrator.workspace.turns import timed_processes
from profiling.measure import machine
from profiling.measure.engine import MeasurementFailed, Plan
from profiling.measure.sensitivity import FEWEST_PAIRS, Detectable, Noise, detectable, measure_noise
from profiling.model import Dimension, Interpreter

MEASURING_S = 15.0
_WORKLOAD_S = 0.5
_MINUTES = 1.0
_NAME = "noise"
_NOISY_FIX = "let other work end, or give a workload that runs longer; smaller gains end undecided and are not kept"


def noise(seconds: float, on_pair: Callable[[int], None], say: Callable[[str], None]) -> Check:
    """Measure a small program of ours against itself: how far apart are the sides of a pair?

    Args:
        seconds: wall time to measure, about.
        on_pair: told the pairs so far; say: told who else measures, when that has to be waited for.
    """
    processes = timed_processes(say)
    try:
        with machine.watch() as others, tempfile.TemporaryDirectory(prefix="optimize-doctor-") as folder:
            found = measure_noise(
                Path(folder), _own_interpreter(), seconds=seconds, processes=processes, on_pair=on_pair
            )
            busy = others.load()
    except (MeasurementFailed, OSError) as error:
        detail = f"a program of ours could not be measured here: {error}"
        return Check(name=_NAME, level=Level.WARN, detail=detail, fix="see what keeps Python from running in TMPDIR")
    finally:
        processes.stop()
    return judged(found, busy)


def judged(found: Noise, busy: machine.Load) -> Check:
    """Return the check for pairs of identical programs, measured while others were so busy."""
    count = len(found.values)
    if count < FEWEST_PAIRS:
        detail = (
            f"only {count} pairs of identical programs in {found.elapsed_s:.0f}s, too few for a figure; {busy.text}"
        )
        return Check(name=_NAME, level=Level.WARN, detail=detail, fix=_NOISY_FIX)
    most_pairs = Plan(target=Dimension.CPU_S).max_pairs
    least = detectable(found, workload_s=_WORKLOAD_S, minutes=_MINUTES, most_pairs=most_pairs)
    spread = found.spread
    detail = (
        f"a pair of identical programs differs by {spread.median:.1%} [{spread.low:.1%}, {spread.high:.1%}]"
        f" ({count} pairs in {found.elapsed_s:.0f}s; {busy.text}); {_in_words(least)}"
    )
    good = least.gain <= Plan(target=Dimension.CPU_S).design_effect
    figures = {
        "pair_spread_share": spread.median,
        "pair_spread_low_share": spread.low,
        "pair_spread_high_share": spread.high,
        "pairs": float(count),
        "elapsed_s": found.elapsed_s,
    }
    if math.isfinite(least.gain):
        figures["smallest_gain_share"] = least.gain
    level = Level.OK if good else Level.WARN
    return Check(name=_NAME, level=level, detail=detail, fix="" if good else _NOISY_FIX, figures=figures)


def _in_words(least: Detectable) -> str:
    what = f"in one minute ({least.pairs} pairs at most) of a {_WORKLOAD_S:g}s workload"
    if math.isinf(least.gain):
        return f"{what} hardly any gain would be told from this"
    return f"{what} a gain of {least.gain:.1%} [{least.low:.1%}, {_end(least.high)}] or more is found"


def _end(gain: float) -> str:
    return "more than 60%" if math.isinf(gain) else f"{gain:.1%}"


def _own_interpreter() -> Interpreter:
    version = (sys.version_info.major, sys.version_info.minor, sys.version_info.micro)
    return Interpreter(executable=sys.executable, version=version)
