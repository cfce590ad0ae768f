"""Record real pairs of identical programs: the noise that decisions are tested on (`tests/data/noise.json`).

    python -m benchmarks.record_noise [--share 1.0] [--output tests/data/noise.json]

The change is the base with one local variable renamed. Whatever else the machine does meanwhile belongs to the noise.
"""

import argparse
import json
import os
import platform
import random
import tempfile
import time
from pathlib import Path

from benchmarks.programs import KINDS, calibrate, command, make_tree, this_interpreter
from benchmarks.turn import tell
from orchestrator.workspace.turns import timed_processes
from profiling.comparison import Pair, RunSample
from profiling.measure.engine import Plan, measure
from profiling.measure.machine import watch
from profiling.measure.processes import Processes
from profiling.model import Dimension

NEVER = 1e-100
"""An error so small that no number of pairs decides."""
PAIRS_BY_BODY_MS = {1: 12, 20: 12, 250: 24, 2000: 2}
DIMENSIONS = (Dimension.CPU_S, Dimension.WALL_S, Dimension.PEAK_MIB, Dimension.GC_S, Dimension.GC_COLLECTIONS)


def record(kind: str, units: int, pairs: int) -> tuple[Pair, ...]:
    """Run pairs of one kind of work against itself."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scratch").mkdir()
        return measure(
            make_tree(folder / "a", kind, units),
            make_tree(folder / "b", kind, units, renamed=True),
            command(),
            this_interpreter(),
            Plan(target=Dimension.CPU_S, alpha=NEVER, beta=NEVER, max_pairs=pairs, time_budget_s=3600),
            processes=timed_processes(tell),
            scratch=folder / "scratch",
            rng=random.Random(),
            on_pair=lambda _: None,
        ).pairs


def row(sample: RunSample) -> list[float]:
    """Return what is recorded of one side, in the order of `DIMENSIONS`."""
    return [float(f"{sample.values[dimension]:.4g}") for dimension in DIMENSIONS]


def program(kind: str, body_ms: int, pairs: int) -> dict[str, object]:
    """Record one kind of work at one length."""
    cost = calibrate(kind, Processes())
    with watch() as others:
        found = record(kind, cost.units(body_ms / 1000), pairs)
    busy = others.load().others
    print(f"{kind} {body_ms} ms: {len(found)} pairs, others kept {busy or 0.0:.1f} processors busy", flush=True)
    return {
        "kind": kind,
        "body_ms": body_ms,
        "others_busy_cores": None if busy is None else round(busy, 2),
        "pairs": [[row(pair.base), row(pair.change)] for pair in found],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual numbers of pairs")
    parser.add_argument("--output", type=Path, default=Path(__file__).parents[1] / "tests" / "data" / "noise.json")
    chosen = parser.parse_args()
    programs = [
        program(kind, body_ms, max(2, round(chosen.share * pairs)))
        for body_ms, pairs in PAIRS_BY_BODY_MS.items()
        for kind in KINDS
    ]
    content = {
        "recorded": time.strftime("%Y-%m"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "dimensions": [dimension.value for dimension in DIMENSIONS],
        "programs": programs,
    }
    text = json.dumps(content).replace("[[[", "[\n[[").replace("]], [[", "]],\n[[").replace('{"kind"', '\n{"kind"')
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    chosen.output.write_text(text + "\n", encoding="utf-8")
    print(f"wrote {chosen.output} ({len(text) // 1024} kB)")


if __name__ == "__main__":
    main()
