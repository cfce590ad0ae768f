"""Writes records in the postfix language, one word a line."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from profiling.audit.dsl.records import Edge, Pair, Pipeline, Reached, Record
from profiling.audit.dsl.words import LIST, NIL, quoted, usual_qualname
from profiling.audit.model import (
    Action,
    Callee,
    CallSite,
    FileProblem,
    FunctionNode,
    Redundancy,
    Tier,
    Unresolved,
    Write,
)

_LARGEST_EXACT = 2.0**53
_EXACT = Tier.EXACT


class _Atoms(dict[str, str]):
    """Strings as atoms, each made once: names occur many times in a graph."""

    def __missing__(self, string: str) -> str:
        atom = self[string] = quoted(string)
        return atom


class _Numbers(dict[float, str]):
    """Numbers as atoms, each made once: few weights differ."""

    def __missing__(self, value: float) -> str:
        atom = self[value] = number(value)
        return atom


_Add: TypeAlias = Callable[[str], None]


def write(records: Iterable[Record]) -> Iterator[str]:
    """Give the text of each record, whole lines."""
    atoms, numbers = _Atoms(), _Numbers()
    for record in records:
        if isinstance(record, FunctionNode):
            yield _function(record, atoms, numbers)
        else:
            yield _STATEMENTS[type(record)](record, atoms)


def number(value: float) -> str:
    """Return a number as short as it can be read back exactly."""
    return str(int(value)) if abs(value) < _LARGEST_EXACT and value == int(value) else repr(value)


def _function(node: FunctionNode, atoms: _Atoms, numbers: _Numbers) -> str:
    lines = [_definition(node, atoms)]
    add = lines.append
    for text in node.decorators:
        add(f"{atoms[text]} decorator\n")
    if node.calls:
        _calls(node.calls, atoms, add)
    for store in node.writes:
        add(_store(store, atoms))
    # The value of a member by its public name is a call in Python, which takes as long as the rest of the line.
    for change in node.state_mutations:
        add(f"{atoms[change.target]} {change.kind._value_} {change.line} mut\n")
    for one in node.expensive_ops:
        size = NIL if one.size is None else one.size
        add(f"{atoms[one.callee]} {one.cost_class._value_} {size} {one.line} {numbers[one.weight]} exp-op\n")
    return "".join(lines)


def _definition(node: FunctionNode, atoms: _Atoms) -> str:
    line, kind = node.line, node.kind
    first = NIL if node.first_line == line else node.first_line
    qualname = NIL if node.qualname == usual_qualname(node.name, kind) else atoms[node.qualname]
    text = f"{atoms[node.name]} {atoms[node.file]} {line} fn\n{first} {node.end_line} {qualname} {kind._value_} def\n"
    if node.is_async:
        text += "async\n"
    if node.is_generator:
        text += "generator\n"
    return text


def _calls(sites: Iterable[CallSite], atoms: _Atoms, add: _Add) -> None:
    for site in sites:
        if site.loops or site.implicit or site.reason or site.awaited:
            _around(site, atoms, add)
        if site.source or site.literal is not None or site.size is not None or site.mode is not None:
            _data(site, atoms, add)
        callees = site.callees
        if len(callees) == 1:
            callee = callees[0]
            add(f"{atoms[callee.name]} {callee.tier._value_} {site.line} {atoms[site.text]} calls\n")
        else:
            _several(callees, atoms, add)
            add(f"{site.line} {atoms[site.text]} site\n")


def _several(callees: Iterable[Callee], atoms: _Atoms, add: _Add) -> None:
    for callee in callees:
        if callee.tier is _EXACT:
            add(f"{atoms[callee.name]} call\n")
        else:
            add(f"{atoms[callee.name]} {callee.tier._value_} call-as\n")


def _around(site: CallSite, atoms: _Atoms, add: _Add) -> None:
    if site.reason:
        add(f"{atoms[site.reason]} reason\n")
    if site.implicit:
        add("implicit\n")
    if site.awaited:
        add("awaited\n")
    for loop in site.loops:
        add(f"{loop.kind._value_} {loop.line} {NIL if loop.bound is None else loop.bound} loop\n")


def _data(site: CallSite, atoms: _Atoms, add: _Add) -> None:
    literal = NIL if site.literal is None else atoms[site.literal]
    mode = NIL if site.mode is None else atoms[site.mode]
    add(f"{literal} {mode} {NIL if site.size is None else site.size} {atoms[site.source]} data\n")


def _store(store: Write, atoms: _Atoms) -> str:
    word = "local-store" if store.local else "store"
    return f"{store.kind._value_} {atoms[store.target]} {atoms[store.method]} {store.line} {word}\n"


def _pair(record: Pair, atoms: _Atoms) -> str:
    return f"{atoms[record.name]} {atoms[record.value]} pair\n"


def _edge(record: Edge, atoms: _Atoms) -> str:
    return f"{atoms[record.caller]} {atoms[record.callee]} edge\n"


def _unresolved(record: Unresolved, atoms: _Atoms) -> str:
    return f"{atoms[record.caller]} {atoms[record.text]} {record.line} {atoms[record.reason]} unknown-call\n"


def _problem(record: FileProblem, atoms: _Atoms) -> str:
    return f"{atoms[record.file]} {atoms[record.problem]} problem\n"


def _action(record: Action, atoms: _Atoms) -> str:
    told = f"{atoms[record.name]} {_list(record.entry_points, atoms)} {atoms[record.description]}"
    return f"{told} {_list(record.argv, atoms)} action-run\n" if record.argv else f"{told} action\n"


def _redundancy(record: Redundancy, atoms: _Atoms) -> str:
    return f"{atoms[record.callee]} {atoms[record.source]} {_list(record.places, atoms)} redundancy\n"


def _reached(record: Reached, atoms: _Atoms) -> str:
    return f"{atoms[record.function]} {record.depth} {number(record.load)} reached\n"


def _pipeline(record: Pipeline, atoms: _Atoms) -> str:
    return f"{_list(record.operations, atoms)} pipeline\n"


def _list(strings: Sequence[str], atoms: _Atoms) -> str:
    return " ".join([*map(atoms.__getitem__, strings), str(len(strings)), LIST])


_STATEMENTS: Final[Mapping[type[Any], Callable[[Any, _Atoms], str]]] = {
    Pair: _pair,
    Edge: _edge,
    Unresolved: _unresolved,
    FileProblem: _problem,
    Action: _action,
    Redundancy: _redundancy,
    Reached: _reached,
    Pipeline: _pipeline,
}
