"""Audits the use of a library that is the ceiling: what each used name needs, where the line runs, what that gives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath

from profiling.boundary.stand_ins import stand_in
from profiling.boundary.uses import MODULE_BODY, Kind, Use, uses
from profiling.interactions.sides import cpu_share
from profiling.model import Dimension, FunctionKey, Tree
from profiling.profile import Profile
from profiling.target import Evidence, Interaction, InteractionKind

WORTH = 0.20
"""Share of the workload's CPU that must be within reach for a replacement to be worth its upkeep (docs/deciding.md)."""

MOST_FUNCTIONS = 10
"""Functions of the project that would have to be changed; from here on it is no narrow use (docs/deciding.md)."""

_MOST_SHAPES = 3
"""Ways in which one name is called, above which more of it is needed than a narrow form gives."""

_MOST_FILES = 5000
_LARGEST_FILE = 2**20
_SHOWN = 4


class Line(StrEnum):
    """Where the line between the project's own code and the library would run."""

    REPLACE = "replace"
    HYBRID = "hybrid"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedName:
    """One name of the library.

    Attributes:
        name: dotted; uses: every place.
        is_hot: one of them is in a function that leads into the library.
        is_narrow: every use is of a kind, and in few enough forms, that something narrower could stand in.
        stand_in: what of the standard library is known to do part of it; empty where nothing is known.
    """

    name: str
    uses: tuple[Use, ...]
    is_hot: bool
    is_narrow: bool
    stand_in: str

    @property
    def is_replaced(self) -> bool:
        """Say whether it is on this side of the line."""
        return self.is_hot and self.is_narrow

    @property
    def text(self) -> str:
        """Return the name with how it is used."""
        kinds = ", ".join(dict.fromkeys(use.kind.value for use in self.uses))
        shapes = sorted({use.shape for use in self.uses if use.shape})
        asked = sorted({name for use in self.uses for name in use.asked})
        parts = [f"{self.name} ({kinds}"]
        parts += [f" with {' | '.join(shapes[:_MOST_SHAPES])} arguments"] if shapes else []
        parts += [f", asked for {', '.join(asked[:_SHOWN])}"] if asked else []
        parts += [f"; {self.stand_in} may do"] if self.stand_in else []
        return "".join([*parts, ")"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """What is known of leaving one library.

    Attributes:
        library: top-level import name.
        leading: functions below which its time is spent, largest first.
        share: of the workload's CPU (0 to 1) in its own machinery.
        functions: of the project that use it; names: what they use.
        indirect: leading functions in which no use of a name can be seen: they use objects made elsewhere.
    """

    library: str
    leading: tuple[FunctionKey, ...]
    share: float
    functions: int
    names: tuple[UsedName, ...]
    indirect: int

    @property
    def replaced(self) -> tuple[UsedName, ...]:
        """Return the names that narrower code could stand in for."""
        return tuple(one for one in self.names if one.is_replaced)

    @property
    def line(self) -> Line:
        """Return where the line would run."""
        if not self.replaced:
            return Line.KEEP
        return Line.REPLACE if len(self.replaced) == len(self.names) and not self.indirect else Line.HYBRID

    @property
    def objections(self) -> tuple[str, ...]:
        """Return what speaks against trying; nothing when it is feasible."""
        found = []
        if self.share <= WORTH:
            found.append(f"{self.share:.0%} of the CPU within reach, {WORTH:.0%} are asked for")
        if self.functions >= MOST_FUNCTIONS:
            found.append(f"{self.functions} functions use it, fewer than {MOST_FUNCTIONS} are asked for")
        if not self.replaced:
            found.append("nothing that is hot is used narrowly")
        return tuple(found)

    @property
    def text(self) -> str:
        """Return the figures in a line."""
        places = sum(len(one.uses) for one in self.names)
        narrow = sum(one.is_narrow for one in self.names)
        where = f"{_count(places, 'place')} in {_count(self.functions, 'function')}"
        seen = f"{_count(len(self.names), 'name')} of it at {where}"
        verdict = f"not feasible ({'; '.join(self.objections)})" if self.objections else "feasible"
        indirect = f", {self.indirect} reached through objects alone" if self.indirect else ""
        named = "; ".join(one.text for one in self.replaced[:_SHOWN])
        return (
            f"not optimizable without modifying {self.library}: {seen}{indirect}, {narrow} used narrowly;"
            f" line: {self.line.value}{f' ({named})' if named else ''}; at most {self.share:.0%} of the CPU to gain:"
            f" {verdict}"
        )


def boundaries(interactions: Iterable[Interaction], profile: Profile, tree: Tree) -> tuple[Boundary, ...]:
    """Return the audit of every library that is a ceiling."""
    ceilings = [one for one in interactions if one.kind is InteractionKind.LIBRARY_CEILING and one.subject]
    texts = list(_texts(tree)) if ceilings else []
    return tuple(_boundary(one.subject, profile, texts) for one in ceilings)


def told(interactions: tuple[Interaction, ...], found: tuple[Boundary, ...]) -> tuple[Interaction, ...]:
    """Return the interactions, those of audited libraries with the audit's figures as evidence of structure."""
    by_library = {one.library: one for one in found}
    return tuple(
        replace(one, evidence=(*one.evidence, _evidence(by_library[one.subject])))
        if one.kind is InteractionKind.LIBRARY_CEILING and one.subject in by_library
        else one
        for one in interactions
    )


def _evidence(boundary: Boundary) -> Evidence:
    return Evidence(dimension=Dimension.IMPORT_S, value=float(len(boundary.names)), text=boundary.text)


def _boundary(library: str, profile: Profile, texts: list[tuple[str, str]]) -> Boundary:
    found = [use for file, text in texts if library in text for use in uses(text, file, library)]
    spent = {
        function.key: one.cpu_s
        for function in profile.functions
        for one in function.libraries
        if one.name == library and function.key.qualname != MODULE_BODY
    }
    leading = tuple(sorted(spent, key=lambda key: (-spent[key], key)))
    hot = {(key.file, _plain(key.qualname)) for key in leading}
    by_name: dict[str, list[Use]] = {}
    for use in found:
        by_name.setdefault(use.name, []).append(use)
    names = tuple(_used(name, tuple(some), hot) for name, some in sorted(by_name.items()))
    seen = {(use.file, use.function) for use in found if use.kind is not Kind.ANNOTATION}
    return Boundary(
        library=library,
        leading=leading,
        share=cpu_share(sum(spent.values()), profile),
        functions=len(seen | hot),
        names=names,
        indirect=len(hot - seen),
    )


def _used(name: str, found: tuple[Use, ...], hot: set[tuple[str, str]]) -> UsedName:
    shapes = {use.shape for use in found if use.shape}
    return UsedName(
        name=name,
        uses=found,
        is_hot=any((use.file, use.function) in hot for use in found),
        is_narrow=all(use.kind.is_narrow for use in found) and len(shapes) <= _MOST_SHAPES,
        stand_in=stand_in(name),
    )


def _plain(qualname: str) -> str:
    """Return a qualified name as the source nests it; what runs inside an expression belongs to what is around."""
    parts = [part for part in qualname.split(".") if not part.startswith("<")]
    return ".".join(parts) or qualname


def _texts(tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield the project's source files with their text; what can't be read as text is passed over."""
    for number, path in enumerate(sorted(_paths(tree))):
        if number >= _MOST_FILES:
            return
        try:
            if path.stat().st_size <= _LARGEST_FILE:
                yield path.relative_to(tree.root).as_posix(), path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            continue


def _paths(tree: Tree) -> Iterator[Path]:
    root = tree.root.resolve()
    for source in tree.source_paths:
        start = tree.root / PurePosixPath(source)
        for path in [start] if start.is_file() else start.rglob("*.py"):
            hidden = any(part.startswith(".") for part in path.relative_to(tree.root).parts)
            if path.suffix == ".py" and not hidden and path.resolve().is_relative_to(root):
                yield path


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
