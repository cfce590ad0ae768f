"""The plain runs of a workload: what all figures are set against, and what every other run is held to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from profiling.collect.runs import PlainRun, ending
from profiling.measure.processes import Finished
from profiling.model import Command, RunUsage

_SO = ": it behaves differently there, and those figures may not be its usual ones"
RUNS = 3
"""Plain runs at least; one is enough of a program that never ends."""


@dataclass(slots=True, kw_only=True)
class Baseline:
    """The plain runs so far.

    Attributes:
        command: what was run.
        runs: plainly, in their order.
        loses_processes: some processes of the time pass left no report, because something kills them.
        others: runs with a harness, with the words for it.
    """

    command: Command
    runs: list[PlainRun] = field(default_factory=list)
    loses_processes: bool = False
    others: list[tuple[str, Finished]] = field(default_factory=list)

    @property
    def usages(self) -> tuple[RunUsage, ...]:
        """Return what the runs cost."""
        return tuple(run.usage for run in self.runs)

    @property
    def cpu_s(self) -> float:
        """Return the median CPU seconds of a run."""
        return median(run.usage.cpu_s for run in self.runs)

    @property
    def wall_s(self) -> float:
        """Return the wall seconds of the longest run."""
        return max(run.usage.wall_s for run in self.runs)

    @property
    def timed_out(self) -> bool:
        """Say whether a run was stopped at its time limit."""
        return any(run.timed_out for run in self.runs)

    @property
    def is_complete(self) -> bool:
        """Say whether there are enough runs."""
        return len(self.runs) >= RUNS or self.timed_out

    @property
    def options(self) -> Mapping[str, object]:
        """Return the harness options that this workload asks for: one that is killed must have reported before."""
        dies = any(run.usage.exit_code < 0 for run in self.runs)
        is_near_limit = 2 * self.wall_s > self.command.timeout_s
        return {"periodic": True} if dies or is_near_limit or self.loses_processes else {}

    @property
    def endings(self) -> tuple[str, ...]:
        """Return how the runs ended, in words, each way once."""
        return tuple(dict.fromkeys(ending(run.usage, timed_out=run.timed_out) for run in self.runs))

    @property
    def differences(self) -> tuple[str, ...]:
        """Return what runs with a harness did that no plain one did, one sentence each.

        Output is compared only where the plain runs, two at least, all printed the same.
        """
        printed = {run.stdout_sha256 for run in self.runs}
        repeats = len(self.runs) > 1 and len(printed) == 1 and not self.timed_out
        found: dict[str, None] = {}
        for circumstance, finished in self.others:
            how = _ending(finished)
            if how not in self.endings:
                found[f"{circumstance} the program {how}, and {' or '.join(self.endings)} without{_SO}"] = None
            elif repeats and finished.stdout_sha256 not in printed:
                found[f"{circumstance} the program printed something else than without{_SO}"] = None
        return tuple(found)

    def is_kept_by(self, finished: Finished, circumstance: str) -> bool:
        """Say whether another run ended like a plain one, and remember it for `differences`.

        Args:
            finished: the other run.
            circumstance: `"under the time pass"`.
        """
        self.others.append((circumstance, finished))
        return _ending(finished) in self.endings


def _ending(finished: Finished) -> str:
    return ending(finished.usage, timed_out=finished.timed_out)
