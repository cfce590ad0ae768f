"""Work that other processes do while this one does something else; what they have not begun by then it does itself."""

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, ClassVar, Generic, TypeVar

from profiling.measure.design import usable_cores

_Result = TypeVar("_Result")
_BLOCKS_EACH = 16
"""Blocks for each process: enough that none waits long for the last one."""


def processors() -> int:
    """Return how many processors this process may use."""
    return len(usable_cores()) or os.cpu_count() or 1


class Aside(Generic[_Result]):
    """Blocks of items, and what other processes make of them, if there are any."""

    def __init__(self, blocks: Sequence[Sequence[str]], futures: Sequence["Future[_Result]"]) -> None:
        self._blocks = blocks
        self._futures = futures

    def results(self, here: Callable[[Sequence[str]], _Result]) -> Iterator[_Result]:
        """Yield the result of every block, as they come: those done here from the last on, the others' from the first.

        Args:
            here: does in this process what no other has begun, and what one was killed over.
        """
        left = deque(range(len(self._blocks)))
        while left and (not self._futures or self._futures[left[-1]].cancel()):
            yield here(self._blocks[left.pop()])
            while left and self._futures and self._futures[left[0]].done():
                yield self._result(left.popleft(), here)
        for number in left:
            yield self._result(number, here)

    def _result(self, number: int, here: Callable[[Sequence[str]], _Result]) -> _Result:
        try:
            return self._futures[number].result()
        except (BrokenProcessPool, OSError):
            return here(self._blocks[number])


@contextmanager
def aside(work: Callable[[Sequence[str]], _Result], items: Sequence[str], processes: int) -> Iterator[Aside[_Result]]:
    """Begin work on items in other processes.

    They are forked, which is safe on Linux while this one has a single thread; elsewhere nothing is begun.

    Args:
        work: given some items; its results can be pickled.
        items: what there is.
        processes: this one included.
    """
    size = max(1, -(-len(items) // (max(1, processes) * _BLOCKS_EACH)))
    blocks = [items[first : first + size] for first in range(0, len(items), size)]
    if processes < 2 or sys.platform != "linux" or threading.active_count() > 1:
        yield Aside(blocks, ())
        return
    executor = ProcessPoolExecutor(
        processes - 1, mp_context=multiprocessing.get_context("fork"), initializer=_begin, initargs=(work,)
    )
    try:
        yield Aside(blocks, [executor.submit(_do, block) for block in blocks])
    finally:
        executor.shutdown(cancel_futures=True)


class _Process:
    """What a forked process is there for."""

    work: ClassVar[Callable[[Sequence[str]], Any]]


def _begin(work: Callable[[Sequence[str]], Any]) -> None:
    """Take the work over in a new process; whoever interrupts, its parent ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Process.work = work


def _do(block: Sequence[str]) -> Any:
    return _Process.work(block)
