"""What a branch did to the workload before anything was fixed: its head measured against where it left its base."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from orchestrator.comparing import refs
from orchestrator.comparing.comparer import Comparer, Listener, Wanted
from orchestrator.comparing.environments import Environments
from orchestrator.comparing.report import Report
from orchestrator.comparing.sides import Preparation, Sharing, reserved
from orchestrator.errors import OptimizeError
from orchestrator.live import says
from orchestrator.live.bus import Bus
from orchestrator.settings import Settings
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.turns import timed_processes
from profiling.measure.engine import Plan, Progress
from profiling.measure.processes import Processes
from profiling.model import Dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduced:
    """Measures what a branch introduced.

    Attributes:
        repository: the checkout.
        settings: bounds of the measurement, and the interpreter.
        bus: told how it goes.
    """

    repository: Repository
    settings: Settings
    bus: Bus

    async def measured(self, merge_base: str, head: str, workload: str) -> Report | str:
        """Return the comparison, or why there is none.

        Args:
            merge_base, head: full hashes that differ.
            workload: the command that the session was locked to.
        """
        processes = timed_processes(self._say)
        try:
            return await asyncio.to_thread(self._compared, processes, merge_base, head, workload)
        except OptimizeError as error:
            return str(error)
        finally:
            processes.stop()

    def _compared(self, processes: Processes, merge_base: str, head: str, workload: str) -> Report:
        base, now = refs.resolve_pair(self.repository, merge_base, head)
        plan = Plan(
            target=Dimension.CPU_S,
            max_pairs=self.settings.max_pairs,
            time_budget_s=self.settings.measure_time_s,
            both_ways=True,
        )
        with (
            tempfile.TemporaryDirectory(prefix="optimize-") as scratch,
            reserved(self.repository, "optimize --ci") as layout,
        ):
            comparer = Comparer(
                repository=self.repository,
                preparation=Preparation(
                    repository=self.repository,
                    checkouts=PairedCheckouts(repository=self.repository, folder=layout.work),
                    environments=Environments(folder=layout.cache / "environments", processes=processes, say=self._say),
                    python=self.settings.python,
                    sharing=Sharing.AUTO,
                    injected=(),
                ),
                processes=processes,
                listener=Listener(
                    say=self._say,
                    forecast=lambda forecast: self._say(f"measuring the branch against its base: {forecast.text}"),
                    pair=self._tell,
                ),
                scratch=Path(scratch),
            )
            wanted = Wanted(
                workloads=(workload,),
                here=self.repository.root,
                plan=plan,
                timeout_s=self.settings.time_limit_s,
                profiles=False,
                seed=self.settings.seed,
            )
            return comparer.compare(base, now, wanted)

    def _say(self, text: str) -> None:
        self.bus.publish(says.working(text))

    def _tell(self, progress: Progress) -> None:
        self.bus.publish(says.measuring(progress))
