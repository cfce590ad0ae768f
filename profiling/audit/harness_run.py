"""Run an action under the unified profile, and put what it measured beside what its source let expect."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from profiling.audit import contamination
from profiling.audit.contamination import StrayException
from profiling.audit.findings.heat import key_of
from profiling.audit.model import ActionProfile
from profiling.collect import unified
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, Tree
from profiling.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRun:
    """A profile made for an action.

    Attributes:
        profile: as measured.
        stray: exceptions that ended a thread or a task during it, in any pass.
    """

    profile: Profile
    stray: tuple[StrayException, ...]

    @property
    def mark(self) -> str | None:
        """Return `INSTRUMENTATION_CONTAMINATED` where the profile must not be used with others, else None."""
        return contamination.CONTAMINATED if self.stray else None

    @property
    def advice(self) -> str | None:
        """Return what to do about a contaminated profile, None for a clean one."""
        if not self.stray:
            return None
        what = "an exception" if len(self.stray) == 1 else f"{len(self.stray)} exceptions"
        return (
            f"{contamination.CONTAMINATED}: {what} ended threads or tasks while `{self.profile.command.text}` was "
            "measured, so these figures are of a run that did less: correct what raised, then run it again"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredCost:
    """One function's estimate beside its measurement.

    Attributes:
        function: dotted name.
        estimated: weight of its own operations in one run of the action.
        cpu_self_s, cpu_total_s: measured; calls: counted, or None.
        samples: behind cpu_self_s; below 30 the figure is uncertain.
    """

    function: str
    estimated: float
    cpu_self_s: float
    cpu_total_s: float
    calls: int | None
    samples: int


def run_action(  # noqa: PLR0913 - the inputs of the unified profile, each named by the caller
    tree: Tree,
    command: Command,
    interpreter: Interpreter,
    *,
    processes: Processes,
    scratch: Path,
    tree_id: str,
    budget_s: float = 60.0,
    on_progress: Callable[[str], None],
) -> ActionRun:
    """Profile the command that runs an action, watching for exceptions that end threads and tasks.

    Args:
        tree, command, interpreter: what is run.
        processes: starts it.
        scratch: existing folder outside the tree; emptied by the caller.
        tree_id: git tree hash of the source.
        budget_s: wall seconds that the memory pass may take.
        on_progress: told what runs now.

    Raises:
        WorkloadError: it failed or took too long.
        FileNotFoundError: its program can't be found.
    """
    folder = Path(tempfile.mkdtemp(dir=scratch, prefix="stray-"))
    profile = unified.profile(
        tree,
        command,
        interpreter,
        processes=processes,
        scratch=scratch,
        tree_id=tree_id,
        budget_s=budget_s,
        on_progress=on_progress,
        watchers=(contamination.watcher(folder),),
    )
    return ActionRun(profile=profile, stray=contamination.read(folder))


def measured_costs(traced: ActionProfile, profile: Profile) -> tuple[MeasuredCost, ...]:
    """Return the functions of an action that a profile saw too, most CPU of their own first."""
    nodes = {key_of(node): node for node in traced.functions}
    return tuple(
        MeasuredCost(
            function=nodes[each.key].name,
            estimated=traced.load.get(nodes[each.key].name, 0.0),
            cpu_self_s=each.cpu_self_s,
            cpu_total_s=each.cpu_total_s,
            calls=each.calls,
            samples=each.samples_self,
        )
        for each in sorted(profile.functions, key=lambda each: (-each.cpu_self_s, each.key))
        if each.key in nodes
    )
