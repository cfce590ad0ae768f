"""Writes records in the postfix language, one word a line."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias, assert_never

from profiling.audit.dsl.records import Edge, Pair, Pipeline, Reached, Record, Statement
from profiling.audit.dsl.words import LIST, NIL, quoted, usual_qualname
from profiling.audit.model import (
    Action,
    CallSite,
    ExpensiveOp,
    FileProblem,
    FunctionNode,
    Redundancy,
    StateMutation,
    Tier,
    Unresolved,
    Write,
)

_LARGEST_EXACT = 2.0**53


class _Atoms(dict[str, str]):
    """Strings as atoms, each made once: names occur many times in a graph."""

    def __missing__(self, string: str) -> str:
        atom = self[string] = quoted(string)
        return atom


_Atom: TypeAlias = Callable[[str], str]


def write(records: Iterable[Record]) -> Iterator[str]:
    """Give the text of each record, whole lines."""
    atom = _Atoms().__getitem__
    for record in records:
        yield _function(record, atom) if isinstance(record, FunctionNode) else _statement(record, atom)


def number(value: float) -> str:
    """Return a number as short as it can be read back exactly."""
    return str(int(value)) if abs(value) < _LARGEST_EXACT and value == int(value) else repr(value)


def _statement(record: Statement, atom: _Atom) -> str:
    match record:
        case Pair():
            return f"{atom(record.name)} {atom(record.value)} pair\n"
        case Edge():
            return f"{atom(record.caller)} {atom(record.callee)} edge\n"
        case Unresolved():
            return f"{atom(record.caller)} {atom(record.text)} {record.line} {atom(record.reason)} unknown-call\n"
        case FileProblem():
            return f"{atom(record.file)} {atom(record.problem)} problem\n"
        case Reached():
            return f"{atom(record.function)} {record.depth} {number(record.load)} reached\n"
        case _:
            return _with_list(record, atom)


def _with_list(record: Action | Redundancy | Pipeline, atom: _Atom) -> str:
    match record:
        case Action():
            return f"{atom(record.name)} {_list(record.entry_points, atom)} {atom(record.description)} action\n"
        case Redundancy():
            return f"{atom(record.callee)} {atom(record.source)} {_list(record.places, atom)} redundancy\n"
        case Pipeline():
            return f"{_list(record.operations, atom)} pipeline\n"
        case _:
            assert_never(record)


def _function(node: FunctionNode, atom: _Atom) -> str:
    lines = [f"{atom(node.name)} {atom(node.file)} {node.line} fn\n", _definition(node, atom)]
    lines += [f"{atom(text)} decorator\n" for text in node.decorators]
    for site in node.calls:
        _site(site, atom, lines.append)
    lines += [_store(store, atom) for store in node.writes]
    lines += [_mutation(one, atom) for one in node.state_mutations]
    lines += [_operation(one, atom) for one in node.expensive_ops]
    return "".join(lines)


def _definition(node: FunctionNode, atom: _Atom) -> str:
    first = NIL if node.first_line == node.line else node.first_line
    qualname = NIL if node.qualname == usual_qualname(node.name, node.kind) else atom(node.qualname)
    text = f"{first} {node.end_line} {qualname} {node.kind.value} def\n"
    if node.is_async:
        text += "async\n"
    if node.is_generator:
        text += "generator\n"
    return text


def _site(site: CallSite, atom: _Atom, add: Callable[[str], None]) -> None:
    if site.implicit or site.awaited or site.reason or site.loops:
        _around(site, atom, add)
    if site.source or site.literal is not None or site.size is not None or site.mode is not None:
        literal = NIL if site.literal is None else atom(site.literal)
        mode = NIL if site.mode is None else atom(site.mode)
        add(f"{literal} {mode} {_or_nil(site.size)} {atom(site.source)} data\n")
    if len(site.callees) == 1:
        callee = site.callees[0]
        add(f"{atom(callee.name)} {callee.tier._value_} {site.line} {atom(site.text)} calls\n")
        return
    for callee in site.callees:
        if callee.tier is Tier.EXACT:
            add(f"{atom(callee.name)} call\n")
        else:
            add(f"{atom(callee.name)} {callee.tier.value} call-as\n")
    add(f"{site.line} {atom(site.text)} site\n")


def _around(site: CallSite, atom: _Atom, add: Callable[[str], None]) -> None:
    if site.reason:
        add(f"{atom(site.reason)} reason\n")
    if site.implicit:
        add("implicit\n")
    if site.awaited:
        add("awaited\n")
    for loop in site.loops:
        add(f"{loop.kind.value} {loop.line} {_or_nil(loop.bound)} loop\n")


def _store(store: Write, atom: _Atom) -> str:
    word = "local-store" if store.local else "store"
    return f"{store.kind.value} {atom(store.target)} {atom(store.method)} {store.line} {word}\n"


def _mutation(one: StateMutation, atom: _Atom) -> str:
    return f"{atom(one.target)} {one.kind.value} {one.line} mut\n"


def _operation(one: ExpensiveOp, atom: _Atom) -> str:
    size = _or_nil(one.size)
    return f"{atom(one.callee)} {one.cost_class.value} {size} {one.line} {number(one.weight)} exp-op\n"


def _or_nil(whole: int | None) -> str:
    return NIL if whole is None else str(whole)


def _list(strings: Sequence[str], atom: _Atom) -> str:
    return " ".join([*map(atom, strings), str(len(strings)), LIST])
