"""Charge garbage collections to the project stack on which they were triggered, inside the target."""

from __future__ import annotations

import _thread
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

        def read_own(self, frame: FrameType | None, depth: int) -> tuple[tuple[int, ...], str | None]:
            """Read the calling thread's stack."""
            ...

    Key = tuple[str, tuple[int, ...], "str | None"]


_DEPTH = 60
_INCREMENTAL = (3, 14, 0) <= sys.version_info[:3] < (3, 14, 5)
_FREE_THREADED = "t" in getattr(sys, "abiflags", "")
_clock, _get_ident = time.thread_time, _thread.get_ident


class Collections:
    """Counts and pauses: CPU seconds of the collecting thread, so that a busy machine does not lengthen them.

    On 3.12 and later a collection begins between two instructions, so that one of a function that allocates last is
    its caller's: "triggered in", not "allocated by".

    Attributes:
        stacks: pause in seconds and collections by thread, project functions (innermost first) and library. Stacks
            deeper than 60 frames lack their outer end.
    """

    def __init__(self, codes: Walker, failed: Callable[[], None], name_of: Callable[[int], str]) -> None:
        self.codes = codes
        self.failed = failed
        self.name_of = name_of
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self.stacks: dict[Key, list[float]] = {}
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
        """Return totals and the share of each stack: thread, functions, library, pause in seconds, collections."""
        counted = [now - before for now, before in zip(_stats(), self.before)]  # first: what follows may collect too
        stacks = [[*key, *figures] for key, figures in list(self.stacks.items())]
        return {
            "generations": list(self.generations),
            "counted": counted,
            "pause_s": sum(figures[0] for figures in list(self.stacks.values())),
            "max_pause_s": self.max_pause_s,
            "threshold": list(gc.get_threshold()),
            "collector": "free-threaded" if _FREE_THREADED else "incremental" if _INCREMENTAL else "generational",
            "stacks": stacks,
        }

    def _charge(self, pause_s: float, generation: int) -> None:
        try:
            stack, library = self.codes.read_own(sys._getframe(2), _DEPTH)
        except ValueError:  # no caller: the interpreter itself collects, at its end for example
            stack, library = (), None
        figures = self.stacks.setdefault((self.name_of(_get_ident()), stack, library), [0.0, 0])
        figures[0] += pause_s
        figures[1] += 1
        self.generations[min(generation, 2)] += 1
        self.max_pause_s = max(self.max_pause_s, pause_s)


def _stats() -> list[int]:
    return [generation["collections"] for generation in gc.get_stats()]
