"""How other processes of the same person speak with a session that runs: small files, each written whole.

A letter is `<name>.letter` in the session's inbox; its answer is `<name>.reply`, and what waits is in `pending.json`.
"""

import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from orchestrator.approvals.question import (
    PENDING_LIST,
    Answer,
    NotAnAnswer,
    PendingList,
    answer_from_json,
    answer_to_json,
)
from orchestrator.ledger.atomic import write_text
from orchestrator.policy.steering import Word

_MOST_BYTES = 8 * 1024 * 1024
_LOOK_EVERY_S = 0.05
_LETTER, _REPLY, _PENDING = ".letter", ".reply", "pending.json"


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What another process says.

    Attributes:
        run: the session's run that it is meant for, as its lock names it: a later one does not read it.
        about: id of a question, or the beginning of one; what a word names.
        answer: to a question; None where it is a word.
        word: that steers; None where it is an answer.
    """

    run: str
    about: str = ""
    answer: Answer | None = None
    word: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the session says to a letter."""

    is_taken: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A letter with its name; or, where it is none, what is wrong with it."""

    name: str
    letter: Letter | None
    complaint: str = ""


_LETTERS: TypeAdapter[Letter] = TypeAdapter(Letter)
_REPLIES: TypeAdapter[Reply] = TypeAdapter(Reply)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """The session's side. Its folder belongs to whoever runs the session, and so must every letter."""

    folder: Path
    run: str

    def empty(self) -> None:
        """Remove everything: what an earlier run left, or a repository brought along."""
        with suppress(OSError):
            for path in self.folder.iterdir():
                if not path.is_dir() or path.is_symlink():
                    path.unlink(missing_ok=True)

    def take(self) -> Iterator[Delivered]:
        """Yield what came, and remove it; nothing that comes in can raise."""
        for path in sorted(self.folder.glob(f"*{_LETTER}")):
            name = path.name.removesuffix(_LETTER)
            try:
                letter = _LETTERS.validate_json(_own_bytes(path))
                if letter.answer is not None:
                    answer_from_json(answer_to_json(letter.answer))
            except (OSError, ValidationError, NotAnAnswer) as error:
                said = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
                yield Delivered(name=name, letter=None, complaint=f"it can't be read: {said}")
            else:
                stale = "" if letter.run == self.run else "it was meant for a run of the session that is over"
                yield Delivered(name=name, letter=None if stale else letter, complaint=stale)
            with suppress(OSError):
                path.unlink()

    def reply(self, name: str, reply: Reply) -> None:
        """Answer a letter; whoever wrote it reads and removes that."""
        write_text(self.folder / f"{name}{_REPLY}", _REPLIES.dump_json(reply).decode())

    def show(self, waiting: PendingList) -> None:
        """Write down what waits for an answer."""
        write_text(self.folder / _PENDING, PENDING_LIST.dump_json(waiting, indent=1).decode())


def shown(folder: Path) -> PendingList | None:
    """Return what a session wrote down as waiting, None where nothing can be read."""
    try:
        return PENDING_LIST.validate_json(_own_bytes(folder / _PENDING))
    except (OSError, ValidationError):
        return None


def post(folder: Path, letter: Letter, wait_s: float) -> Reply | None:
    """Hand a letter in and return what the session says to it, None where it says nothing in time.

    Args:
        folder: the session's inbox.
        letter: what is said.
        wait_s: wall seconds; after that the letter is taken back.

    Raises:
        NotWritable: the inbox can't be written.
    """
    name = secrets.token_hex(8)
    path, back = folder / f"{name}{_LETTER}", folder / f"{name}{_REPLY}"
    write_text(path, _LETTERS.dump_json(letter).decode())
    deadline = time.monotonic() + wait_s
    try:
        while time.monotonic() < deadline:
            with suppress(OSError, ValidationError):
                return _REPLIES.validate_json(_own_bytes(back))
            time.sleep(_LOOK_EVERY_S)
        return None
    finally:
        path.unlink(missing_ok=True)
        back.unlink(missing_ok=True)


def _own_bytes(path: Path) -> bytes:
    """Return the content of an ordinary file of ours; links, pipes and other people's files are not read."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise PermissionError(f"{path.name} is not an ordinary file of the session's own user")
        if found.st_size > _MOST_BYTES:
            raise PermissionError(f"{path.name} has {found.st_size} bytes, more than {_MOST_BYTES}")
        return file.read(_MOST_BYTES + 1)
