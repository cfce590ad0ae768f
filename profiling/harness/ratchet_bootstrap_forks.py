"""Let `os.fork` warn of the target's threads only: from 3.13 on it counts them after ours have been started again."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Protocol

    Fork = Callable[[], object]

    class Forking(Protocol):
        """What is needed of `Host`."""

        pid: int
        is_forking: bool

        def after_fork_in_parent(self) -> None:
            """Go on in the parent."""
            ...


_getpid = os.getpid


def install(host: Forking) -> None:
    """Start our threads in the parent only when a fork has been counted and has returned."""
    if sys.version_info >= (3, 13):
        for name in ("fork", "forkpty"):
            if hasattr(os, name):
                setattr(os, name, _quiet(getattr(os, name), host))


def _quiet(real: Fork, host: Forking) -> Fork:
    def fork() -> object:
        host.is_forking = True
        try:
            return _called_by(sys._getframe(1), real)
        finally:
            host.is_forking = False
            if _getpid() == host.pid:
                host.after_fork_in_parent()

    return fork


def _called_by(frame: FrameType, real: Fork) -> object:
    """Call a function so that a warning in it is blamed on the line, and filtered by the module, of a frame."""
    code = _call.__code__.replace(co_filename=frame.f_code.co_filename, co_firstlineno=max(0, frame.f_lineno - 1))
    return type(_call)(code, frame.f_globals, "fork")(real)  # type: ignore[misc]  # a function's type makes functions


def _call(real: Fork) -> object:
    return real()
