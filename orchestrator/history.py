"""What became of each kind of fix in earlier sessions: told by learnings.md, and by one person's own small database."""

import hashlib
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from orchestrator.ledger.record import ExperimentRecord
from orchestrator.policy.ranking import Tally
from orchestrator.policy.verdict import Status

_LESSON = re.compile(rf"({'|'.join(Status)}): .*?\((recipe:[a-z0-9-]+), ")
_VERSION = 1
_WAIT_S = 5.0
_MAKE = (
    "CREATE TABLE IF NOT EXISTS outcomes (repository TEXT NOT NULL, experiment TEXT NOT NULL, source TEXT NOT NULL,"
    " kept INTEGER NOT NULL, PRIMARY KEY (repository, experiment))"
)
_SUM = "SELECT source, SUM(kept), COUNT(*) FROM outcomes WHERE repository != ? GROUP BY source ORDER BY source"


def lesson_of(record: ExperimentRecord) -> str:
    """Return an experiment as a line of learnings.md."""
    what = f"{record.proposal.summary} ({record.proposal.source}, {record.proposal.key.file})"
    return f"{record.verdict.status.value}: {what}: {record.verdict.explanation}"


def told_by(lessons: Iterable[str], records: Iterable[ExperimentRecord]) -> Mapping[str, Tally]:
    """Return what lessons say of experiments whose records are not here: those that are here count by themselves.

    Args:
        lessons: lines of learnings.md; those that a person wrote say nothing of a recipe.
        records: all there are.
    """
    known = {" ".join(lesson_of(record).split()) for record in records}
    matches = (_LESSON.match(lesson) for lesson in lessons if " ".join(lesson.split()) not in known)
    found = [(match.group(2), match.group(1) == Status.KEEP) for match in matches if match]
    tried, kept = Counter(source for source, _ in found), Counter(source for source, is_kept in found if is_kept)
    return {source: Tally(kept=kept[source], tried=tried[source]) for source in sorted(tried)}


def together(one: Mapping[str, Tally], other: Mapping[str, Tally]) -> Mapping[str, Tally]:
    """Return the sums of two tallies."""
    nothing = Tally(kept=0, tried=0)
    pairs = {source: (one.get(source, nothing), other.get(source, nothing)) for source in sorted({*one, *other})}
    return {
        source: Tally(kept=first.kept + second.kept, tried=first.tried + second.tried)
        for source, (first, second) in pairs.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One person's notes over all repositories: of each experiment its recipe and whether it was kept, nothing else.

    A database that can't be read or written is said, left as it is, and ignored.

    Attributes:
        path: of the database.
        repository: digest of the checkout's path; its own experiments are in its records.
        warn: told what is wrong.
    """

    path: Path
    repository: str
    warn: Callable[[str], None]

    @classmethod
    def of_person(cls, root: Path, environ: Mapping[str, str], warn: Callable[[str], None]) -> "History":
        """Return the notes of the person who runs this process, as seen from a checkout."""
        home = environ.get("XDG_STATE_HOME", "")
        state = Path(home) if home and Path(home).is_absolute() else Path.home() / ".local" / "state"
        digest = hashlib.sha256(str(root.resolve()).encode(errors="surrogateescape")).hexdigest()
        return cls(path=state / "ratchet" / "history.db", repository=digest, warn=warn)

    def elsewhere(self) -> Mapping[str, Tally]:
        """Return what became of each kind of fix in other repositories; nothing when the notes can't be read."""
        if not self.path.exists():
            return {}
        try:
            with closing(self._opened()) as database:
                rows = database.execute(_SUM, (self.repository,)).fetchall()
        except (sqlite3.Error, OSError) as error:
            self._ignore("read", error)
            return {}
        return {
            source: Tally(kept=kept, tried=tried)
            for source, kept, tried in rows
            if isinstance(source, str) and isinstance(kept, int) and 0 <= kept <= tried
        }

    def add(self, records: Iterable[ExperimentRecord]) -> None:
        """Note what became of experiments; one that is noted already is noted again, not twice."""
        rows = [
            (self.repository, record.key, record.proposal.source, record.verdict.status is Status.KEEP)
            for record in records
        ]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(self._opened()) as database, database:
                database.executemany("INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?)", rows)
        except (sqlite3.Error, OSError) as error:
            self._ignore("written", error)

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=_WAIT_S)
        try:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _VERSION):
                raise sqlite3.DatabaseError(f"it is of version {version}, this program knows {_VERSION}")
            with database:
                database.execute(_MAKE)
                database.execute(f"PRAGMA user_version = {_VERSION}")
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _ignore(self, what: str, error: Exception) -> None:
        self.warn(
            f"the history {self.path} can't be {what}: {error}: it is ignored; remove it to begin anew: rm {self.path}"
        )
