"""A benchmark that takes times waits for the measuring slot, as every command does; a long one for each measurement."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from orchestrator.workspace.slot import MeasuringSlot, slot_path


@contextmanager
def turn() -> Iterator[None]:
    """Hold the slot; not for what starts sessions, which take it themselves."""
    with MeasuringSlot(slot_path(os.environ)).held(say=tell, still_wanted=_go_on):
        yield


def tell(text: str) -> None:
    """Say whom is waited for."""
    print(text, file=sys.stderr, flush=True)


def _go_on() -> None:
    """Wait on: Ctrl-C ends it."""
