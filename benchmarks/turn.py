"""A benchmark that takes times waits for the measuring slot, as every command does."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from orchestrator.workspace.slot import MeasuringSlot, slot_path


@contextmanager
def turn() -> Iterator[None]:
    """Hold the slot; not for what starts sessions, which take it themselves."""
    with MeasuringSlot(slot_path(os.environ)).held(say=_tell, still_wanted=_go_on):
        yield


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _go_on() -> None:
    """Wait on: Ctrl-C ends it."""
