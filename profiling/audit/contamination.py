"""Exceptions that ended a thread or a task while an action was measured: such a profile is marked, never averaged."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.injection import Harness

CONTAMINATED = "INSTRUMENTATION_CONTAMINATED"
"""The mark of a profile during which an exception ended a thread or a task."""
HARNESS = "ratchet_contamination"
_MOST_FILES = 1000
_MOST_BYTES = 256 * 1024

_Text = Annotated[str, Field(max_length=500)]


class StrayException(BaseModel):
    """One exception that nothing in the program handled, but that did not end it.

    Attributes:
        kind: it ended a thread, an asyncio task or callback, or came where Python can't raise (`__del__`).
        thread: name, and that of the task; pid: of the process.
        type, message: of the exception.
        frames: file, line and function, outermost first.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["thread", "task", "unraisable"]
    thread: _Text
    type: _Text
    message: _Text
    frames: Annotated[tuple[tuple[str, int, str], ...], Field(max_length=40)]
    pid: int

    @property
    def text(self) -> str:
        """Return it as Python would print it, without source lines."""
        lines = [f'  File "{file}", line {line}, in {name}' for file, line, name in self.frames]
        head = f"{self.kind} {self.thread} (process {self.pid})"
        return "\n".join([head, *lines, f"{self.type}: {self.message}"])


def watcher(folder: Path) -> Harness:
    """Return the harness that writes what it sees into an existing folder outside the tree."""
    return Harness(name=HARNESS, options={"folder": str(folder.resolve())})


def read(folder: Path) -> tuple[StrayException, ...]:
    """Return what was written; a torn or foreign file is passed over, for the target could write there too."""
    return tuple(dict.fromkeys(_read(folder)))


def _read(folder: Path) -> Iterator[StrayException]:
    for path in sorted(folder.glob("*.json"))[:_MOST_FILES]:
        try:
            if path.is_symlink() or path.stat().st_size > _MOST_BYTES:
                continue
            yield StrayException.model_validate_json(path.read_bytes())
        except (OSError, ValidationError, RecursionError):
            continue
