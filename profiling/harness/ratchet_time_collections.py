"""Charge garbage collections to the project function in which they were triggered, inside the target."""

from __future__ import annotations

import gc
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType
    from typing import Protocol

    class Walker(Protocol):
        """What is needed of `Codes`."""

        def innermost(self, frame: FrameType | None, depth: int) -> int | None:
            """Find the project function of the calling thread."""
            ...


_DEPTH = 120
_OUTSIDE = -1
_clock = time.thread_time


class Collections:
    """Counts and pauses: CPU seconds of the collecting thread, so that a busy machine does not lengthen them."""

    def __init__(self, codes: Walker, failed: Callable[[], None]) -> None:
        self.codes = codes
        self.failed = failed
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self.functions: dict[int, list[float]] = {}
        self.generations = [0, 0, 0]
        self.max_pause_s = 0.0
        self.began: float | None = None
        self.before = _stats()

    def on_collection(self, phase: str, info: Mapping[str, int]) -> None:
        """Note one callback of `gc.callbacks`; never raises."""
        try:
            if phase == "start":
                self.began = _clock()
            elif self.began is not None:
                pause_s = _clock() - self.began
                self.began = None
                self._charge(pause_s, info["generation"])
        except Exception:
            self.failed()

    def snapshot(self) -> dict[str, object]:
        """Return totals and the share of each function (number, pause in seconds, collections)."""
        counted = [now - before for now, before in zip(_stats(), self.before)]  # first: what follows may collect too
        functions = [[number, *figures] for number, figures in list(self.functions.items())]
        return {
            "generations": list(self.generations),
            "counted": counted,
            "pause_s": sum(row[1] for row in functions),
            "max_pause_s": self.max_pause_s,
            "threshold": list(gc.get_threshold()),
            "functions": functions,
        }

    def _charge(self, pause_s: float, generation: int) -> None:
        try:
            number = self.codes.innermost(sys._getframe(2), _DEPTH)
        except ValueError:  # no caller: the interpreter itself collects, at its end for example
            number = None
        figures = self.functions.setdefault(_OUTSIDE if number is None else number, [0.0, 0])
        figures[0] += pause_s
        figures[1] += 1
        self.generations[min(generation, 2)] += 1
        self.max_pause_s = max(self.max_pause_s, pause_s)


def _stats() -> list[int]:
    return [generation["collections"] for generation in gc.get_stats()]
