"""What a place waits for, by the library it entered and by what its line calls."""

import ast
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from profiling.entry_points.model import WaitPlace
from profiling.entry_points.rule import LOOP_LIBRARIES
from profiling.interactions.lines import names_on, parsed


class WaitKind(StrEnum):
    """What is waited for."""

    SOCKET = "socket"
    STREAM = "stream"
    FILE = "file"
    DATABASE = "database"
    SLEEP = "sleep"
    LOCK = "lock"
    WORKERS = "threads or processes of its own"
    CHILD = "child process"
    LOOP = "event loop"
    IDLE = "work to come"
    OTHER = "not known for what"


_LIBRARIES = {
    **dict.fromkeys(LOOP_LIBRARIES, WaitKind.LOOP),
    **dict.fromkeys("invoke pexpect plumbum pty sh subprocess".split(), WaitKind.CHILD),
    **dict.fromkeys("concurrent joblib loky multiprocessing".split(), WaitKind.WORKERS),
    **dict.fromkeys("_thread threading".split(), WaitKind.LOCK),
    **dict.fromkeys("queue socketserver wsgiref".split(), WaitKind.IDLE),
    **dict.fromkeys(
        "MySQLdb aiomysql aiopg aiosqlite asyncpg django mysql peewee psycopg psycopg2 pymongo pymysql redis sqlalchemy"
        " sqlite3".split(),
        WaitKind.DATABASE,
    ),
    **dict.fromkeys(
        "aiohttp boto3 botocore dns ftplib grpc http httpcore httpx imaplib paramiko poplib requests select selectors"
        " smtplib socket ssl urllib urllib3 websocket websockets xmlrpc".split(),
        WaitKind.SOCKET,
    ),
    **dict.fromkeys(
        "aiofiles codecs fileinput glob gzip io lzma mmap os pathlib posixpath shutil tarfile tempfile zipfile".split(),
        WaitKind.FILE,
    ),
}
_CALLS = {
    "sleep": WaitKind.SLEEP,
    **dict.fromkeys("accept handle_request serve_forever".split(), WaitKind.IDLE),
    **dict.fromkeys(
        "connect create_connection getaddrinfo open_connection recv recv_into recvfrom recvmsg select send"
        " sendall sendmsg sendto urlopen".split(),
        WaitKind.SOCKET,
    ),
    **dict.fromkeys(
        "drain fdatasync flush fsync listdir open read read_bytes read_text readinto readline readlines rename replace"
        " scandir stat sync truncate unlink write write_bytes write_text writelines".split(),
        WaitKind.FILE,
    ),
    **dict.fromkeys("commit execute executemany executescript fetchall fetchmany fetchone".split(), WaitKind.DATABASE),
    **dict.fromkeys("acquire wait_for".split(), WaitKind.LOCK),
    **dict.fromkeys(
        "TaskGroup as_completed gather imap imap_unordered join map result starmap wait".split(), WaitKind.WORKERS
    ),
    **dict.fromkeys("check_call check_output communicate popen system waitpid".split(), WaitKind.CHILD),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """Tells what places wait for; every file is read once.

    Attributes:
        root: of the tree; None where there is none at hand, and then a builtin's wait stays unknown.
    """

    root: Path | None
    _trees: dict[str, ast.Module | None] = field(default_factory=dict)

    def of(self, place: WaitPlace) -> WaitKind:
        """Return what a place waits for."""
        tree = self.tree(place.key.file)
        by_library = _LIBRARIES.get(place.library or "")
        names = () if tree is None else names_on(tree, place.line)
        by_call = next((kind for name in names if (kind := _CALLS.get(name.rpartition(".")[2]))), None)
        if by_library is WaitKind.LOCK:
            return WaitKind.WORKERS if by_call is WaitKind.WORKERS else WaitKind.LOCK
        if by_call is WaitKind.IDLE:
            return WaitKind.IDLE
        if by_library is not None:
            return by_library
        if place.library is None and by_call is not None:
            return WaitKind.STREAM if by_call is WaitKind.FILE and _awaits(tree, place.line) else by_call
        return WaitKind.LOCK if tree is not None and not names and _enters(tree, place.line) else WaitKind.OTHER

    def tree(self, file: str) -> ast.Module | None:
        """Return a file of the tree; None where it can't be read or parsed."""
        if file not in self._trees:
            self._trees[file] = parsed(self.root, file)
        return self._trees[file]


def _awaits(tree: ast.Module | None, line: int) -> bool:
    """Say whether a line awaits: what reads then is no file of the system's, whose calls have nothing to await."""
    nodes = () if tree is None else (node for node in ast.walk(tree) if isinstance(node, ast.Await))
    return any(node.lineno <= line <= (node.end_lineno or node.lineno) for node in nodes)


def _enters(tree: ast.Module, line: int) -> bool:
    """Say whether a line enters what it names: `with lock:`."""
    blocks = (node for node in ast.walk(tree) if isinstance(node, ast.With | ast.AsyncWith))
    return any(item.context_expr.lineno == line for node in blocks for item in node.items)
