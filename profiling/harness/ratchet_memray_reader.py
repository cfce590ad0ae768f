"""Read memray's files with the memray that wrote them: `python ratchet_memray_reader.py FOLDER OUTPUT`."""

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_MOST_STACKS = 2000
_MOST_NATIVE = 60
_DEPTH = 120
_NATIVE_DEPTH = 12


class Frames:
    """Frames by number, each written once."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, int]] = []
        self.numbers: dict[tuple[str, str, int], int] = {}

    def number(self, frame: tuple[str, str, int]) -> int:
        """Return the number of a frame."""
        if frame not in self.numbers:
            self.numbers[frame] = len(self.rows)
            self.rows.append(frame)
        return self.numbers[frame]


def read_all(folder: str) -> dict[str, object]:
    """Return what every file tells, and why those that can't be read can't."""
    memray = __import__("memray")
    processes, unread = [], []
    for name in sorted(os.listdir(folder)):
        try:
            processes.append(read_one(memray, os.path.join(folder, name)))
        except Exception as error:
            unread.append([name, f"{type(error).__name__}: {error}"[:300]])
    return {"processes": processes, "unread": unread}


def read_one(memray: Any, path: str) -> dict[str, object]:
    """Return one process's peak, and what was allocated at it and at the end, by stack, innermost frame first."""
    reader = memray.FileReader(path)
    frames = Frames()
    with_native = bool(reader.metadata.has_native_traces)
    return {
        "peak_bytes": int(reader.metadata.peak_memory),
        "at_peak": _rows(reader.get_high_watermark_allocation_records(merge_threads=True), frames, with_native),
        "at_end": _rows(reader.get_leaked_allocation_records(merge_threads=True), frames, False),
        "frames": frames.rows,
    }


def _rows(records: Iterable[Any], frames: Frames, with_native: bool) -> list[list[object]]:
    """Return bytes, frames and C functions of the largest records."""
    largest = sorted(records, key=lambda record: -record.size)[:_MOST_STACKS]
    rows: list[list[object]] = []
    for index, record in enumerate(largest):
        stack = [frames.number(frame) for frame in record.stack_trace(max_stacks=_DEPTH)]
        native = _native(record) if with_native and index < _MOST_NATIVE else []
        rows.append([record.size, stack, native])
    return rows


def _native(record: Any) -> list[str]:
    """Return the C functions between the allocation and the innermost Python frame, innermost first."""
    found: list[str] = []
    for name, _, _ in record.native_stack_trace(max_stacks=4 * _NATIVE_DEPTH):
        if "_PyEval_EvalFrameDefault" in name or name.startswith("_TAIL_CALL_"):
            break
        found.append(name)
    return found[:_NATIVE_DEPTH]


if __name__ == "__main__":
    with open(sys.argv[2], "w", encoding="ascii") as output:
        json.dump(read_all(sys.argv[1]), output)
