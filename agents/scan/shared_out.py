"""Shares work on something large out to processes that see this one's memory: a syntax tree can't be sent cheaply."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, ClassVar, TypeVar

_Result = TypeVar("_Result")
_BLOCKS_EACH = 16
"""Blocks for each process: enough that none waits long for the last one."""


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shared_out(work: Callable[[range], _Result], items: int, processes: int) -> Iterator[_Result]:
    """Yield what `work` returns for each block of item numbers, in their order.

    The first block is worked here, so that what it finds out about the whole is known to all. The processes are forked,
    which is safe on Linux while this one has a single thread; elsewhere, and for what a killed process leaves undone,
    this one works itself.

    Args:
        work: given numbers of items; its results can be pickled.
        items: how many there are.
        processes: at most.
    """
    size = max(1, -(-items // (max(1, processes) * _BLOCKS_EACH)))
    blocks = [range(first, min(first + size, items)) for first in range(0, items, size)]
    yield from map(work, blocks[:1])
    done = 1
    if processes > 1 and sys.platform == "linux" and threading.active_count() == 1:
        try:
            for result in _forked(work, blocks[done:], processes):
                yield result
                done += 1
        except (BrokenProcessPool, OSError):
            pass
    yield from map(work, blocks[done:])


def _forked(work: Callable[[range], _Result], blocks: list[range], processes: int) -> Iterator[_Result]:
    executor = ProcessPoolExecutor(
        processes, mp_context=multiprocessing.get_context("fork"), initializer=_begin, initargs=(work,)
    )
    try:
        yield from executor.map(_do, blocks)
    finally:
        executor.shutdown(cancel_futures=True)


class _Process:
    """What a forked process is there for."""

    work: ClassVar[Callable[[range], Any]]


def _begin(work: Callable[[range], Any]) -> None:
    """Take the work over in a new process; whoever interrupts, its parent ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Process.work = work


def _do(block: range) -> Any:
    return _Process.work(block)
