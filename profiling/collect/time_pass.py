"""The runs of the time pass over one workload."""

from dataclasses import dataclass, field
from statistics import fmean

from profiling.collect.reports import Run
from profiling.injection import Injection
from profiling.model import RunUsage


@dataclass(slots=True, kw_only=True)
class TimePass:
    """The runs of the time pass so far."""

    injection: Injection
    usages: list[RunUsage] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    lost_processes: int = 0

    @property
    def samples(self) -> int:
        """Return the samples of all runs."""
        return sum(report.samples for run in self.runs for report in run)

    @property
    def usage(self) -> RunUsage:
        """Return the mean cost of a run."""
        return RunUsage(
            wall_s=fmean(usage.wall_s for usage in self.usages),
            cpu_s=fmean(usage.cpu_s for usage in self.usages),
            max_rss_mib=max(usage.max_rss_mib for usage in self.usages),
            exit_code=self.usages[0].exit_code,
        )
