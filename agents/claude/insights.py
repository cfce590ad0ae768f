"""What was found by reading ahead, for as long as the text it was found in stands."""

import hashlib
import threading

from agents.claude.places import source_of
from agents.claude.tools._base import ToolRefused
from agents.claude.tools.checkout import Checkout
from agents.model import Insight
from profiling.model import FunctionKey, Tree


class Insights:
    """Findings by function. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[str, str], tuple[str, Insight]] = {}

    def put(self, tree: Tree, found: tuple[Insight, ...]) -> None:
        """Keep what was found in a tree."""
        with self._lock:
            self._found.update({_name(one.key): (_digest(tree, one.key), one) for one in found})

    def of(self, tree: Tree) -> tuple[Insight, ...]:
        """Return what still holds in a tree: a function that was changed since is read anew."""
        with self._lock:
            found = tuple(self._found.values())
        return tuple(one for digest, one in found if digest and digest == _digest(tree, one.key))


def _name(key: FunctionKey) -> tuple[str, str]:
    """Return what a function is known by while lines move."""
    return key.file, key.qualname


def _digest(tree: Tree, key: FunctionKey) -> str:
    try:
        return hashlib.sha256(source_of(Checkout(root=tree.root), key).encode()).hexdigest()
    except ToolRefused:
        return ""
