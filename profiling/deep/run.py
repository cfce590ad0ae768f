"""One run of the workload for a deep tool: its time limit, and whether it went as it does without."""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from profiling.collect.runs import Workload, ending, tail
from profiling.injection import Harness, prepare
from profiling.measure.environment import launch
from profiling.measure.processes import Finished
from profiling.model import FunctionKey, RunUsage
from profiling.profile import FunctionProfile

_SHORTEST_LIMIT_S = 20.0
_ANSWER_BYTES = 64 * 2**20
_QUOTED_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One run with a harness: its reports, how it ended, and what there is to say of it."""

    reports: tuple[Mapping[str, object], ...]
    finished: Finished
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepRun:
    """What every deep tool is given.

    Attributes:
        workload: what is run.
        plain: its plain runs, at least one; timed_out: they were stopped at their time limit.
        functions: of its profile, most CPU of their own first.
        asked: functions whose lines a person wants; empty for the top ones.
        scratch: existing folder outside the tree.
        on_progress: told what runs now.
        most_s: wall seconds that no run may go beyond, whatever a plain one takes.
    """

    workload: Workload
    plain: tuple[RunUsage, ...]
    timed_out: bool
    functions: tuple[FunctionProfile, ...] = ()
    asked: tuple[FunctionKey, ...] = ()
    scratch: Path
    on_progress: Callable[[str], None]
    most_s: float = float("inf")

    def folder(self) -> Path:
        """Return a new, empty folder."""
        return Path(tempfile.mkdtemp(dir=self.scratch))

    def limit_s(self, factor: float) -> float:
        """Return the wall seconds a run may take: so many times a plain one, and some more."""
        if self.timed_out:
            return min(self.workload.command.timeout_s, self.most_s)
        return min(_SHORTEST_LIMIT_S + factor * max(usage.wall_s for usage in self.plain), self.most_s)

    def top(self, count: int) -> tuple[FunctionKey, ...]:
        """Return the functions with most CPU of their own, module bodies left out."""
        ranked = [each.key for each in self.functions if each.key.qualname != "<module>" and each.cpu_self_s > 0]
        return tuple(ranked[:count])

    def injected(self, harness: str, options: Mapping[str, object], *, factor: float, what: str) -> Outcome:
        """Run with a harness.

        Args:
            harness: file name in `profiling/harness/`.
            options: for it.
            factor: see `limit_s`.
            what: words for the notes: `"while its lines were timed"`.
        """
        one = Harness(name=harness, options={**options, "periodic": True})
        injection = prepare(self.folder(), self.workload.tree, (one,))
        finished = self.workload.under(injection, timeout_s=self.limit_s(factor))
        reports = tuple(injection.read(harness))
        notes = self.deviations(finished, what)
        errors = sum(count for report in reports if isinstance(count := report.get("hook_errors"), int))
        if errors:
            notes = (*notes, f"{errors} errors inside our own hooks were swallowed {what}: some figures may be low")
        return Outcome(reports=reports, finished=finished, notes=notes)

    def deviations(self, finished: Finished, what: str) -> tuple[str, ...]:
        """Say how a run ended if no plain one ended so."""
        plain = {ending(usage, timed_out=self.timed_out) for usage in self.plain}
        how = ending(finished.usage, timed_out=finished.timed_out)
        if how in plain:
            return ()
        lines = " / ".join(tail(finished.stderr).splitlines()[-_QUOTED_LINES:])
        said = f"; it last said: {lines}" if lines else ""
        return (f"{what} the program {how}, unlike without: these figures end there or differ{said}",)

    def cpu_ratio(self, usage: RunUsage) -> float:
        """Return the CPU of a run to that of the median plain one."""
        middle = median(each.cpu_s for each in self.plain)
        return usage.cpu_s / middle if middle > 0 else 1.0

    def beside(self, prefix: tuple[str, ...], *, factor: float) -> Finished:
        """Run the workload's command line behind the words of another program.

        Raises:
            OSError: that program can't be started.
        """
        plain = launch(self.workload.command, self.workload.tree, self.workload.interpreter)
        return self.instead((*prefix, *plain.argv), factor=factor)

    def instead(self, argv: tuple[str, ...], *, factor: float) -> Finished:
        """Run a command line where, and with the environment with which, the workload is run.

        Raises:
            OSError: it can't be started.
        """
        plain = launch(self.workload.command, self.workload.tree, self.workload.interpreter)
        with self.workload.processes.turn():
            return self.workload.processes.run(replace(plain, argv=argv, timeout_s=self.limit_s(factor)))

    def python(self, *arguments: str, timeout_s: float) -> Finished:
        """Run the target's interpreter, isolated, on something of ours.

        Raises:
            OSError: it can't be started.
        """
        plain = launch(self.workload.command, self.workload.tree, self.workload.interpreter)
        executable = self.workload.interpreter.executable
        env = {name: value for name, value in plain.env.items() if name != "PYTHONPATH"}
        isolated = replace(plain, argv=(executable, "-I", *arguments), env=env, timeout_s=timeout_s, stdin=None)
        return self.workload.processes.run(replace(isolated, cwd=self.scratch))

    def installed(self, distribution: str) -> str | None:
        """Return the version of a distribution in the target's environment, None without it."""
        code = f"import importlib.metadata as m;print(m.version({distribution!r}))"
        try:
            finished = self.python("-c", code, timeout_s=30.0)
        except OSError:
            return None
        version = finished.stdout.strip()
        fits = finished.usage.exit_code == 0 and not finished.timed_out and 0 < len(version) < 40
        return version if fits and version.isprintable() else None

    @property
    def advice(self) -> str:
        """Return how a tool is installed where the target's interpreter finds it."""
        return f"{self.workload.interpreter.executable} -m pip install"


def read_json(path: Path) -> object | None:
    """Return the JSON that a helper in the target's interpreter wrote, or None where that is torn or too large."""
    try:
        if path.stat().st_size > _ANSWER_BYTES:
            return None
        value: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return value
