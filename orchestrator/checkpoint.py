"""Where the graph's state survives: SQLite in the target's `.codeflash/`, one session a file."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from orchestrator.errors import RecordsDamaged

THREAD = "session"


@asynccontextmanager
async def open_saver(path: Path) -> AsyncIterator[AsyncSqliteSaver]:
    """Open the checkpoints of a session.

    Raises:
        RecordsDamaged: the file is no database; it is left as it is.
    """
    try:
        async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
            await saver.setup()
            try:
                yield saver
            finally:
                # A step that was cancelled may have begun to write, and closing alone keeps the file locked as long as
                # anything still refers to its cursor. Nothing may write from here on: the lock is not given back.
                await saver.lock.acquire()
                await saver.conn.rollback()
    except sqlite3.DatabaseError as error:
        raise RecordsDamaged(
            f"{path} can't be read: {error}",
            hint=f"move it away: mv {path} {path}.bad; the experiments recorded so far are kept and not tried again",
        ) from error


def forget(path: Path) -> None:
    """Delete the checkpoints of a session that has ended; its records stay."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
