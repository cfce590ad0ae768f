"""Who owns the memory peak."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rivals.bench import Bench, cpu_s
from benchmarks.rivals.catalogue import PROGRAMS
from benchmarks.rivals.ours import MemoryPass
from benchmarks.rivals.outputs import Unreadable, scalene_peaks
from benchmarks.rivals.program import Run
from benchmarks.rivals.table import Finding, Section, Spread, at_most, cell, spread_of
from benchmarks.rivals.tools import MEMRAY, MEMRAY_EXACT, SCALENE, CommandTool, Plain
from profiling.collect.source import Source

_BAR_PERCENT = 15.0
_MIB = 2**20
_MB = 1e6
Owned = Mapping[str, float]
"""Bytes of the highest heap by function."""


class NoFigure(RuntimeError):
    """A tool said nothing of the peak; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one run of a tool said, and what it cost."""

    owned: Owned
    cpu_s: float


Reader = Callable[[Bench], Reading]
"""Runs a tool; raises NoFigure or Unreadable."""


def measure(bench: Bench) -> tuple[Section, ...]:
    """Return the table."""
    readers: dict[str, Reader] = {
        MemoryPass().name: _ours,
        **{f"tracemalloc, {words}": _snapshots(when) for when, words in _SNAPSHOTS.items()},
        MEMRAY.name: _memray(MEMRAY),
        SCALENE.name: _scalene,
        MEMRAY_EXACT.name: _memray(MEMRAY_EXACT),
    }
    found: defaultdict[str, list[Reading]] = defaultdict(list)
    ratios: defaultdict[str, list[float]] = defaultdict(list)
    failures: dict[str, str] = {}
    for number in range(bench.rounds):
        bench.say(f"peaks: round {number + 1} of {bench.rounds}")
        plain = Plain().run(bench.machine, bench.catalogue.peaks)
        for name in bench.order(f"peaks/{number}", [each for each in readers if each not in failures]):
            try:
                reading = readers[name](bench)
            except (NoFigure, Unreadable) as error:
                failures[name] = str(error)
                continue
            found[name].append(reading)
            ratios[name].append(reading.cpu_s / cpu_s(plain))
    if not found[MEMRAY_EXACT.name]:
        raise NoFigure(f"without {MEMRAY_EXACT.name} there is no truth: {failures[MEMRAY_EXACT.name]}")
    truth = found[MEMRAY_EXACT.name][-1].owned
    rows = [
        (name, *_judged(found[name], truth), cell(spread_of(ratios[name]), "x", 1)) for name in readers if found[name]
    ]
    told = ", ".join(
        f"{name} {size / _MIB:.1f} MiB"
        for name, size in sorted(truth.items(), key=lambda item: -item[1])
        if size >= _MIB
    )
    return (
        Section(
            title="Owner of the memory peak",
            method=(
                "The function that the highest heap is charged to most, and how far the bytes charged to the true owner"
                f" are off, against memray with Python's allocators traced, which is exact ({told})."
                " CPU over the plain run of the same round."
            ),
            header=("tool", "owner found", "right", "off by", "CPU over plain"),
            rows=tuple(rows),
            remarks=tuple(f"{name}: {failure}" for name, failure in failures.items()),
            findings=_findings(found[MemoryPass().name], truth),
        ),
    )


def owner_of(owned: Owned) -> str:
    """Return the function with the most bytes, `nobody` without any."""
    return max(owned, key=lambda name: owned[name]) if owned else "nobody"


def off_percent(owned: Owned, truth: Owned) -> float:
    """Return how far the bytes of the true owner are off, in percent of the truth."""
    owner = owner_of(truth)
    return 100 * abs(owned.get(owner, 0.0) / truth[owner] - 1)


def by_function(lines: Sequence[tuple[str, int, int]], root: Path) -> dict[str, float]:
    """Return bytes by function of bytes by file and line; files outside a folder are left out."""
    source = Source(root=root)
    owned: defaultdict[str, float] = defaultdict(float)
    for file, line, size in lines:
        path = root / file
        if path.is_relative_to(root):
            owned[source.enclosing(str(path.relative_to(root)), line).qualname] += size
    return dict(owned)


_SNAPSHOTS = {"end": "snapshot at the end", "peaks": "snapshot at each peak 25% higher"}


def _ours(bench: Bench) -> Reading:
    run = MemoryPass().run(bench.machine, bench.catalogue.peaks)
    if run.failure:
        raise NoFigure(run.failure)
    return Reading(owned=run.owned_bytes, cpu_s=cpu_s(run))


def _snapshots(when: str) -> Reader:
    tool = CommandTool(name=when, before=("python", str(PROGRAMS / "trace_snapshots.py"), when, "{out}"))

    def read(bench: Bench) -> Reading:
        run, out = _ran(bench, tool)
        try:
            lines = json.loads(out.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise NoFigure(f"its snapshot could not be read: {error}") from error
        return Reading(owned=by_function(lines, bench.catalogue.peaks.tree.root), cpu_s=cpu_s(run))

    return read


def _memray(tool: CommandTool) -> Reader:
    def read(bench: Bench) -> Reading:
        run, out = _ran(bench, tool)
        root = str(bench.catalogue.peaks.tree.root)
        reader = ("python", str(PROGRAMS / "read_memray.py"), str(out), root)
        listed = bench.machine.run(reader, bench.catalogue.peaks)
        if listed.failure:
            raise NoFigure(f"its file could not be read: {listed.failure}")
        return Reading(owned=listed.truth, cpu_s=cpu_s(run))

    return read


def _scalene(bench: Bench) -> Reading:
    run, out = _ran(bench, SCALENE)
    return Reading(owned={name: _MB * peak for name, peak in scalene_peaks(out).items()}, cpu_s=cpu_s(run))


def _ran(bench: Bench, tool: CommandTool) -> tuple[Run, Path]:
    run = tool.run(bench.machine, bench.catalogue.peaks)
    if run.failure or run.output is None:
        raise NoFigure(run.failure)
    return run, run.output


def _judged(readings: Sequence[Reading], truth: Owned) -> tuple[str, str, str]:
    owners = [owner_of(reading.owned) for reading in readings]
    right = sum(owner == owner_of(truth) for owner in owners)
    return ", ".join(sorted(set(owners))), f"{right} of {len(owners)}", cell(_off(readings, truth), "%", 1)


def _off(readings: Sequence[Reading], truth: Owned) -> Spread | None:
    return spread_of([off_percent(reading.owned, truth) for reading in readings])


def _findings(readings: Sequence[Reading], truth: Owned) -> tuple[Finding, ...]:
    right = sum(owner_of(reading.owned) == owner_of(truth) for reading in readings)
    return (
        Finding(
            what="owner of the peak",
            bar="right every time",
            measured=f"{right} of {len(readings)}",
            is_met=right == len(readings) if readings else None,
        ),
        at_most("bytes of the peak's owner off memray's exact figure", _off(readings, truth), _BAR_PERCENT, "%", 1),
    )
