"""Says on standard error what takes long, and only that."""

import sys
import threading
from contextlib import suppress
from typing import Self

from orchestrator.live.plain_text import one_line

AFTER_S = 2.0


class Patience:
    """Called with what begins; says it when it has not been followed by something else after two seconds."""

    def __init__(self, after_s: float = AFTER_S) -> None:
        self._after_s = after_s
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.calm()

    def __call__(self, what: str) -> None:
        """Begin something."""
        self.calm()
        self._timer = threading.Timer(self._after_s, say, [what])
        self._timer.daemon = True
        self._timer.start()

    def calm(self) -> None:
        """End what was begun; no thread of it is left."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
            self._timer = None


def say(what: str) -> None:
    """Say what takes long."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{one_line(what)} …\n")
        sys.stderr.flush()
