"""conventions.md: what the maintainers want from an optimization, written by hand."""

import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from orchestrator.errors import SettingsError
from orchestrator.ledger.damaged import read_record
from orchestrator.ledger.front_matter import FENCE, Malformed, split
from profiling.model import Command, Dimension, Domain

DEFAULT_WEIGHT = 1.0
_KEYS = ("focus", "exclusions", "guard", "weights", "untouchable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """The maintainers' preferences.

    Attributes:
        focus: domains, and paths or patterns, that are looked at first.
        exclusions: paths or patterns, relative to the root, that no change may touch.
        guard: a command that must succeed after every change, None when there is none.
        weights: how much a dimension counts in the net effect; one that is not named counts 1.
        untouchable: dimensions that may not get worse, whatever is gained.
        prose: everything below the front matter, for agents and people.
    """

    focus: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    guard: Command | None = None
    weights: Mapping[Dimension, float] = field(default_factory=dict)
    untouchable: tuple[Dimension, ...] = ()
    prose: str = ""

    @property
    def focus_domains(self) -> tuple[Domain, ...]:
        """Return the words of `focus` that are domains."""
        return tuple(Domain(word) for word in self.focus if word in tuple(Domain))

    @property
    def focus_paths(self) -> tuple[str, ...]:
        """Return the words of `focus` that are paths or patterns."""
        return tuple(word for word in self.focus if word not in tuple(Domain))

    def weight(self, dimension: Dimension) -> float:
        """Return how much a dimension counts."""
        return self.weights.get(dimension, DEFAULT_WEIGHT)


def load(project: Path, parent: Path) -> Conventions:
    """Read the project's conventions over those of the folder above; defaults when there is neither.

    What the project's file says replaces what the parent's says, key by key; the prose of both counts.

    Raises:
        SettingsError: a value can't be used; the message names file and key.
        RecordsDamaged: a file can't be read as text.
    """
    fields: dict[str, object] = {}
    prose = []
    for path in (parent, project):
        text = read_record(path)
        if text is None:
            continue
        own = _split(text, str(path))
        _conventions(own.fields, "", str(path))
        fields |= own.fields
        prose.append(own.prose.strip())
    return _conventions(fields, "\n\n".join(filter(None, prose)), str(project))


def parse(text: str, source: str = "conventions.md") -> Conventions:
    """Return what one text says. Without front matter all of it is prose.

    Args:
        text: of the file.
        source: its name, for messages.

    Raises:
        SettingsError: a value can't be used.
    """
    document = _split(text, source)
    return _conventions(document.fields, document.prose.strip(), source)


def render_default() -> str:
    """Return a file that changes nothing and explains what could be written into it."""
    return _DEFAULT


@dataclass(frozen=True, slots=True)
class _Halves:
    fields: dict[str, object]
    prose: str


def _split(text: str, source: str) -> _Halves:
    if text.removeprefix("\ufeff").split("\n", 1)[0].rstrip() != FENCE:
        return _Halves({}, text)
    try:
        document = split(text)
    except Malformed as error:
        raise SettingsError(f"{source}: {error}", hint="mend the lines between the two --- lines") from error
    return _Halves(dict(document.fields), document.prose)


def _conventions(fields: Mapping[str, object], prose: str, source: str) -> Conventions:
    unknown = sorted(set(fields) - set(_KEYS))
    if unknown:
        raise SettingsError(f"{source}: unknown key {unknown[0]!r}", hint=f"known ones: {', '.join(_KEYS)}")
    return Conventions(
        focus=_words(fields, "focus", source),
        exclusions=tuple(_inside(path, source) for path in _words(fields, "exclusions", source)),
        guard=_guard(fields.get("guard"), source),
        weights=_weights(fields.get("weights"), source),
        untouchable=tuple(_dimension(word, "untouchable", source) for word in _words(fields, "untouchable", source)),
        prose=prose,
    )


def _words(fields: Mapping[str, object], key: str, source: str) -> tuple[str, ...]:
    value = fields.get(key)
    if value is None:
        return ()
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(word, str) and word.strip() for word in values):
        raise SettingsError(f"{source}: {key} is {value!r}", hint=f"a list of words, for example {key}: [one, two]")
    return tuple(word.strip() for word in values)


def _inside(path: str, source: str) -> str:
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise SettingsError(f"{source}: exclusions holds {path!r}", hint="paths are relative to the repository's root")
    return path


def _guard(value: object, source: str) -> Command | None:
    if value is None:
        return None
    try:
        argv = tuple(shlex.split(value)) if isinstance(value, str) else ()
    except ValueError:
        argv = ()
    if not argv:
        raise SettingsError(f"{source}: guard is {value!r}", hint="one command, for example guard: make check")
    return Command(argv=argv)


def _weights(value: object, source: str) -> dict[Dimension, float]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SettingsError(f"{source}: weights is {value!r}", hint="for example weights: {cpu_s: 1, peak_mib: 0.5}")
    return {_dimension(name, "weights", source): _weight(name, weight, source) for name, weight in value.items()}


def _weight(name: object, value: object, source: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise SettingsError(f"{source}: the weight of {name} is {value!r}", hint="a number from 0 on; 1 is the default")
    return float(value)


def _dimension(word: object, key: str, source: str) -> Dimension:
    if word not in tuple(Dimension):
        raise SettingsError(f"{source}: {key} names {word!r}", hint=f"dimensions: {', '.join(Dimension)}")
    return Dimension(str(word))


_DEFAULT = """---
# What is looked at first: domains (cpu, memory, async, structure), paths or patterns.
focus: []
# Paths or patterns, relative to the repository's root, that no change may touch.
exclusions: []
# A command that must succeed after every change, besides the tests. For example: make check
guard:
# How much each dimension counts when one gets better and another worse; 1 where nothing is said. Dimensions: wall_s,
# cpu_s, peak_mib, gc_s, gc_collections, loop_block_s, throughput, import_s. For example: {peak_mib: 0.5}
weights: {}
# Dimensions that may not get worse, whatever is gained. For example: [peak_mib]
untouchable: []
---

# Conventions

Everything below the second line of dashes is free text: what else a change to this project has to respect.
A file conventions.md in the folder above the repository holds for all projects there; what is said here goes first.
"""
