"""Keep what is known of each file between audits: text in one SQLite file, nothing in it is ever run."""

import contextlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

_NAME = "callgraph.sqlite3"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS file (
    path TEXT PRIMARY KEY, number INTEGER, digest TEXT, declarations TEXT, bodies TEXT, links TEXT, edges TEXT,
    writes TEXT, checksum INTEGER
);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, text TEXT, checksum INTEGER);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """What is kept of one file, all of it JSON.

    Attributes:
        path: relative to the source root; number: the file's own, for as long as it is kept.
        digest: of the source, with the version of the extractor.
        declarations, bodies: its facts; links: of its units' calls; edges: of its units, by name.
        writes: what its units put into slots, by unit's name.
    """

    path: str
    number: int
    digest: str
    declarations: str
    bodies: str
    links: str
    edges: str
    writes: str


_COLUMNS = tuple(each.name for each in fields(FileRow))
_MARKS = ", ".join("?" * (len(_COLUMNS) + 1))
_COUNT = "files"
"""Name of the text that says how many rows there are: a damaged file may hide some."""


@dataclass(slots=True, kw_only=True)
class Kept:
    """All that was kept.

    Attributes:
        rows: by path; state: texts about the tree as a whole by name.
        damage: what is wrong with the file, empty where nothing is: then nothing of it is used.
    """

    rows: dict[str, FileRow] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)
    damage: str = ""


class _Damaged(Exception):
    """What was read is not what was written; the message says what."""


class Store:
    """The rows of one tree. Whatever is wrong with the file, it counts as empty: a cache is no source of errors."""

    def __init__(self, folder: Path, version: str) -> None:
        """Take a folder, which is made where it isn't there.

        Args:
            folder: for this one file.
            version: of what is kept: rows of another version are not used.
        """
        self._path = folder / _NAME
        self._version = version

    def load(self) -> Kept:
        """Return what was kept; nothing where it can't be read or is of another version."""
        try:
            if not self._path.is_file():
                return Kept()
            with contextlib.closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)) as database:
                return self._loaded(database)
        except (sqlite3.Error, OSError, _Damaged, ValueError, OverflowError) as error:
            return Kept(damage=str(error) or type(error).__name__)

    def _loaded(self, database: sqlite3.Connection) -> Kept:
        versions = database.execute("SELECT text FROM state WHERE name = 'version'").fetchall()
        if versions != [(self._version,)]:
            return Kept()
        texts = _checked(database.execute("SELECT name, text, checksum FROM state"), "texts")
        state = {str(name): str(text) for name, text in texts}
        rows = [
            FileRow(**dict(zip(_COLUMNS, row, strict=True))) for row in _checked(database.execute(_all_rows()), "rows")
        ]
        if state.get(_COUNT) != str(len(rows)):
            raise _Damaged(f"it holds {len(rows)} files of {state.get(_COUNT)}")
        return Kept(rows={row.path: row for row in rows}, state=state)

    def save(self, rows: Iterable[FileRow], removed: Iterable[str], state: Mapping[str, str], *, anew: bool) -> None:
        """Keep rows and texts; where that fails (a full disk, a read-only folder) the next audit is a slow one.

        Args:
            rows: that are new or changed.
            removed: paths of files that are gone.
            state: texts by name.
            anew: whether everything that was kept is to be left behind.
        """
        with contextlib.suppress(OSError, sqlite3.Error):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if anew:
                self._path.unlink(missing_ok=True)
            with contextlib.closing(sqlite3.connect(self._path)) as database:
                database.execute("PRAGMA synchronous = OFF")
                database.executescript(_SCHEMA)
                with database:
                    database.executemany("DELETE FROM file WHERE path = ?", [(path,) for path in removed])
                    database.executemany(
                        f"INSERT OR REPLACE INTO file VALUES ({_MARKS})",  # noqa: S608  # only question marks
                        (_summed([getattr(row, name) for name in _COLUMNS]) for row in rows),
                    )
                    (count,) = database.execute("SELECT count(*) FROM file").fetchone()
                    texts = {**state, "version": self._version, _COUNT: str(count)}
                    database.executemany(
                        "INSERT OR REPLACE INTO state VALUES (?, ?, ?)", [_summed(list(each)) for each in texts.items()]
                    )


def _all_rows() -> str:
    return f"SELECT {', '.join(_COLUMNS)}, checksum FROM file"  # noqa: S608  # names of our own


def _summed(values: Sequence[object]) -> list[object]:
    return [*values, checksum(values)]


def checksum(values: Iterable[object]) -> int:
    """Return a checksum of a row: it tells bytes that were lost or turned, not what somebody meant to write."""
    found = 0
    for value in values:
        found = zlib.crc32(str(value).encode("utf-8", "surrogatepass"), found + 1)
    return found


def _checked(rows: Iterable[Sequence[object]], what: str) -> Iterator[Sequence[Any]]:
    """Yield rows without their checksums.

    Raises:
        _Damaged: one is not what its checksum says.
    """
    for *values, known in rows:
        if checksum(values) != known:
            raise _Damaged(f"one of its {what} is not as it was written")
        yield values
