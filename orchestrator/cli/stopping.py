"""Ask the process that holds a repository to end, and wait until it has."""

import os
import signal
import socket
import time
from pathlib import Path

from orchestrator.errors import TargetError, UsageError
from orchestrator.ledger.layout import Layout
from orchestrator.live.plain_text import one_line
from orchestrator.workspace import lock
from orchestrator.workspace.lock import Holder

_LOOK_EVERY_S = 0.1


def stopped(root: Path, wait_s: float) -> str:
    """Stop who holds the lock and return what to print.

    Args:
        root: of the checkout.
        wait_s: wall seconds to wait for its end.

    Raises:
        UsageError: it runs on another machine, or is not ours to stop.
        TargetError: it did not end in time.
    """
    path = Layout(root=root).lock
    holder = lock.holder(path)
    if holder is None:
        return f"no session runs in {root}"
    _ask(holder)
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline:
        if not lock.is_held_by(holder, path):
            return f"{_named(holder)} (pid {holder.pid}) has ended"
        time.sleep(_LOOK_EVERY_S)
    raise TargetError(
        f"pid {holder.pid} was asked to end and has not within {wait_s:g} s",
        hint=f"wait for it; at once, without saving: kill -KILL {holder.pid}",
    )


def _named(holder: Holder) -> str:
    name = one_line(holder.session)
    return name if holder.is_command else f"session {name}"


def _ask(holder: Holder) -> None:
    """Send what ends a session as Ctrl-C does, only to the process that wrote itself into the lock file."""
    if holder.host != socket.gethostname():
        raise UsageError(
            f"the session runs on {one_line(holder.host) or 'an unknown host'}", hint="stop it there: optimize stop"
        )
    if holder.pid <= 1 or not lock.is_alive(holder):
        raise UsageError(
            "the lock is held, and the process noted in it is not the one that holds it",
            hint="find it by hand: fuser .codeflash/session.lock",
        )
    try:
        os.kill(holder.pid, signal.SIGTERM)
    except (ProcessLookupError, PermissionError) as error:
        why = error.strerror or str(error)
        raise UsageError(f"pid {holder.pid} can't be stopped: {why}", hint=f"{holder.user} can") from error
