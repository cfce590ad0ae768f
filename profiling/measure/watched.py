"""Run a command once under watch: in a home of its own, with a look at what it leaves, changes and hides."""

import math
import os
import signal
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from profiling.injection import Harness, Injection, prepare
from profiling.measure.conduct import Conduct
from profiling.measure.environment import launch
from profiling.measure.integrity import Snapshot, changes, snapshot
from profiling.measure.processes import Finished, Processes
from profiling.measure.seclusion import Seclusion, seclude, without_chance
from profiling.model import Command, Interpreter, Tree

_HARNESS = "ratchet_guard"
_MOST_NAMES = 1000

Report = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedRun:
    """A run with its conduct; `secluded` says that it had a home of its own."""

    finished: Finished
    conduct: Conduct
    secluded: bool


def watch(
    command: Command,
    tree: Tree,
    interpreter: Interpreter,
    *,
    processes: Processes,
    scratch: Path,
    secluded: bool = True,
) -> WatchedRun:
    """Run a command once and tell how it behaved.

    Args:
        command: the workload.
        tree: where it runs.
        interpreter: the target's.
        processes: starts it.
        scratch: an existing folder outside every tree; the caller empties it.
        secluded: whether HOME, TMPDIR and the XDG folders are fresh ones; some programs need the person's own.

    Raises:
        FileNotFoundError: the command's program can't be found.
        Stopped: the session is being stopped.
        OSError: it can't be started.
    """
    folder = Path(tempfile.mkdtemp(dir=scratch))
    for name in ("injection", "secluded"):
        (folder / name).mkdir()
    home = seclude(folder / "secluded")
    injection = prepare(folder / "injection", tree, (Harness(name=_HARNESS, options={}),))
    before = snapshot(tree.root, _nothing_is_read)
    extra = dict(home.env) if secluded else {}
    finished = processes.run(launch(command, tree, interpreter, injection=injection, extra_env=extra))
    escaped = _end_escaped(injection)
    conduct = _conduct(finished, list(injection.read(_HARNESS)), _written(before, home), escaped=escaped)
    return WatchedRun(finished=finished, conduct=conduct, secluded=secluded)


def _nothing_is_read(_: str) -> bool:
    return False


def _written(before: Snapshot, home: Seclusion) -> Iterable[str]:
    after = snapshot(before.root, _nothing_is_read, earlier=before)
    yield from (f"tree/{without_chance(change.path)}" for change in changes(before, after))
    yield from (without_chance(path) for path in home.left())


def _conduct(finished: Finished, reports: Sequence[Report], written: Iterable[str], *, escaped: bool) -> Conduct:
    settings: dict[str, set[str]] = {}
    for report in reports:
        found = report.get("settings")
        for name, value in found.items() if isinstance(found, dict) else ():
            settings.setdefault(str(name), set()).add(str(value))
    return Conduct(
        written=frozenset(written),
        patched=frozenset(name for report in reports for name in _names(report.get("patched"))),
        settings={name: ", ".join(sorted(values)) for name, values in settings.items()},
        reports=len(reports),
        seen_cpu_s=sum(_seconds(report, "cpu_s") for report in reports),
        seen_wall_s=max((_seconds(report, "wall_s") for report in reports), default=0.0),
        cpu_s=finished.usage.cpu_s,
        wall_s=finished.usage.wall_s,
        left_behind=finished.left_behind or escaped,
    )


def _names(value: object) -> list[str]:
    return [str(name)[:200] for name in value[:_MOST_NAMES]] if isinstance(value, list) else []


def _seconds(report: Report, name: str) -> float:
    value = report.get(name)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def _end_escaped(injection: Injection) -> bool:
    """Kill what left the command's group and still runs, known by our variable in its environment; say if any did.

    Only where `/proc` shows environments: elsewhere a process that changes its session is not seen.
    """
    marks = [f"{name}={value}".encode() for name, value in injection.env.items()]
    escaped = False
    for place in Path("/proc").glob("[0-9]*"):
        try:
            ours = any(mark in (place / "environ").read_bytes().split(b"\0") for mark in marks)
        except OSError:
            continue
        if ours and int(place.name) != os.getpid():
            escaped = True
            with suppress(OSError):
                os.kill(int(place.name), signal.SIGKILL)
    return escaped
