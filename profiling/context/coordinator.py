"""Runs probes side by side on one event loop; one that fails or hangs is an answer of low confidence, nothing more."""

import asyncio
import inspect
import os
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from profiling.context.probe import Confidence, Probe, ProbeOutput
from profiling.context.snapshot import RepoSnapshot

MOST_JOBS = 8
# A probe that does not end when it is told to is left behind after half its time more.
_HARD_STOP = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A probe that was run.

    Attributes:
        wall_ms: that it took, waiting for its turn left out.
    """

    probe: Probe
    output: ProbeOutput
    wall_ms: float


def jobs_at_once(wanted: int | None = None) -> int:
    """Return how many probes may run at once: as many as there are processors, 8 at most, or what a person wants."""
    return max(1, min(os.cpu_count() or 1, wanted or MOST_JOBS, MOST_JOBS))


def run(probes: Sequence[Probe], snapshot: RepoSnapshot, *, jobs: int | None = None) -> tuple[Ran, ...]:
    """Run probes on a new event loop and return what they found, in their order.

    Args:
        probes: none of them depends on another.
        snapshot: what they look at.
        jobs: at once, at most 8.
    """

    async def collected() -> list[Ran]:
        return [ran async for ran in _in_order(probes, snapshot, asyncio.Semaphore(jobs_at_once(jobs)))]

    return tuple(asyncio.run(collected()))


async def _in_order(probes: Sequence[Probe], snapshot: RepoSnapshot, places: asyncio.Semaphore) -> AsyncIterator[Ran]:
    tasks = [asyncio.create_task(_run_one(probe, snapshot, places)) for probe in probes]
    try:
        for task in tasks:
            yield await task
    finally:
        for task in tasks:
            task.cancel()


async def _run_one(probe: Probe, snapshot: RepoSnapshot, places: asyncio.Semaphore) -> Ran:
    async with places:
        began = time.monotonic()
        output = await _bounded(probe, snapshot)
        return Ran(probe=probe, output=output, wall_ms=(time.monotonic() - began) * 1000)


async def _bounded(probe: Probe, snapshot: RepoSnapshot) -> ProbeOutput:
    """Stop a probe at its timeout; where it does not end then, leave it behind at 1.5 times of that."""
    limit_s = probe.timeout_seconds
    task = asyncio.create_task(_answered(probe, snapshot))
    try:
        done, _ = await asyncio.wait({task}, timeout=limit_s)
        if not done:
            task.cancel()
            done, _ = await asyncio.wait({task}, timeout=limit_s * (_HARD_STOP - 1))
            how = "was stopped" if done else "could not be stopped and was left behind"
            return _failed(f"{probe.name} took longer than {limit_s:g} s and {how}")
    finally:
        task.cancel()
    return task.result()


async def _answered(probe: Probe, snapshot: RepoSnapshot) -> ProbeOutput:
    try:
        found = await _in_thread(lambda: probe.run(snapshot))
        return await found if inspect.isawaitable(found) else found
    except Exception as error:  # noqa: BLE001  a worker's border: a probe must not take the others down
        return _failed(f"{probe.name} failed: {type(error).__name__}: {error}"[:500])


async def _in_thread(
    work: Callable[[], ProbeOutput | Awaitable[ProbeOutput]],
) -> ProbeOutput | Awaitable[ProbeOutput]:
    """Run work in a thread that keeps nobody from ending: an executor's would be waited for."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[ProbeOutput | Awaitable[ProbeOutput]] = loop.create_future()

    def tell(action: Callable[[], None]) -> None:
        # The loop may be gone when a probe that was left behind ends.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: None if answer.done() else action())

    def working() -> None:
        try:
            found = work()
        except Exception as error:  # noqa: BLE001  it is raised again where it is awaited
            reason = error
            tell(lambda: answer.set_exception(reason))
        else:
            tell(lambda: answer.set_result(found))

    threading.Thread(target=working, name="probe", daemon=True).start()
    return await answer


def _failed(what: str) -> ProbeOutput:
    return ProbeOutput(confidence=Confidence.LOW, errors=(what,))
