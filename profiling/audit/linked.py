"""What linking found, unit by unit: as it is made, as it is kept, and as it comes back."""

import json
from dataclasses import dataclass, field
from typing import Any

from profiling.audit.linking.engine import Links
from profiling.audit.linking.program import Program
from profiling.audit.linking.values import FOLLOWED, NOTHING, TYPED, Values
from profiling.audit.reading.facts import BodyFacts, bodies_from_json
from profiling.audit.reading.packed import PackedBodies, Steps, steps_of
from profiling.audit.store import FileRow
from profiling.collector import collector_paused

Edges = dict[str, int]
"""Tiers by callee."""


@dataclass(slots=True, kw_only=True)
class LinkedFile:
    """A file's units with what they reach; what was kept as text is read when it is asked for.

    Attributes:
        edges: by unit's name.
        row: as kept, None for a file that was read now.
        fresh: links, or these packed, of the units that were linked now, by scope's index.
    """

    edges: dict[str, Edges]
    row: FileRow | None = None
    _packed: PackedBodies | None = None
    _bodies: list[BodyFacts] | None = None
    _links: list[Links] | None = None
    fresh: dict[int, Links | bytes] = field(default_factory=dict)

    def bodies(self) -> list[BodyFacts]:
        """Return the bodies of its units."""
        if self._packed is not None:
            return [self._packed.body(index) for index in range(len(self._packed))]
        if self._bodies is None:
            with collector_paused():
                self._bodies = bodies_from_json(self.row.bodies) if self.row is not None else []
        return self._bodies

    def body(self, index: int) -> BodyFacts:
        """Return the body of a unit by its scope's index."""
        return self._packed.body(index) if self._packed is not None else self.bodies()[index]

    def steps(self, index: int) -> Steps:
        """Return what evaluating a unit needs, by its scope's index."""
        return self._packed.steps(index) if self._packed is not None else steps_of(self.bodies()[index])

    def links(self, index: int) -> Links:
        """Return the links of a unit by its scope's index."""
        found = self.fresh.get(index)
        if found is not None:
            return found if isinstance(found, Links) else Links.unpacked(found)
        if self._links is None:
            with collector_paused():
                self._links = links_from_json(self.row.links) if self.row is not None else []
        return self._links[index] if index < len(self._links) else Links()


def fresh_file(bodies: list[BodyFacts], *, packing: bool) -> LinkedFile:
    """Return a file that was read now.

    Args:
        bodies: of its scopes.
        packing: whether they are kept as bytes, which takes a third of the room and a little time.

    Raises:
        Unreadable: its bodies are nested too deeply.
    """
    if packing:
        return LinkedFile(edges={}, _packed=PackedBodies(bodies))
    return LinkedFile(edges={}, _bodies=bodies)


def kept_file(row: FileRow) -> LinkedFile:
    """Return a file as it was kept.

    Raises:
        ValueError: the kept text is something else.
    """
    edges = json.loads(row.edges)
    if type(edges) is not dict or not all(type(each) is dict for each in edges.values()):
        raise ValueError(f"The edges kept of {row.path} are no mapping.")
    return LinkedFile(edges=edges, row=row)


def edges_of(links: Links, into: Edges) -> None:
    """Add the edges of a unit to those of its name; of two ways to know one the surer stays."""
    for source in (links.calls, links.implicit):
        for found in source.values():
            for callee, tier in found.items():
                if into.get(callee, 9) > tier:
                    into[callee] = tier


def links_to_json(links: list[Links]) -> str:
    """Return the links of a file's units as one line."""
    rows = [
        [list(each.calls.items()), [[*key, found] for key, found in each.implicit.items()], list(each.missing.items())]
        for each in links
    ]
    return json.dumps(rows, separators=(",", ":"))


def links_from_json(text: str) -> list[Links]:
    """Read what `links_to_json` wrote.

    Raises:
        ValueError, TypeError: it is something else.
    """
    rows: list[Any] = json.loads(text)
    return [
        Links(dict(calls), {(line, word): found for line, word, found in implicit}, dict(missing))
        for calls, implicit, missing in rows
    ]


def writes_to_json(writes: dict[str, dict[str, Values]]) -> str:
    """Return what units put into slots as one line."""
    return json.dumps(
        {name: {slot: sorted(values) for slot, values in each.items()} for name, each in writes.items()},
        separators=(",", ":"),
    )


def unit_writes(
    program: Program, logs: dict[int, dict[str, Values]], numbers: list[int]
) -> dict[str, dict[str, Values]]:
    """Return what units put into slots, by name."""
    found: dict[str, dict[str, Values]] = {}
    for number in numbers:
        target = found.setdefault(program.units[number].name, {})
        for slot, values in logs.get(number, {}).items():
            followed = [value for value in values if value[0] in FOLLOWED or value[0] == "x"]
            if followed and not slot.startswith(TYPED):
                target[slot] = target.get(slot, NOTHING).union(followed)
    return found
