"""What a person said a session should turn to or leave alone, and what that means for a fix."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from agents.model import Candidate


class Word(StrEnum):
    """What can be said to a session that runs."""

    FOCUS = "focus"
    SKIP = "skip"
    PAUSE = "pause"
    CONTINUE = "continue"
    FINISH = "finish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What was said so far in one session.

    Attributes:
        session: id.
        focus: function, file, folder, glob or domain that is tried first; empty for none.
        avoided: functions and files that are left alone for the rest of the session.
        skipped: place digests of fixes that were under way when they were skipped.
        is_finishing: it ends in order at the next boundary.
        is_paused: nothing new is begun.
    """

    session: str
    focus: str = ""
    avoided: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    is_finishing: bool = False
    is_paused: bool = False


def is_meant(candidate: Candidate, words: str) -> bool:
    """Say whether a fix is at what a person named: a domain, a function, a file, a folder or a glob."""
    key = candidate.key
    return candidate.domain.value == words.lower() or is_place(key.file, key.qualname, words)


def is_place(file: str, qualname: str, words: str) -> bool:
    """Say whether a function is what a person named: itself, by its last name too, its file, folder or a glob."""
    return qualname == words or qualname.endswith(f".{words}") or is_named_by(file, words)


def is_named_by(file: str, pattern: str) -> bool:
    """Say whether a path is named by a pattern: the file itself, a folder above it, or a glob."""
    return file == pattern or file.startswith(f"{pattern.rstrip('/')}/") or fnmatchcase(file, pattern)
