"""Which functions a change reaches: those it changed, and what they call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.policy.code_changes import Kind, code_changes
from profiling.audit.target_facts import AuditFacts
from profiling.model import FunctionKey


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Name:
    """A function without its line, which moves: its file and qualified name."""

    file: str
    qualname: str


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> frozenset[Name]:
    """Return what is new or different: functions, bodies of classes, and modules; in what does not parse, nothing.

    Args:
        before, after: text by file; a file that is not in `before` is new.
    """
    return frozenset(found for file, text in after.items() for found in _changed_in(file, before.get(file, ""), text))


def reached(start: Iterable[Name], paths: Mapping[FunctionKey, AuditFacts]) -> frozenset[Name]:
    """Return these functions and all that they call, through any number of calls.

    Args:
        start: what was changed; functions inside one of them, and methods of a class among them, count as it.
        paths: the call graph.
    """
    starts = frozenset(start)
    keys = {_name(key): facts for key, facts in paths.items()}
    waiting = [name for name in keys if belongs(name, starts)]
    found = set(starts) | set(waiting)
    while waiting:
        facts = keys.get(waiting.pop())
        for callee in map(_name, facts.callees if facts else ()):
            if callee not in found:
                found.add(callee)
                waiting.append(callee)
    return frozenset(found)


def belongs(name: Name, names: frozenset[Name]) -> bool:
    """Say whether a function is one of these, stands in one of them, or is the class of one."""
    if name in names:
        return True
    parts = name.qualname.split(".")
    above = (".".join(parts[:count]) for count in range(1, len(parts)))
    if any(Name(file=name.file, qualname=one) in names for one in above):
        return True
    return any(one.file == name.file and one.qualname.startswith(f"{name.qualname}.") for one in names)


def _name(key: FunctionKey) -> Name:
    return Name(file=key.file, qualname=key.qualname)


def _changed_in(file: str, before: str, after: str) -> frozenset[Name]:
    try:
        changes = code_changes({file: before}, {file: after})
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(Name(file=file, qualname=one.qualname) for one in changes if one.kind is not Kind.REMOVED)
