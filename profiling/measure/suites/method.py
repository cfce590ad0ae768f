"""How the runs of one measurement are made, alike on both sides: settled by the warm-up, kept for every pair."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from profiling.injection import Harness, Injection
from profiling.measure.kinds import Kind, KindName, guarded
from profiling.measure.suites import asv, bodies
from profiling.measure.suites.bodies import Bodies
from profiling.model import Command, Tree

_BODIES = "ratchet_bodies"
_CLAIM, _CACHE, _RUNNER_FOLDER = "claim", "cache", "asv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How runs are made.

    Attributes:
        kind: of the workload.
        calls: by benchmark, repeats and calls in each; None: the run is to find out what calls cost.
        counts_bodies: the figures are those of the bodies alone; otherwise of whole processes.
        secluded: runs have a home of their own.
        home: a home the base has lived in, to copy; None: an empty one.
    """

    kind: Kind
    calls: Mapping[str, tuple[int, int]] | None = field(default=None)
    counts_bodies: bool = False
    secluded: bool = True
    home: Path | None = None

    def command(self, written: Command, tree: Tree, folder: Path, injection: Injection) -> Command:
        """Return what is really run for the command as it was written.

        Raises:
            FileNotFoundError: it asks for asv benchmarks, and there is no folder of them.
        """
        if self.kind.name is not KindName.ASV:
            return guarded(written)
        place = folder / _RUNNER_FOLDER
        place.mkdir()
        report = injection.reports / f"{asv.RUNNER}.0.json"
        return asv.install(written, asv.select(self.kind, tree), place, calls=self.calls, report=report)

    def harnesses(self, folder: Path) -> tuple[Harness, ...]:
        """Return what must be in the process beside the recorder."""
        if not self.kind.is_pytest:
            return ()
        calls = None if self.calls is None else {name: math.prod(counts) for name, counts in self.calls.items()}
        options = {"calls": calls, "claim": str(folder / _CLAIM), "cache": str(folder / _CACHE)}
        return (Harness(name=_BODIES, options=options),)

    def read(self, injection: Injection) -> Bodies | None:
        """Return what a run's bodies cost; None where it had none."""
        if not self.kind.has_bodies:
            return None
        return bodies.read(injection.read(_BODIES if self.kind.is_pytest else asv.RUNNER))
