"""Link again after an edit: only what the edit may change, and all of it when that can't be told."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from profiling.audit.changes import TooMuch, changed_names, mentions
from profiling.audit.linked import LinkedFile, links_from_json
from profiling.audit.linking.program import Program
from profiling.audit.linking.slots import Readers
from profiling.audit.linking.solve import Solver
from profiling.audit.linking.values import TYPED, Values
from profiling.audit.reading.facts import Declarations
from profiling.audit.store import FileRow, Kept

_MOST_NAMES = 60
_MOST_UNITS = 0.25
"""Share of the units beyond which linking all anew is no slower."""
_OWNER = re.compile(r"[(<{\[/#@]")
"""What ends the name of the function whose slot it is."""


class Relink:
    """One try to link what an edit may have changed."""

    def __init__(self, program: Program, files: Mapping[str, LinkedFile], kept: Kept, solver: Solver) -> None:
        self._program = program
        self._files = files
        self._kept = kept
        self._solver = solver
        self._same: dict[int, int] = {}
        """Numbers under which units of edited files are kept that did not change, by their present ones."""

    def run(self, before: Mapping[str, Declarations | None], gone: Iterable[str]) -> None:
        """Link the files that were read now, and those that may notice.

        Args:
            before: what each of these files declared, None for a new one.
            gone: files that were kept and are no more.

        Raises:
            TooMuch: all must be linked anew.
        """
        removed = list(gone)
        affected = self._affected(before, removed)
        self._restore()
        units = self._program.units
        numbers = [unit.number for unit in units if unit.file in affected and unit.number not in self._same]
        if len(numbers) > max(200, _MOST_UNITS * len(units)):
            raise TooMuch
        self._solver.again(numbers)
        self._check(removed, affected)
        self._solver.settle_after(numbers)

    def _affected(self, before: Mapping[str, Declarations | None], removed: list[str]) -> set[str]:
        """Return the files that changed, and those that say a name whose meaning may have."""
        names: set[str] = set()
        for file, old in before.items():
            names |= changed_names(old, self._program.declarations[self._program.modules.names[file]])
        for file in removed:
            names |= changed_names(Declarations.from_json(self._kept.rows[file].declarations), None)
        names = {name for name in names if not name.startswith("<lambda")}
        names |= self._renamed(names)
        names |= self._implemented(names)
        if len(names) > _MOST_NAMES:
            raise TooMuch
        for file, old in before.items():
            if old is not None and not mentions(self._kept.rows[file].bodies, names):
                self._reuse(file, old)
        affected = set(before)
        for file, row in self._kept.rows.items():
            if (names and file in self._files and (mentions(row.bodies, names) or mentions(row.edges, names))) or (
                names and file in self._files and mentions(row.declarations, names)
            ):
                affected.add(file)
        return affected

    def _reuse(self, file: str, old: Declarations) -> None:
        """Take over what is known of the units of an edited file that only moved."""
        row = self._kept.rows[file]
        links, edges = links_from_json(row.links), json.loads(row.edges)
        places = {scope.path: index for index, scope in enumerate(old.scopes)}
        count = Counter(scope.path for scope in old.scopes)
        module = self._program.modules.names[file]
        first = self._program.unit_at[module]
        for index, scope in enumerate(self._program.declarations[module].scopes):
            place = places.get(scope.path, 0)
            if not place or old.scopes[place].digest != scope.digest or count[scope.path] > 1:
                continue
            unit = self._program.units[first + index]
            moved = scope.first_line - old.scopes[place].first_line
            self._files[file].fresh[index] = links[place].moved(moved)
            self._files[file].edges[unit.name] = edges.get(unit.name, {})
            self._same[unit.number] = kept_number(row, place)

    def _renamed(self, names: set[str]) -> set[str]:
        """Return the names under which other modules import some names."""
        return {
            bound
            for declarations in self._program.declarations.values()
            for bound, targets in declarations.imports.items()
            if any(attribute in names for _, attribute, _ in targets)
        }

    def _implemented(self, names: set[str]) -> set[str]:
        """Return all members of the protocols of which some changed, or came to be implemented elsewhere."""
        protocols = self._solver.classes.protocols
        found: set[str] = set()
        for name in filter(protocols.is_protocol, self._program.classes):
            members = protocols.members(name)
            if not members.isdisjoint(names) or name.rpartition(".")[2] in names:
                found |= members
        return found

    def _restore(self) -> None:
        """Put back what the slots held and who read them."""
        state = json.loads(self._kept.state["slots"])
        later = json.loads(self._kept.state.get("later", "{}"))
        slots = self._solver.slots
        slots.held.update({slot: frozenset(values) for slot, values in state["held"].items()})
        slots.held.update({slot: frozenset(values) for slot, values in later.get("held", {}).items()})
        number_of = self._numbers()
        for part in (state, later):
            slots.closed.update(part.get("closed", ()))
            slots.foreign.update(part.get("foreign", ()))
            for slot, readers in part.get("readers", {}).items():
                for each in readers:
                    if each in number_of:
                        slots.watch(slot, number_of[each])

    def _numbers(self) -> dict[int, int]:
        """Return the units' present numbers by the numbers under which they were kept."""
        found = {kept: number for number, kept in self._same.items()}
        for unit in self._program.units:
            row = self._files[unit.file].row
            if row is not None:
                found[kept_number(row, unit.index)] = unit.number
        return found

    def _check(self, removed: list[str], affected: set[str]) -> None:
        """Make sure that nothing that the units of these files no longer put into a slot stays there.

        Raises:
            TooMuch: something would.
        """
        present = {unit.name for unit in self._program.units}
        files = {*affected, *removed}
        lost = self._written_before(files)
        for log in self._solver.logs.values():
            for slot, values in log.items():
                if slot in lost:
                    _leave_lost(lost[slot], values)
        for slot, missing in lost.items():
            is_read = not slot.startswith(TYPED) and _is_of(slot, present)
            if missing and is_read and not self._elsewhere(slot, missing, files):
                raise TooMuch

    def _written_before(self, files: set[str]) -> dict[str, set[str]]:
        """Return what the units of some files put into slots when they were kept."""
        written: dict[str, set[str]] = {}
        same = {self._program.units[number].name for number in self._same}
        for file in files & self._kept.rows.keys():
            for name, slots in json.loads(self._kept.rows[file].writes).items():
                for slot, values in slots.items() if name not in same else ():
                    written.setdefault(slot, set()).update(values)
        return written

    def _elsewhere(self, slot: str, values: set[str], again: set[str]) -> bool:
        """Tell whether other files put the same into a slot."""
        waiting = set(values)
        quoted = json.dumps(slot)
        for file, row in self._kept.rows.items():
            if file in again or quoted not in row.writes:
                continue
            for slots in json.loads(row.writes).values():
                _leave_lost(waiting, slots.get(slot, ()))
            if not waiting:
                return True
        return False


def _leave_lost(lost: set[str], found: Iterable[str]) -> None:
    """Take what was found out of what counts as lost: instances and containers stand for each other.

    Which of them arrives first decides where many give way to a common base, so they are not compared one by one.
    """
    kinds = {value[0] for value in found}
    lost.difference_update(found)
    for group in ("oi", "ldgt"):
        if kinds.intersection(group):
            lost.difference_update([value for value in lost if value[0] in group])


def _is_of(slot: str, present: set[str]) -> bool:
    """Tell whether a slot counts: those of functions that are gone don't, nor single items beside all together."""
    if slot.endswith("]") and not slot.endswith("[+]"):
        return False
    marked = _OWNER.search(slot)
    return marked is None or slot[: marked.start()] in present


def kept_number(row: FileRow, index: int) -> int:
    """Return the number under which a unit is kept."""
    return row.number << 20 | index


def readers_to_keep(readers: Mapping[str, Readers], number_of: Mapping[int, int]) -> dict[str, list[int]]:
    """Return who reads what, by the numbers under which units are kept."""
    return {
        slot: [number_of[units]] if isinstance(units, int) else [number_of[each] for each in sorted(units)]
        for slot, units in readers.items()
    }


def held_to_keep(held: Mapping[str, Values]) -> dict[str, list[str]]:
    """Return what slots hold, in a stable order."""
    return {slot: sorted(values) for slot, values in held.items()}
