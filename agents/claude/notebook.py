"""What the lead said and had read about, for as long as it holds: written down, so that a killed session knows it."""

import hashlib
import threading
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from agents.claude.places import source_of
from agents.claude.storing import write_whole
from agents.claude.tools._base import ToolRefused
from agents.claude.tools.checkout import Checkout
from agents.model import Insight
from profiling.model import FunctionKey, Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A finding, with the digest of the text it was found in."""

    digest: str
    insight: Insight


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What is written down: strategies by the digest of their place, findings in the order they came."""

    strategies: dict[str, str] = field(default_factory=dict)
    found: tuple[_Found, ...] = ()


_STORED: TypeAdapter[_Stored] = TypeAdapter(_Stored)


class Notebook:
    """Strategies by place and findings by function. Safe to use from several threads.

    A conversation that is taken up again must begin with the same words, or it would be paid for twice: so what these
    words are made of is kept.
    """

    def __init__(self, path: Path) -> None:
        """Open it, with what an earlier run of the session wrote.

        Args:
            path: the file; it need not exist.
        """
        self._path, self._lock = path, threading.Lock()
        stored = _read(path)
        self._strategies = dict(stored.strategies)
        self._found = {_name(one.insight.key): one for one in stored.found}

    def advise(self, place_digest: str, strategy: str) -> None:
        """Keep what the specialist of a place is to know."""
        with self._lock:
            self._strategies[place_digest] = strategy
            self._write()

    def strategy(self, place_digest: str) -> str:
        """Return what the specialist of a place is to know; nothing where the lead said nothing."""
        with self._lock:
            return self._strategies.get(place_digest, "")

    def put(self, tree: Tree, found: tuple[Insight, ...]) -> None:
        """Keep what was found in a tree."""
        with self._lock:
            for one in found:
                self._found[_name(one.key)] = _Found(digest=_digest(tree, one.key), insight=one)
            self._write()

    def insights(self, tree: Tree) -> tuple[Insight, ...]:
        """Return what still holds in a tree: a function that was changed since is read anew."""
        with self._lock:
            found = tuple(self._found.values())
        return tuple(one.insight for one in found if one.digest and one.digest == _digest(tree, one.insight.key))

    def _write(self) -> None:
        stored = _Stored(strategies=self._strategies, found=tuple(self._found.values()))
        write_whole(self._path, _STORED.dump_json(stored))


def _read(path: Path) -> _Stored:
    """Return what a file holds; nothing where there is none, or none that can be read."""
    try:
        return _STORED.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return _Stored()


def _name(key: FunctionKey) -> tuple[str, str]:
    """Return what a function is known by while lines move."""
    return key.file, key.qualname


def _digest(tree: Tree, key: FunctionKey) -> str:
    try:
        return hashlib.sha256(source_of(Checkout(root=tree.root), key).encode()).hexdigest()
    except ToolRefused:
        return ""
