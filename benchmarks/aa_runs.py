"""Run the engine and its rivals' samples again and again on programs whose true difference is known; resumable.

    python -m benchmarks.aa_runs --out FILE [--minutes 30] [--plan aa|ab|rivals|commands|sizes …]

Every finished run appends one line of JSON to FILE; what is there already counts. `benchmarks.engine_rates` reads it.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.programs import KINDS, Cost, calibrate, command, make_tree, this_interpreter
from benchmarks.rival_samples import take, take_commands
from benchmarks.turn import turn
from profiling.comparison import Measurement
from profiling.measure.engine import Plan, measure
from profiling.measure.machine import watch
from profiling.measure.processes import Finished, Launch, Processes, Turn
from profiling.measure.rules import log_ratios
from profiling.model import Dimension

AB_BODY_MS = 250
AA_RUNS_BY_BODY_MS = {1: 8, 5: 9, 20: 17, 100: 20, 500: 5, 2000: 1}
"""Of each of the five kinds: 60 of each, 300 in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One thing to be run several times.

    Attributes:
        who: "ours", "rivals" or "commands" (whole runs, one after the other).
        kind: of work.
        body_ms: CPU milliseconds of the units; 0 for "rivals", whose bodies are their own.
        gain: true share saved.
    """

    who: str
    kind: str
    body_ms: int
    gain: float


PLANS = {
    "aa": {
        Cell(who="ours", kind=kind, body_ms=ms, gain=0.0): runs
        for kind in KINDS
        for ms, runs in AA_RUNS_BY_BODY_MS.items()
    },
    "ab": {
        Cell(who="ours", kind=kind, body_ms=AB_BODY_MS, gain=gain): runs
        for kind in KINDS
        for gain, runs in ((0.05, 24), (0.10, 2))
    },
    "rivals": {
        Cell(who="rivals", kind=kind, body_ms=0, gain=gain): runs
        for kind in KINDS
        for gain, runs in ((0.0, 7), (0.05, 4), (0.10, 1))
    },
    "commands": {
        Cell(who="commands", kind=kind, body_ms=AB_BODY_MS, gain=gain): runs
        for kind in KINDS
        for gain, runs in ((0.0, 6), (0.05, 4), (0.10, 1))
    },
    "sizes": {
        Cell(who="ours", kind=kind, body_ms=ms, gain=0.05): runs
        for kind in KINDS
        for ms, runs in {20: 4, 100: 4, 500: 4, 2000: 2}.items()
    },
}


class Metered(Processes):
    """Sums the CPU seconds of what it ran.

    Attributes:
        cpu_s: of all processes so far.
    """

    def __init__(self, own_turn: Turn = turn) -> None:
        super().__init__()
        self.turn = own_turn
        self.cpu_s = 0.0

    def run(self, launch: Launch) -> Finished:
        done = super().run(launch)
        self.cpu_s += done.usage.cpu_s
        return done

    def run_together(self, first: Launch, second: Launch) -> tuple[Finished, Finished]:
        done = super().run_together(first, second)
        self.cpu_s += done[0].usage.cpu_s + done[1].usage.cpu_s
        return done


def run_ours(cell: Cell, cost: Cost, beta: float, own_turn: Turn = turn) -> dict[str, object]:
    """Measure a program against itself, one variable renamed, or with fewer units; the trees' names are drawn.

    Half of the identical ones also get functions that nothing calls. It waits for its turn to measure.
    """
    units = cost.units(cell.body_ms / 1000)
    fewer = cost.fewer(units, cell.gain) if cell.gain else units
    unused = 0 if cell.gain else random.choice((0, random.randrange(1, 12)))
    processes = Metered(own_turn)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scratch").mkdir()
        names = random.sample(("a", "b"), 2)
        base = make_tree(folder / names[0], cell.kind, units)
        change = make_tree(folder / names[1], cell.kind, fewer, renamed=True, unused=unused)
        found = measure(
            base,
            change,
            command(),
            this_interpreter(),
            Plan(target=Dimension.CPU_S, beta=beta),
            processes=processes,
            scratch=folder / "scratch",
            rng=random.Random(),
            on_pair=lambda _: None,
        )
    true = cost.true_gain(units, fewer) if cell.gain else 0.0
    return {
        "units": [units, fewer],
        "unused": unused,
        "true_gain": true,
        "cpu_s": processes.cpu_s,
        "beta": beta,
        **_told(found),
    }


def _told(found: Measurement) -> dict[str, object]:
    compared = found.comparisons[found.target]
    return {
        "decision": found.decision.value,
        "low": compared.low,
        "high": compared.high,
        "pairs": compared.pairs,
        "x": [float(f"{x:.5g}") for x in log_ratios(found.pairs, found.target)],
        "elapsed_s": found.elapsed_s,
    }


def run_rivals(cell: Cell, cost: Cost) -> dict[str, object]:
    """Take the samples of every rival rule; the rules look at them later."""
    return asdict(take(cell.kind, cost, cell.gain))


def run_commands(cell: Cell, cost: Cost) -> dict[str, object]:
    """Run whole programs as a timer of commands does; its rule looks at them later."""
    units = cost.units(cell.body_ms / 1000)
    return asdict(take_commands(cell.kind, units, cost.fewer(units, cell.gain) if cell.gain else units))


def campaign(wanted: dict[Cell, int], out: Path, minutes: float, beta: float) -> None:
    """Run what is still missing, the cell that is furthest behind first, until the time is over."""
    done = Counter(_cells_in(out))
    costs: dict[str, Cost] = {}
    ends = time.monotonic() + 60 * minutes
    while time.monotonic() < ends:
        open_cells = [cell for cell, runs in wanted.items() if done[cell] < runs]
        if not open_cells:
            break
        cell = min(open_cells, key=lambda one: (done[one] + random.random()) / wanted[one])
        if cell.kind not in costs:
            costs[cell.kind] = calibrate(cell.kind, Processes())
        cost = costs[cell.kind]
        with watch() as others:
            found = _run(cell, cost, beta)
        seen = {"load_average": os.getloadavg()[0], "others": others.load().others, "at": round(time.time())}
        with out.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**asdict(cell), **seen, **found}) + "\n")
        done[cell] += 1
        _tell(f"{sum(done[cell] for cell in wanted)}/{sum(wanted.values())} {cell}")


def _run(cell: Cell, cost: Cost, beta: float) -> dict[str, object]:
    match cell.who:
        case "rivals":
            return run_rivals(cell, cost)
        case "commands":
            return run_commands(cell, cost)
        case _:
            return run_ours(cell, cost, beta)


def _cells_in(out: Path) -> list[Cell]:
    if not out.exists():
        return []
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return [Cell(who=row["who"], kind=row["kind"], body_ms=row["body_ms"], gain=row["gain"]) for row in rows]


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text:110}", end="", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="file of JSON lines to append to")
    parser.add_argument("--minutes", type=float, default=30, help="after which no further run is started")
    parser.add_argument("--plan", nargs="+", choices=sorted(PLANS), default=["aa", "ab", "rivals", "commands"])
    parser.add_argument("--beta", type=float, default=0.02, help="chance to discard the gain sought")
    chosen = parser.parse_args()
    wanted = {cell: runs for name in chosen.plan for cell, runs in PLANS[name].items()}
    campaign(wanted, chosen.out, chosen.minutes, chosen.beta)


if __name__ == "__main__":
    main()
