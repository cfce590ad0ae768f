"""How one audit differs from an earlier one: functions, calls, costs, actions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from profiling.audit.dsl import contents
from profiling.audit.dsl.errors import DslError
from profiling.audit.dsl.read import read
from profiling.audit.dsl.records import FORMAT, Edge, Pair, Record
from profiling.audit.model import Action, FunctionNode
from profiling.audit.render.text import amount, counted, visible
from profiling.audit.report import Audit

MOST_SHOWN = 40
_LARGEST_FILE_BYTES = 256 * 2**20
# Estimates are read from text: a difference in the last digit is none.
_SAME = 1e-9

T = TypeVar("T")


class NoSuchAudit(LookupError):
    """There is no audit of that day, or its files can't be read; the message says which and why."""


@dataclass(slots=True, kw_only=True)
class Snapshot:
    """What of an audit is compared.

    Attributes:
        name: of the audit, for a person.
        functions: place (`file:line`) by name.
        edges: calls by caller and callee, those to the outside too.
        costs: weight of a function's own operations, by name.
        mutations: how many state changes a function has, by name.
        actions: load by name.
    """

    name: str
    functions: dict[str, str] = field(default_factory=dict)
    edges: set[Edge] = field(default_factory=set)
    costs: dict[str, float] = field(default_factory=dict)
    mutations: dict[str, int] = field(default_factory=dict)
    actions: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure that differs; None where the function or action is not there."""

    name: str
    before: float | None
    after: float | None

    @property
    def difference(self) -> float:
        """Return by how much it grew."""
        return (self.after or 0.0) - (self.before or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What differs.

    Attributes:
        before, after: names of the audits.
        added_functions, removed_functions: with their places, by name.
        added_edges, removed_edges: between functions that both audits have, or one of them.
        costs: of functions in both or one, the largest difference first.
        mutations: likewise, numbers of state changes.
        actions: loads of actions in both; which ones an audit has depends on what was asked for.
    """

    before: str
    after: str
    added_functions: Sequence[str]
    removed_functions: Sequence[str]
    added_edges: Sequence[Edge]
    removed_edges: Sequence[Edge]
    costs: Sequence[Change]
    mutations: Sequence[Change]
    actions: Sequence[Change]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing differs."""
        functions, edges = (self.added_functions, self.removed_functions), (self.added_edges, self.removed_edges)
        return not any((*functions, *edges, self.costs, self.mutations, self.actions))


def snapshot(audit: Audit) -> Snapshot:
    """Return what of an audit is compared."""
    found = Snapshot(name=f"the audit of {audit.day.isoformat()} ({audit.tree})")
    for records in (contents.call_graph, contents.expensive_operations, contents.state_mutations):
        _add(found, records(audit))
    found.actions |= {profile.action.name: profile.total_load for profile in audit.actions}
    return found


def read_snapshot(folder: Path) -> Snapshot:
    """Return what was written of an audit.

    Args:
        folder: of one day.

    Raises:
        NoSuchAudit: it is not there, or a file of it is damaged.
    """
    found = Snapshot(name=f"the audit of {folder.name}")
    if folder.is_symlink() or not folder.is_dir():
        raise NoSuchAudit(f"there is no audit at {folder}")
    for name in ("call_graph.dsl", "expensive_ops.dsl", "state_mutations.dsl"):
        _from_file(folder / name, lambda records: _add(found, records))
    for path in sorted((folder / "actions").glob("*.dsl")):
        _from_file(path, lambda records: _add_action(found, records))
    return found


def drift(before: Snapshot, after: Snapshot) -> Drift:
    """Return what differs between two audits."""
    added, removed = after.functions.keys() - before.functions.keys(), before.functions.keys() - after.functions.keys()
    return Drift(
        before=before.name,
        after=after.name,
        added_functions=sorted(f"{name} {after.functions[name]}" for name in added),
        removed_functions=sorted(f"{name} {before.functions[name]}" for name in removed),
        added_edges=_sorted(after.edges - before.edges),
        removed_edges=_sorted(before.edges - after.edges),
        costs=_changes(before.costs, after.costs),
        mutations=_changes(before.mutations, after.mutations),
        actions=[one for one in _changes(before.actions, after.actions) if None not in (one.before, one.after)],
    )


def drift_lines(found: Drift) -> Iterator[str]:
    """Give what differs, for a person."""
    yield f"{visible(found.after)} compared with {visible(found.before)}:"
    if found.is_empty:
        yield "  nothing differs"
    yield from _listed("function", "added", found.added_functions, visible)
    yield from _listed("function", "removed", found.removed_functions, visible)
    yield from _listed("call", "added", found.added_edges, _edge)
    yield from _listed("call", "removed", found.removed_edges, _edge)
    yield from _listed("estimated cost", "changed", found.costs, _change)
    yield from _listed("count", "of state changes changed", found.mutations, _change)
    yield from _listed("action's load", "changed", found.actions, _change, plural="actions' loads")


def _add(found: Snapshot, records: Iterable[Record]) -> None:
    for record in records:
        if isinstance(record, FunctionNode):
            name = record.name
            found.functions[name] = f"{record.file}:{record.line}"
            found.edges.update(
                Edge(caller=name, callee=callee.name) for site in record.calls for callee in site.callees
            )
            if record.expensive_ops:
                found.costs[name] = sum(op.weight for op in record.expensive_ops)
            if record.state_mutations:
                found.mutations[name] = len(record.state_mutations)


def _add_action(found: Snapshot, records: Iterable[Record]) -> None:
    name = ""
    for record in records:
        if isinstance(record, Action):
            name = record.name
        elif isinstance(record, Pair) and record.name == "total_load":
            found.actions[name] = float(record.value)
            # All that follows is of no use here.
            return


def _from_file(path: Path, take: Callable[[Iterable[Record]], None]) -> None:
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST_FILE_BYTES:
            raise NoSuchAudit(f"{path} is a symbolic link, or larger than {_LARGEST_FILE_BYTES} bytes")
        with path.open(encoding="utf-8") as file:
            take(_of_this_format(read(file)))
    except (DslError, ValueError) as error:
        raise NoSuchAudit(f"{path}: {error}") from error
    except OSError as error:
        raise NoSuchAudit(f"{path} can't be read: {error.strerror or error}") from error


def _of_this_format(records: Iterable[Record]) -> Iterator[Record]:
    for record in records:
        if isinstance(record, Pair) and record.name == "format" and record.value != FORMAT:
            raise NoSuchAudit(f"it is of format {record.value}, this version reads {FORMAT}")
        yield record


def _changes(before: Mapping[str, float], after: Mapping[str, float]) -> Sequence[Change]:
    found = [
        Change(name=name, before=before.get(name), after=after.get(name))
        for name in before.keys() | after.keys()
        if not _is_same(before.get(name), after.get(name))
    ]
    return sorted(found, key=lambda change: (-abs(change.difference), change.name))


def _is_same(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is after
    return abs(before - after) <= _SAME * max(abs(before), abs(after))


def _sorted(edges: Iterable[Edge]) -> Sequence[Edge]:
    return sorted(edges, key=lambda edge: (edge.caller, edge.callee))


def _listed(noun: str, what: str, entries: Sequence[T], show: Callable[[T], str], *, plural: str = "") -> Iterator[str]:
    if not entries:
        return
    yield f"  {counted(len(entries), noun, plural)} {what}"
    yield from (f"    {show(entry)}" for entry in entries[:MOST_SHOWN])
    if len(entries) > MOST_SHOWN:
        yield f"    and {len(entries) - MOST_SHOWN} more"


def _edge(edge: Edge) -> str:
    return f"{visible(edge.caller)} -> {visible(edge.callee)}"


def _change(change: Change) -> str:
    before = "none" if change.before is None else amount(change.before)
    after = "none" if change.after is None else amount(change.after)
    return f"{visible(change.name)}: {before} -> {after}"
