"""Read and link a tree, with what is kept of it from the last time."""

import contextlib
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from profiling.audit.changes import TooMuch
from profiling.audit.linked import (
    LinkedFile,
    edges_of,
    fresh_file,
    kept_file,
    links_to_json,
    unit_writes,
    writes_to_json,
)
from profiling.audit.linking.engine import Links
from profiling.audit.linking.modules import is_package, module_table
from profiling.audit.linking.program import Program, Unit
from profiling.audit.linking.solve import Solver
from profiling.audit.model import FileProblem
from profiling.audit.reading.facts import (
    EXTRACTOR_VERSION,
    BodyFacts,
    Declarations,
    bodies_to_json,
    read_facts,
)
from profiling.audit.reading.packed import Steps
from profiling.audit.reading.source import SourceFile, Unreadable, bytes_of, read_bytes, shown_name
from profiling.audit.relink import Relink, held_to_keep, kept_number, readers_to_keep
from profiling.audit.store import FileRow, Kept, Store

_LARGE_BYTES = 12 * 1024 * 1024
"""Source beyond which what is known of it is kept as bytes: smaller trees need not spend the time."""
DAMAGED = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
"""What kept text that somebody else made may lead to."""
NOT_USED = "what was kept of earlier audits is damaged, all was read anew"


class Tree:
    """The files of a tree, linked.

    Attributes:
        program: all declarations; files: by path.
        problems: files left out, with the reason.
        notes: what is wrong with what was kept, one sentence each.
        is_anew: nothing that was kept is in it.
    """

    def __init__(self, found: Iterable[SourceFile], root_package: str, cache: Path | None) -> None:
        """Read and link.

        Args:
            found: the files.
            root_package: dotted name of the package that the source root is, empty where it is none.
            cache: folder for what is kept; None keeps nothing.
        """
        version = f"{EXTRACTOR_VERSION} {root_package} {sys.version_info[:2]}"
        self._store = Store(cache, version) if cache is not None else None
        self._sources = list(found)
        self._packing = bytes_of(self._sources) > _LARGE_BYTES
        self._root_package = root_package
        kept = self._store.load() if self._store is not None else Kept()
        self.notes = [f"{NOT_USED}: {kept.damage}"] if kept.damage else []
        self.is_anew = not kept.rows
        try:
            self._build(kept)
        except DAMAGED as error:
            if self.is_anew:
                raise
            self.notes.append(f"{NOT_USED}: {type(error).__name__}")
            self.is_anew = True
            self._build(Kept())

    def _build(self, kept: Kept) -> None:
        self.problems: list[FileProblem] = []
        self.files: dict[str, LinkedFile] = {}
        self._digests: dict[str, str] = {}
        declarations = dict(self._read(kept))
        root = self._root_package if is_package(self._root_package, declarations) else ""
        self.program = Program(module_table(self.files, root), declarations)
        gone = [path for path in kept.rows if path not in self.files]
        changed = [file for file, each in self.files.items() if each.row is None]
        self._root = root
        if not kept.rows or kept.state.get("root") != root:
            self._link_all()
        elif changed or gone:
            self._link_again(kept, changed, gone)

    def _read(self, kept: Kept) -> Iterator[tuple[str, Declarations]]:
        for source in self._sources:
            try:
                data = read_bytes(source)
                row = kept.rows.get(source.relative)
                digest = hashlib.sha256(data).hexdigest() if self._store is not None else ""
                self._digests[source.relative] = digest
                if row is not None and row.digest == digest:
                    declarations = Declarations.from_json(row.declarations)
                    self.files[source.relative] = kept_file(row)
                else:
                    facts = read_facts(data) if self._store is not None else read_facts(data, digests=False)
                    declarations = facts.declarations
                    self.files[source.relative] = fresh_file(facts.bodies, packing=self._packing)
            except Unreadable as error:
                self.problems.append(FileProblem(file=shown_name(source.relative), problem=str(error)))
            else:
                yield source.relative, declarations

    def _steps(self, number: int) -> Steps:
        unit = self.program.units[number]
        return self.files[unit.file].steps(unit.index)

    def _link_all(self) -> None:
        solver = Solver(self.program, self._steps, logging=self._store is not None, packing=self._packing)
        solver.solve()
        if self._store is not None:
            self._take(solver.links)
            numbers = {file: place for place, file in enumerate(self.files)}
            rows = [self._row(file, numbers[file], solver) for file in self.files]
            self._store.save(rows, (), self._state(solver, rows), anew=True)
            solver.release()
            return
        links = solver.links
        # What the slots held goes before the edges are made: both together would be the peak.
        solver.release()
        del solver
        self._take(links)

    def _link_again(self, kept: Kept, changed: list[str], gone: list[str]) -> None:
        """Link what an edit may have changed; everything where that can't be told."""
        before = {
            file: Declarations.from_json(kept.rows[file].declarations) if file in kept.rows else None
            for file in changed
        }
        solver = Solver(self.program, self._steps, logging=True)
        try:
            Relink(self.program, self.files, kept, solver).run(before, gone)
        except TooMuch:
            self._link_all()
            return
        self._take(solver.links)
        self._keep_changes(kept, solver, gone)
        solver.release()

    def _take(self, found: Mapping[int, Links | bytes]) -> None:
        """Give the files what was found for their units."""
        units = self.program.units
        again: dict[str, set[str]] = {}
        for number, links in found.items():
            unit = units[number]
            self.files[unit.file].fresh[unit.index] = links
            again.setdefault(unit.file, set()).add(unit.name)
        for file, names in again.items():
            self.files[file].edges.update((name, {}) for name in names)
            first = self.program.unit_at[self.program.modules.names[file]]
            for number in range(first, first + len(self.program.declarations[units[first].module].scopes)):
                if units[number].name in names:
                    edges_of(self.links(units[number]), self.files[file].edges[units[number].name])

    def links(self, unit: Unit) -> Links:
        """Return what a unit's calls reach."""
        return self.files[unit.file].links(unit.index)

    def body(self, unit: Unit) -> BodyFacts:
        """Return the facts of a unit's body."""
        return self.files[unit.file].body(unit.index)

    def _row(self, file: str, number: int, solver: Solver, before: FileRow | None = None) -> FileRow:
        linked = self.files[file]
        module = self.program.modules.names[file]
        first = self.program.unit_at[module]
        declarations = self.program.declarations[module]
        numbers = list(range(first, first + len(declarations.scopes)))
        known = json.loads(before.writes) if before is not None else {}
        present = {self.program.units[each].name for each in numbers}
        writes = {
            **{
                name: {slot: frozenset(each) for slot, each in slots.items()}
                for name, slots in known.items()
                if name in present
            },
            **unit_writes(self.program, solver.logs, [each for each in numbers if each in solver.logs]),
        }
        return FileRow(
            path=file,
            number=number,
            digest=self._digests[file],
            declarations=linked.row.declarations if linked.row is not None else declarations.to_json(),
            bodies=linked.row.bodies if linked.row is not None else bodies_to_json(linked.bodies()),
            links=links_to_json([linked.links(index) for index in range(len(numbers))]),
            edges=json.dumps(linked.edges, separators=(",", ":")),
            writes=writes_to_json(writes),
        )

    def _kept_numbers(self, rows: Iterable[FileRow]) -> dict[int, int]:
        """Return the numbers under which units are kept by their present ones."""
        row_of = {row.path: row for row in rows}
        return {
            unit.number: kept_number(row_of[unit.file], unit.index)
            for unit in self.program.units
            if unit.file in row_of
        }

    def _state(self, solver: Solver, rows: Iterable[FileRow]) -> dict[str, str]:
        slots = solver.slots
        text = {
            "held": held_to_keep(slots.held), "closed": sorted(slots.closed), "foreign": sorted(slots.foreign),
            "readers": readers_to_keep(slots.readers, self._kept_numbers(rows)),
        }  # fmt: skip
        return {"slots": json.dumps(text, separators=(",", ":")), "later": "{}", "root": self._root}

    def _keep_changes(self, kept: Kept, solver: Solver, gone: list[str]) -> None:
        """Keep what an edit changed beside what was kept before it."""
        if self._store is None:
            return
        units = self.program.units
        touched = dict.fromkeys(units[number].file for number in solver.links)
        fresh = max((row.number for row in kept.rows.values()), default=-1) + 1
        rows = {}
        for file in touched:
            known = kept.rows.get(file)
            number, fresh = (known.number, fresh) if known is not None else (fresh, fresh + 1)
            rows[file] = self._row(file, number, solver, known)
        later = self._later(kept, solver, rows)
        state = {"later": json.dumps(later, separators=(",", ":"))}
        self._store.save(rows.values(), gone, state, anew=False)

    def _later(self, kept: Kept, solver: Solver, rows: dict[str, FileRow]) -> dict[str, object]:
        """Return what the slots hold beyond what was kept at first."""
        slots = solver.slots
        later = json.loads(kept.state.get("later", "{}"))
        numbers = self._kept_numbers([*kept.rows.values(), *rows.values()])
        held = {**later.get("held", {}), **{slot: sorted(slots.held[slot]) for slot in slots.touched}}
        readers: dict[str, list[int]] = {slot: list(each) for slot, each in later.get("readers", {}).items()}
        for number, read in solver.reads.items():
            for slot in read:
                readers.setdefault(slot, []).append(numbers[number])
        readers = {slot: sorted(set(each)) for slot, each in readers.items()}
        return {"held": held, "readers": readers, "closed": sorted(slots.closed), "foreign": sorted(slots.foreign)}


@contextlib.contextmanager
def deep_enough(frames: int = 20_000) -> Iterator[None]:
    """Allow for the frames that nested expressions and calls take, and take it back."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, frames))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
