"""Which clock decides: CPU time, or for work that waits, wall time less waiting for a core."""

from dataclasses import dataclass

from profiling.model import Dimension

LEAST_BUSY = 0.9
"""CPU seconds per second of wall time less queueing from which a workload counts as CPU-bound."""
LEAST_WAIT_S = 0.005
"""A wait shorter than this is the reading of files that every short program does, not its work."""
_THREADS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """One run of the base by itself.

    Attributes:
        cpu_s: of its body.
        wall_s: of its body, less the main thread's queueing where the system tells of it.
        queueing_known: whether it does.
        threads_cpu_s: CPU seconds of threads other than the main one.
        processes: that took part.
    """

    cpu_s: float
    wall_s: float
    queueing_known: bool
    threads_cpu_s: float = 0.0
    processes: int = 1

    @property
    def waits(self) -> bool:
        """Say whether it spends its time on something else than CPU."""
        waited_s = self.wall_s - self.cpu_s
        return waited_s > LEAST_WAIT_S and self.cpu_s < LEAST_BUSY * self.wall_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What the sequential test is run on.

    Attributes:
        dimension: the target, but for a CPU target whose workload waits.
        notes: what a person should know of it.
    """

    dimension: Dimension
    notes: tuple[str, ...] = ()


def choose(target: Dimension, runs: tuple[Calibration, ...]) -> Metric:
    """Choose the clock from runs of the base; the busiest counts, since a first one may have waited for the disk."""
    busiest = max(runs, key=lambda run: run.cpu_s / max(run.wall_s, 1e-9))
    waits = target is Dimension.CPU_S and busiest.waits
    dimension = Dimension.WALL_S if waits else target
    notes = []
    if waits:
        notes.append(
            f"the workload uses CPU in only {busiest.cpu_s / busiest.wall_s:.0%} of its time: wall time decides, "
            "and CPU time may rise by 10% at most"
        )
    if dimension in {Dimension.WALL_S, Dimension.THROUGHPUT}:
        notes += _clock_notes(busiest)
    if target in {Dimension.CPU_S, Dimension.WALL_S} and _is_spread(busiest):
        notes.append("several threads or processes use CPU: look at wall_s and cpu_s together")
    return Metric(dimension=dimension, notes=tuple(notes))


def _is_spread(run: Calibration) -> bool:
    return run.processes > 1 or run.threads_cpu_s > _THREADS * run.cpu_s


def _clock_notes(run: Calibration) -> list[str]:
    if not run.queueing_known:
        return ["this system does not tell how long a process waits for a core: wall time is as the clock shows it"]
    if _is_spread(run):
        return ["only the main thread's waiting for a core is taken off wall time"]
    return []
