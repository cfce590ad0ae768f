"""Record which files are opened and looked at, and whether they had changed. Copied beside `ratchet_facts`."""

from __future__ import annotations

import os
import sys
from _thread import RLock
from binascii import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType
    from typing import Any

    from profiling.harness import ratchet_facts_sizes as sizes
    from profiling.harness import ratchet_facts_values as values
else:
    import ratchet_facts_sizes as sizes
    import ratchet_facts_values as values

_PATHS = 256
_LINES = 64
_FRAMES_WALKED = 500
_NAME_LENGTH = 200
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NOT_THE_PROGRAM = ("<frozen importlib", os.path.dirname(os.path.abspath(__file__)) + os.sep)
_stat = os.stat  # kept, because the target may replace it
_NEVER = (-1, -1)
_MISSING = (-2, -2)


class Use:
    """What was done with one path."""

    def __init__(self) -> None:
        self.opens = self.unchanged_opens = self.opened_bytes = self.write_opens = 0
        self.stats = self.unchanged_stats = 0
        self.opened_state = self.looked_state = _NEVER
        self.lines: dict[str, int] = {}

    def open(self, state: tuple[int, int], writes: bool) -> None:
        """Count an open; `state` is the file's modification time (ns) and size just before it."""
        if writes:
            self.write_opens += 1
        else:
            self.opens += 1
            self.unchanged_opens += state == self.opened_state
            self.opened_bytes += max(0, state[1])
        self.opened_state = state

    def look(self, state: tuple[int, int]) -> None:
        """Count a look at the file's status."""
        self.stats += 1
        self.unchanged_stats += state == self.looked_state
        self.looked_state = state

    def report(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "opens": self.opens,
            "unchanged_opens": self.unchanged_opens,
            "opened_bytes": self.opened_bytes,
            "write_opens": self.write_opens,
            "stats": self.stats,
            "unchanged_stats": self.unchanged_stats,
            "lines": values.by_count(self.lines),
        }


class Files:
    """The paths of one process."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.relative = context["relative"]
        self.root = str(context["root"]) + os.sep
        self.events = 0
        self.new_process()

    def new_process(self) -> None:
        """Forget what the parent saw."""
        self.faults = 0
        self.lock = RLock()
        self.uses: dict[str, Use] = {}

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        """See the opening of files (an audit hook); never raises."""
        if event != "open":
            return
        try:
            path, mode, flags = arguments
            line = self._line(sys._getframe(1).f_back) if type(path) is str or type(path) is bytes else None
            if line is not None:
                self.events += 1
                name, state = self._known(path)
                with self.lock:
                    use = self._use(name)
                    use.open(state, writes(mode, flags))
                    sizes.tally(use.lines, line, _LINES)
        except (OSError, *values.OWN_FAULTS):
            self.faults += 1

    def stat(self, path: object, line: str) -> None:
        """See a project line look at a file's status."""
        self.events += 1
        name, state = self._known(path)
        with self.lock:
            use = self._use(name)
            use.look(state)
            sizes.tally(use.lines, line, _LINES)

    def drop(self) -> None:
        """Record no more."""
        self.audit = _ignore  # type: ignore[assignment,method-assign]  # the hook itself can't be taken back

    def report(self) -> dict[str, object]:
        """Return what was seen so far, by path."""
        with self.lock:
            return {name: use.report() for name, use in self.uses.items()}

    def _use(self, name: str) -> Use:
        """Return the record of a path; one that nobody reads when there are too many."""
        use = self.uses.get(name)
        if use is None:
            use = Use()
            if len(self.uses) < _PATHS:
                self.uses[name] = use
        return use

    def _known(self, path: object) -> tuple[str, tuple[int, int]]:
        """Return a path's name in the report, and its modification time and size now."""
        absolute = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]  # str or bytes
        try:
            status = _stat(absolute)
            state = (status.st_mtime_ns, status.st_size)
        except (OSError, ValueError):
            state = _MISSING
        if absolute.startswith(self.root):
            name = absolute[len(self.root) :]
        else:
            folder, base = os.path.split(absolute)
            name = f"(outside {crc32(os.fsencode(folder)):08x})/{base}"
        return name[:_NAME_LENGTH].encode("utf-8", "backslashreplace").decode(), state

    def _line(self, frame: FrameType | None) -> str | None:
        """Return the innermost project line; None for imports, and where there is none."""
        for _ in range(_FRAMES_WALKED):
            if frame is None or frame.f_code.co_filename.startswith(_NOT_THE_PROGRAM):
                return None
            file = self.relative(frame.f_code.co_filename)
            if file is not None:
                return f"{file}:{frame.f_lineno}"
            frame = frame.f_back
        return None


def writes(mode: object, flags: object) -> bool:
    """Say whether a file is opened for writing: from the mode of `open` and the flags of `os.open`."""
    asked = type(mode) is str and any(letter in mode for letter in "wax+")
    return asked or (type(flags) is int and bool(flags & _WRITING))


def _ignore(_event: str, _arguments: tuple[object, ...]) -> None:
    """Do nothing."""
