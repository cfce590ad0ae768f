"""Work that several processes share: the others take blocks of it from one end, this one from the other."""

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
_BLOCKS_EACH = 64
"""Blocks for each process: enough that none waits long for the last one."""
_AHEAD_EACH = 6
"""Blocks handed out for each other process, which may get through some while this one is at its own."""


def processors() -> int:
    """Return how many processors this process may use."""
    return len(usable_cores()) or os.cpu_count() or 1


class Aside(Generic[_Result]):
    """Blocks of items that other processes, if there are any, take from the first on, and this one from the last on."""

    def __init__(self, blocks: Sequence[Sequence[str]], others: ProcessPoolExecutor | None, ahead: int) -> None:
        self._blocks = blocks
        self._others = others
        self._ahead = ahead
        self._left = deque(range(len(blocks)))
        self._begun: deque[tuple[int, Future[_Result]]] = deque()
        self._begin()

    def results(self, here: Callable[[Sequence[str]], _Result]) -> Iterator[_Result]:
        """Yield the result of every block, as they come.

        Args:
            here: does in this process what no other has begun, and what one was killed over.
        """
        while self._left or self._begun:
            if self._left:
                yield here(self._blocks[self._left.pop()])
            while self._begun and (not self._left or self._begun[0][1].done()):
                number, future = self._begun.popleft()
                try:
                    found = future.result()
                except (BrokenProcessPool, OSError):
                    found = here(self._blocks[number])
                yield found
                self._begin()

    def _begin(self) -> None:
        """Hand out a few blocks more than are worked on: none is ever taken back."""
        while self._others is not None and self._left and len(self._begun) < self._ahead:
            try:
                self._begun.append((self._left[0], self._others.submit(_do, self._blocks[self._left[0]])))
            except BrokenProcessPool:
                self._others = None
            else:
                self._left.popleft()


@contextmanager
def aside(
    work: Callable[[Sequence[str]], _Result],
    items: Sequence[str],
    processes: int,
    weight: Callable[[str], int] = lambda _: 1,
) -> Iterator[Aside[_Result]]:
    """Begin work on items in other processes.

    They are forked, which is safe on Linux while this one has a single thread; elsewhere nothing is begun.

    Args:
        work: given some items; its results can be pickled.
        items: what there is.
        processes: this one included.
        weight: of an item, in proportion to what it takes.
    """
    blocks = _blocks(items, weight, max(1, processes) * _BLOCKS_EACH)
    if processes < 2 or sys.platform != "linux" or threading.active_count() > 1:
        yield Aside(blocks, None, 0)
        return
    executor = ProcessPoolExecutor(
        processes - 1, mp_context=multiprocessing.get_context("fork"), initializer=_start, initargs=(work,)
    )
    try:
        yield Aside(blocks, executor, _AHEAD_EACH * (processes - 1))
    finally:
        executor.shutdown(cancel_futures=True)


def _blocks(items: Sequence[str], weight: Callable[[str], int], wanted: int) -> list[Sequence[str]]:
    """Return the items in at most so many blocks, each of about the same weight."""
    weights = [weight(item) for item in items]
    most, blocks, held = sum(weights) / wanted, list[Sequence[str]](), 0
    first = 0
    for number, one in enumerate(weights):
        held += one
        if held >= most or number == len(items) - 1:
            blocks.append(items[first : number + 1])
            first, held = number + 1, 0
    return blocks


class _Process:
    """What a forked process is there for."""

    work: ClassVar[Callable[[Sequence[str]], Any]]


def _start(work: Callable[[Sequence[str]], Any]) -> None:
    """Take the work over in a new process; whoever interrupts, its parent ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Process.work = work


def _do(block: Sequence[str]) -> Any:
    return _Process.work(block)
