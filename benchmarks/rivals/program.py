"""What is run: a program of a tree, and what one run of it left."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from profiling.model import RunUsage, Tree
from profiling.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program.

    Attributes:
        name: as the tables call it.
        tree: it is run from the tree's root.
        target: what follows `python`: a script or `-m module`, with arguments.
        script: the same for profilers that take no module; target when empty.
        phases: functions whose seconds are compared, each with the helpers that only it calls.
    """

    name: str
    tree: Tree
    target: tuple[str, ...]
    script: tuple[str, ...] = ()
    phases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def target_for(self, *, takes_modules: bool) -> tuple[str, ...]:
        """Return what a profiler is given to run."""
        return self.target if takes_modules or not self.script else self.script


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run that ended.

    Attributes:
        usage: of the whole process group, children included; None when it could not be measured.
        failure: why there is nothing to use, empty for a run that went well.
        stdout, stderr: the last of each.
        output: file the profiler wrote, where it writes one.
        seconds: by phase, as the profiler's output says.
        profile: of our time pass alone.
        owned_bytes: of our memory pass alone: bytes of the peak by function.
    """

    usage: RunUsage | None = None
    failure: str = ""
    stdout: str = ""
    stderr: str = ""
    output: Path | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    profile: Profile | None = None
    owned_bytes: Mapping[str, float] = field(default_factory=dict)

    @property
    def truth(self) -> dict[str, float]:
        """Return what the program measured of itself, empty where it printed nothing."""
        lines = [line for line in self.stdout.splitlines() if "TRUTH {" in line]
        return json.loads(lines[-1].partition("TRUTH ")[2]) if lines else {}
