"""Print how often the engine and rival rules err, and what they take, from the runs of `benchmarks.aa_runs`.

    python -m benchmarks.engine_rates FILE…

False keeps are "faster" said of programs that do the same; power is the share of true gains that are kept. Every share
comes with its 95% interval.
"""

import argparse
import json
import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rival_rules import RULES, Rule, hyperfine
from benchmarks.rival_samples import Commands, Samples, Value

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One decision: on a true gain, kept or not, and what it took."""

    gain: float
    kept: bool
    wall_s: float
    cpu_s: float


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    z = 1.96
    centre = (hits + z * z / 2) / (count + z * z)
    half = z / (count + z * z) * math.sqrt(hits * (count - hits) / count + z * z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def ours(rows: Iterable[Row], who: str) -> list[Trial]:
    """Return the engine's own trials."""
    return [
        Trial(gain=row["gain"], kept=row["decision"] == "improved", wall_s=row["elapsed_s"], cpu_s=row["cpu_s"])
        for row in rows
        if row["who"] == who
    ]


def judged(rows: Iterable[Row], rule: Rule) -> list[Trial]:
    """Return the trials of a rival rule."""
    found = []
    for row in rows:
        if row["who"] == "rivals":
            samples = _samples(row)
            claim = rule(samples)
            took = samples.took[claim.stage]
            found.append(Trial(gain=row["gain"], kept=claim.kept, wall_s=took.wall_s, cpu_s=took.cpu_s))
    return found


def by_hyperfine(rows: Iterable[Row]) -> list[Trial]:
    """Return the trials of hyperfine's rule, which looks at whole commands."""
    found = []
    for row in rows:
        if row["who"] == "commands":
            commands = Commands(
                runs={side: [Value(**run) for run in runs] for side, runs in row["runs"].items()},
                took=Value(**row["took"]),
            )
            took = commands.took
            found.append(Trial(gain=row["gain"], kept=hyperfine(commands), wall_s=took.wall_s, cpu_s=took.cpu_s))
    return found


def line(name: str, trials: Sequence[Trial]) -> str:
    """Return one row: false keeps, power at 5% and 10%, and the median seconds of a decision on a true 5%."""
    shares = [share([one.kept for one in trials if one.gain == gain]) for gain in (0.0, 0.05, 0.10)]
    timed = [one for one in trials if one.gain == 0.05]
    wall, cpu = (
        statistics.median(took) if took else math.nan
        for took in ([one.wall_s for one in timed], [one.cpu_s for one in timed])
    )
    return f"{name:32}  {shares[0]:24} {shares[1]:24} {shares[2]:24} {wall:6.1f} {cpu:6.1f}"


def share(kept: Sequence[bool]) -> str:
    """Return `3/40 = 8% [3%, 20%]`."""
    if not kept:
        return "-"
    low, high = wilson(sum(kept), len(kept))
    return f"{sum(kept)}/{len(kept)} = {sum(kept) / len(kept):.0%} [{low:.1%}, {high:.1%}]"


def cells(rows: Sequence[Row], of: Callable[[Row], object]) -> list[str]:
    """Return the engine's rows by one of their properties: decisions, pairs, seconds, the spread of a pair."""
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault(of(row), []).append(row)
    return [_cell(str(name), group) for name, group in sorted(groups.items(), key=lambda item: str(item[0]))]


def _cell(name: str, group: Sequence[Row]) -> str:
    counts = [sum(row["decision"] == said for row in group) for said in ("improved", "not_improved", "undecided")]
    pairs = [len(row["x"]) for row in group]
    centred = [x - statistics.median(row["x"]) for row in group for x in row["x"]]
    gained = [-math.expm1(-x) for row in group for x in row["x"]]
    true = statistics.fmean(row["true_gain"] for row in group)
    took = [row["elapsed_s"] for row in group]
    return (
        f"{name:32}  {counts[0]:5} {counts[1]:8} {counts[2]:10}   {statistics.median(pairs):4.0f} {max(pairs):3}   "
        f"{statistics.median(took):6.1f} {max(took):6.1f}   {true:6.2%} {statistics.median(gained):7.2%}   "
        f"{statistics.stdev(centred):6.2%}"
    )


def _samples(row: Row) -> Samples:
    return Samples(
        processes={
            side: [[Value(**value) for value in process] for process in found]
            for side, found in row["processes"].items()
        },
        loops={side: [Value(**value) for value in found] for side, found in row["loops"].items()},
        alternated=[(Value(**base), Value(**change)) for base, change in row["alternated"]],
        took={stage: Value(**took) for stage, took in row["took"].items()},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, help="JSON lines of benchmarks.aa_runs")
    files: list[Path] = parser.parse_args().files
    rows = [json.loads(text) for file in files for text in file.read_text(encoding="utf-8").splitlines()]
    others = sorted(row["others"] or 0.0 for row in rows)
    print(f"{len(rows)} runs; others kept {statistics.median(others):.1f} processors busy (most {others[-1]:.1f})\n")
    print(f"{'rule':32}  {'false keeps':24} {'power at 5%':24} {'power at 10%':24} wall s  CPU s")
    for who in sorted({row["who"] for row in rows} - {"rivals", "commands"}):
        print(line(who, ours(rows, who)))
    if any(row["who"] == "rivals" for row in rows):
        for name, rule in RULES.items():
            print(line(name, judged(rows, rule)))
    if commands := by_hyperfine(rows):
        print(line("hyperfine: mean ± sigma apart", commands))
    mine = [row for row in rows if row["who"] not in {"rivals", "commands"}]
    print(f"\n{'':32}   kept  discard  undecided  pairs max   wall s    max     true  median   SD of x")
    print("\n".join(cells(mine, lambda row: f"{row['who']} {row['gain']:.0%} {row['kind']}")))
    print("\n".join(cells(mine, lambda row: f"{row['who']} {row['gain']:.0%} {row['body_ms']:5} ms")))


if __name__ == "__main__":
    main()
