"""What atoms stand for, each made once: names, lines, callees and loops occur many times in a graph."""

from collections.abc import Mapping
from typing import Final, TypeVar

from profiling.audit.dsl import drafts
from profiling.audit.dsl.words import LIST, NIL, WORDS, unquoted
from profiling.audit.model import Callee, CostClass, Loop, LoopKind, MutationKind, NodeKind, Tier, WriteKind

E = TypeVar("E", Tier, LoopKind, WriteKind, MutationKind, CostClass, NodeKind)


def by_value(words: type[E]) -> Mapping[str, E]:
    """Return the members of a closed choice: looking one up is several times faster than calling its class."""
    return {word.value: word for word in words}


_TIERS: Final = by_value(Tier)
_LOOPS: Final = by_value(LoopKind)
_ACTING: Final = frozenset({*WORDS, LIST})


class Strings(dict[str, str]):
    """Atoms as strings, each made once: names occur many times in a graph."""

    def __missing__(self, atom: str) -> str:
        if atom in _ACTING:
            raise ValueError(f"{atom} is a word: in quotes it would be a string")
        if "\\" not in atom and '"' not in atom:
            self[atom] = atom
            return atom
        if not atom.startswith('"'):
            raise ValueError("a quote or a backslash must stand in quotes")
        string = self[atom] = unquoted(atom)
        return string


class Wholes(dict[str, int]):
    """Atoms as whole numbers: lines and sizes occur many times too."""

    def __missing__(self, atom: str) -> int:
        number = self[atom] = int(atom)
        return number


class Sizes(dict[str, int | None]):
    """Atoms as whole numbers, or None for `nil`."""

    def __missing__(self, atom: str) -> int | None:
        number = self[atom] = None if atom == NIL else int(atom)
        return number


class Reals(dict[str, float]):
    """Atoms as numbers."""

    def __missing__(self, atom: str) -> float:
        number = self[atom] = float(atom)
        return number


class Callees(dict[tuple[str, str], tuple[Callee]]):
    """Callees by atom and tier, each made once and alone in a tuple, as most sites have it."""

    def __init__(self, strings: Strings) -> None:
        self._strings = strings

    def __missing__(self, key: tuple[str, str]) -> tuple[Callee]:
        alone = self[key] = (drafts.callee(self._strings[key[0]], _TIERS[key[1]]),)
        return alone


class Loops(dict[tuple[str, ...], Loop]):
    """Loops by kind, line and bound, each made once: every call in a loop names it again."""

    def __missing__(self, key: tuple[str, ...]) -> Loop:
        kind, line, bound = key
        loop = self[key] = Loop(kind=_LOOPS[kind], line=int(line), bound=None if bound == NIL else int(bound))
        return loop
