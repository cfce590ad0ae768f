"""Answers found before: an index that only grows, and one file per answer. Damage is a miss, never an error."""

import json
import mmap
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from profiling.context.folders import make_folder, write_file
from profiling.context.hashing import digest, open_regular

JsonObject = Mapping[str, object]
_MOST_BLOB_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """What compacting left and freed."""

    kept_records: int
    removed_records: int
    removed_blobs: int
    freed_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """Answers by key.

    Attributes:
        folder: `.codeflash/cache`, made when something is put; a link there is refused.
        is_read: what is in it counts; else answers are only put.
        is_kept: answers are put; else nothing is written.
        now: seconds since the epoch.
    """

    folder: Path
    is_read: bool = True
    is_kept: bool = True
    now: Callable[[], float] = time.time

    @property
    def _index(self) -> Path:
        return self.folder / "index.jsonl"

    @property
    def is_there(self) -> bool:
        """Say whether anything was put."""
        return self._index.exists()

    def get(self, key: str) -> JsonObject | None:
        """Return the answer, None when there is none, it is too old, or its file is missing or damaged."""
        record = self._record(key) if self.is_read else None
        if record is None or self._is_stale(record):
            return None
        return self._blob(str(record.get("blob")))

    def put(self, key: str, answer: JsonObject, *, ttl_seconds: float | None = None) -> None:
        """Keep an answer: first its file, then one line in the index, so that no reader finds half of it.

        Raises:
            OSError: the folder can't be written, or is a link.
        """
        if not self.is_kept:
            return
        content = json.dumps(answer, separators=(",", ":")).encode()
        name = digest(content)
        path = self._path_of(name)
        make_folder(self.folder)
        make_folder(path.parents[1])
        make_folder(path.parent)
        if self._blob(name) is None:
            write_file(path, content)
        record = {"key": key, "blob": name, "at": self.now(), "ttl_seconds": ttl_seconds}
        _append(self._index, json.dumps(record, separators=(",", ":")).encode() + b"\n")

    def compact(self) -> Compacted:
        """Write the index anew with the last good record of each key, and remove files that none of them names.

        Raises:
            OSError: the folder can't be written.
        """
        lines = list(self._lines())[::-1]
        last = {str(record["key"]): record for line in lines if (record := _parsed(line)) is not None}
        fresh = [record for record in last.values() if not self._is_stale(record)]
        kept = [record for record in fresh if self._blob(str(record.get("blob"))) is not None]
        if lines:
            text = "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in kept)
            write_file(self._index, text.encode())
        removed = list(self._remove_all_but({str(record["blob"]) for record in kept}))
        return Compacted(
            kept_records=len(kept),
            removed_records=len(lines) - len(kept),
            removed_blobs=len(removed),
            freed_bytes=sum(removed),
        )

    def _record(self, key: str) -> JsonObject | None:
        """Return the last whole record of a key. Found by search: no other line is parsed."""
        wanted = b'{"key":' + json.dumps(key).encode() + b","
        for line in self._lines(wanted):
            record = _parsed(line)
            if record is not None and record["key"] == key:
                return record
        return None

    def _lines(self, wanted: bytes = b"") -> Iterator[bytes]:
        """Yield each line that begins so, the last first. What follows the last line's end is torn, and left out."""
        try:
            with _mapped(self._index) as index:
                end = index.rfind(b"\n") + 1
                while (at := index.rfind(b"\n" + wanted, 0, max(end - 1, 0))) >= 0:
                    yield index[at + 1 : index.find(b"\n", at + 1)]
                    end = at + 1
                if end and index[: len(wanted)] == wanted:
                    yield index[: index.find(b"\n")]
        except (OSError, ValueError):
            return

    def _is_stale(self, record: JsonObject) -> bool:
        ttl, at = record.get("ttl_seconds"), record.get("at")
        if ttl is None:
            return False
        if not isinstance(ttl, int | float) or not isinstance(at, int | float):
            return True
        return not 0 <= self.now() - at < ttl

    def _blob(self, name: str) -> JsonObject | None:
        try:
            with os.fdopen(open_regular(self._path_of(name)), "rb") as file:
                content = file.read(_MOST_BLOB_BYTES)
            answer = json.loads(content) if digest(content) == name else None
        except (OSError, ValueError, RecursionError):
            return None
        return answer if isinstance(answer, dict) else None

    def _path_of(self, name: str) -> Path:
        if len(name) != 32 or not name.isalnum():
            raise ValueError(f"{name!r} names no answer")
        return self.folder / "blobs" / name[:2] / f"{name}.json"

    def _remove_all_but(self, names: set[str]) -> Iterator[int]:
        """Remove the files of other answers and yield their bytes."""
        for path in sorted((self.folder / "blobs").glob("*/*")):
            if path.stem not in names and not path.is_dir():
                size = path.lstat().st_size
                path.unlink()
                yield size


def _mapped(path: Path) -> mmap.mmap:
    descriptor = open_regular(path)
    try:
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
    finally:
        os.close(descriptor)


def _append(path: Path, line: bytes) -> None:
    """Add one record in one write. Where the last writer was cut off, its half line is ended first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        is_torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, b"\n" + line if is_torn else line)
    finally:
        os.close(descriptor)


def _parsed(line: bytes) -> JsonObject | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and isinstance(record.get("key"), str) else None
