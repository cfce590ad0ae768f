"""Keep what is known of each file between audits: text in one SQLite file, nothing in it is ever run."""

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

_NAME = "callgraph.sqlite3"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS file (
    path TEXT PRIMARY KEY, number INTEGER, digest TEXT, declarations TEXT, bodies TEXT, links TEXT, edges TEXT,
    writes TEXT
);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, text TEXT);
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
_MARKS = ", ".join("?" * len(_COLUMNS))


@dataclass(slots=True, kw_only=True)
class Kept:
    """All that was kept: rows by path, and texts about the tree as a whole by name."""

    rows: dict[str, FileRow]
    state: dict[str, str]


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
            with contextlib.closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as database:
                state = {str(name): str(text) for name, text in database.execute("SELECT name, text FROM state")}
                if state.get("version") != self._version:
                    return Kept(rows={}, state={})
                rows = [FileRow(**dict(zip(_COLUMNS, row, strict=True))) for row in database.execute(_all_rows())]
        except (sqlite3.Error, TypeError, ValueError, OverflowError):
            return Kept(rows={}, state={})
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
                        ([getattr(row, name) for name in _COLUMNS] for row in rows),
                    )
                    texts = {**state, "version": self._version}
                    database.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", list(texts.items()))


def _all_rows() -> str:
    return f"SELECT {', '.join(_COLUMNS)} FROM file"  # noqa: S608  # names of our own
