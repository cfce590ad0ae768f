"""Whoever takes times waits for the measuring slot: processes that do so by themselves, the same for every command."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from orchestrator.workspace.slot import MeasuringSlot, slot_path
from profiling.measure.notes import Notes
from profiling.measure.processes import Processes


def timed_processes(
    say: Callable[[str], None],
    *,
    slot: MeasuringSlot | None = None,
    notes: Notes | None = None,
    stdin: Path | None = None,
) -> Processes:
    """Return processes whose measurements hold the measuring slot of this machine and person.

    Args:
        say: told who holds it when there is a wait.
        slot: the session's, which its workers share; None takes one of its own on the same file.
        notes, stdin: as `Processes` takes them.
    """
    processes = Processes(stdin=stdin, notes=notes)
    held = slot or MeasuringSlot(slot_path(os.environ))
    processes.turn = partial(held.held, say=say, still_wanted=processes.refuse_when_stopped)
    return processes
