"""Which steps of a session wait for a person, by what the person wants to be asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What can be asked about."""

    SPAWN = "spawn"
    EXPERIMENT = "experiment"
    COMMAND = "command"
    COMMIT = "commit"
    PUSH = "push"


NEEDED, ALL, NONE = "needed", "all", "none"
ALLOWED = f"{NEEDED}, {ALL}, {NONE}, or some of {', '.join(Kind)} with commas between them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a person wants to be asked.

    Attributes:
        kinds: of which every one is asked.
        needed: what may not be done without agreement is asked too: a fix marked so, a command that nobody declared.
    """

    kinds: frozenset[Kind] = frozenset()
    needed: bool = False

    def asks(self, kind: Kind, *, needs_agreement: bool = False) -> bool:
        """Say whether one step waits for an answer."""
        return kind in self.kinds or (self.needed and needs_agreement)


NOTHING = Asking()


def wanted(text: str) -> Asking:
    """Return what a person asked for in words: `needed`, `all`, `none`, `experiment,push`.

    Raises:
        ValueError: a word is none of those, or `none` stands beside others.
    """
    words = [word.strip().lower() for word in text.split(",")]
    if words == [NONE]:
        return NOTHING
    return Asking(kinds=frozenset(kind for word in words for kind in _kinds(word)), needed=True)


def effective(given: str | None, *, unattended: bool, at_terminal: bool) -> Asking:
    """Return what is asked in a session.

    Args:
        given: the person's words, None where nothing was said.
        unattended: the person agreed to everything beforehand, or it runs in CI.
        at_terminal: somebody can be asked at once.
    """
    if unattended:
        return NOTHING
    return wanted(given if given is not None else NEEDED if at_terminal else NONE)


def _kinds(word: str) -> Iterator[Kind]:
    if word == ALL:
        yield from Kind
    elif word != NEEDED:
        yield Kind(word)
