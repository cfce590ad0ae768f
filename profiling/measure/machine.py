"""How busy others keep this machine: what they do during a measurement belongs to what a person must know of it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from profiling.measure.design import usable_cores

LOUD_SHARE = 0.25
"""Of the processors we may use: when others take more, pairs stay fair but take longer."""

_SAMPLE_S = 0.25
_SHOWN_STEAL = 0.05
_PROC = Path("/proc")
_BUSY_FIELDS = (0, 1, 2, 5, 6)
"""user, nice, system, irq, softirq of a `cpuN` line of /proc/stat; guests are counted in user."""
_STEAL_FIELD = 7
_OWN_FIELDS = slice(11, 15)
"""utime, stime, cutime, cstime of /proc/PID/stat, counted behind the command's name."""
_PARENT_FIELD = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What others did on the processors that we may use.

    Attributes:
        cores: processors we may use.
        average: processes ready to run or waiting for the disk, over the last minute, ours among them (loadavg).
        seconds: over which the shares were seen; 0 when they were not.
        others: processors' worth kept busy by processes that are not ours; None where the system does not tell.
        steal: processors' worth that the host gave to other machines; None where the system does not tell.
    """

    cores: int
    average: float
    seconds: float = 0.0
    others: float | None = None
    steal: float | None = None

    @property
    def is_high(self) -> bool:
        """Say whether others take so much that measuring takes longer; by the average where nothing else is known."""
        if self.others is None or self.steal is None:
            return self.average > self.cores / 2
        return self.others + self.steal > LOUD_SHARE * self.cores

    @property
    def text(self) -> str:
        """Return it in words."""
        count = f"{self.cores} processor{'s' if self.cores > 1 else ''}"
        if self.others is None or self.steal is None:
            return f"load average {self.average:.1f} over the last minute, {count}, our own work included"
        stolen = f", the host withheld {self.steal:.1f}" if self.steal >= _SHOWN_STEAL else ""
        return f"others kept {self.others:.1f} of {count} busy{stolen}, seen for {self.seconds:.1f}s"


class Watch:
    """Counts from its creation on what processors did, apart from this process and its descendants."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._counts = _Counts.read()

    def load(self) -> Load:
        """Return what others did since the watch began.

        Children must have been waited for by their parents, or their last work counts as that of others.
        """
        seconds, now = time.monotonic() - self._began, _Counts.read()
        cores = len(usable_cores()) or os.cpu_count() or 1
        average = os.getloadavg()[0]
        if now is None or self._counts is None or seconds <= 0:
            return Load(cores=cores, average=average)
        busy, own = now.busy_s - self._counts.busy_s, now.own_s - self._counts.own_s
        return Load(
            cores=cores,
            average=average,
            seconds=seconds,
            others=_within(0.0, (busy - own) / seconds, cores),
            steal=_within(0.0, (now.steal_s - self._counts.steal_s) / seconds, cores),
        )


@contextmanager
def watch() -> Iterator[Watch]:
    """Watch others while something is measured; ask `load()` of what it yields, at the end or before."""
    yield Watch()


def load(seconds: float = _SAMPLE_S) -> Load:
    """Look for a moment at what others do now."""
    watching = Watch()
    time.sleep(seconds)
    return watching.load()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """CPU seconds so far: of the processors we may use, of theirs what was stolen, and of us with our descendants."""

    busy_s: float
    steal_s: float
    own_s: float

    @classmethod
    def read(cls) -> "_Counts | None":
        try:
            lines = (_PROC / "stat").read_text(encoding="ascii").splitlines()
            tick_s = 1 / os.sysconf("SC_CLK_TCK")
            cores = usable_cores()
            rows = [_numbers(line) for line in lines if _core_of(line) in cores]
            return cls(
                busy_s=tick_s * sum(row[field] for row in rows for field in _BUSY_FIELDS),
                steal_s=tick_s * sum(row[_STEAL_FIELD] for row in rows),
                own_s=tick_s * _own_ticks(),
            )
        except (OSError, ValueError, IndexError):
            return None


def _core_of(line: str) -> int:
    """Return N of a `cpuN …` line, -1 for any other."""
    name = line.split(maxsplit=1)[0] if line.strip() else ""
    return int(name[3:]) if name.startswith("cpu") and name[3:].isdigit() else -1


def _numbers(line: str) -> list[int]:
    return [int(field) for field in line.split()[1:]]


def _own_ticks() -> int:
    """Return the clock ticks of this process and its descendants, of those too that ended and were waited for."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            fields = _fields_of(entry / "stat")
            if fields:
                parents[int(entry.name)] = int(fields[_PARENT_FIELD])
                ticks[int(entry.name)] = sum(int(field) for field in fields[_OWN_FIELDS])
    ours: set[int] = set()
    found = {os.getpid()}
    while found:
        ours |= found
        found = {pid for pid, parent in parents.items() if parent in found and pid not in ours}
    return sum(ticks.get(pid, 0) for pid in ours)


def _fields_of(file: Path) -> list[str]:
    """Return the fields behind the command's name (which may hold blanks and brackets); none if the process is gone."""
    try:
        return file.read_bytes().rpartition(b")")[2].decode("ascii").split()
    except OSError:
        return []


def _within(low: float, value: float, high: float) -> float:
    return max(low, min(high, value))
