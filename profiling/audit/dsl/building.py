"""Makes records of words: what a function's own words say is gathered until the function ends."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from profiling.audit.dsl.records import Edge, Pair, Pipeline, Reached, Statement
from profiling.audit.dsl.words import LIST, NIL, WORDS, unquoted, usual_qualname
from profiling.audit.model import (
    Action,
    Callee,
    CallSite,
    CostClass,
    ExpensiveOp,
    FileProblem,
    FunctionNode,
    Loop,
    LoopKind,
    MutationKind,
    NodeKind,
    Redundancy,
    StateMutation,
    Tier,
    Unresolved,
    Write,
    WriteKind,
)

E = TypeVar("E", Tier, LoopKind, WriteKind, MutationKind, CostClass, NodeKind)

Handler = Callable[..., Statement | None]


def _by_value(words: type[E]) -> Mapping[str, E]:
    return {word.value: word for word in words}


# Looking a word up is several times faster than calling its class.
_TIERS: Final = _by_value(Tier)
_LOOPS: Final = _by_value(LoopKind)
_WRITES: Final = _by_value(WriteKind)
_MUTATIONS: Final = _by_value(MutationKind)
_COSTS: Final = _by_value(CostClass)
_NODES: Final = _by_value(NodeKind)
_ACTING: Final = frozenset({*WORDS, LIST})


class Misplaced(Exception):
    """A word stands where there is nothing it could speak of."""


class _Strings(dict[str, str]):
    """Atoms as strings, each made once: names occur many times in a graph."""

    def __missing__(self, atom: str) -> str:
        if atom in _ACTING:
            raise ValueError(f"{atom} is a word: in quotes it would be a string")
        string = self[atom] = unquoted(atom)
        return string


class _Callees(dict[tuple[str, str], Callee]):
    """Callees by atom and tier, each made once."""

    def __init__(self, strings: _Strings) -> None:
        self._strings = strings

    def __missing__(self, key: tuple[str, str]) -> Callee:
        callee = self[key] = Callee(name=self._strings[key[0]], tier=_TIERS[key[1]])
        return callee


class Builder:
    """Takes words with their values, as they are written.

    Attributes:
        handlers: by word; called with its values. Each raises ValueError, KeyError or TypeError for values that are not
            of their sort, and Misplaced.
    """

    def __init__(self) -> None:
        self._string = _Strings()
        self._callee = _Callees(self._string)
        self._loops: dict[tuple[str, str, str], Loop] = {}
        # Fields of the function under way, None when none is; and of the site whose word is still to come.
        self._function: dict[str, Any] | None = None
        self._details: dict[str, Any] = {}
        self._begin_lists()
        self.handlers: Mapping[str, Handler] = {
            "fn": self._fn,
            "def": self._def,
            "async": self._async,
            "generator": self._generator,
            "decorator": self._decorator,
            "calls": self._calls,
            "site": self._site,
            "store": self._store,
            "local-store": self._local_store,
            "mut": self._mut,
            "exp-op": self._exp_op,
            "call": self._call,
            "call-as": self._call_as,
            "reason": self._reason,
            "implicit": self._implicit,
            "awaited": self._awaited,
            "loop": self._loop,
            "data": self._data,
            "pair": self._pair,
            "edge": self._edge,
            "unknown-call": self._unresolved,
            "problem": self._problem,
            "action": self._action,
            "redundancy": self._redundancy,
            "reached": self._reached,
            "pipeline": self._pipeline,
        }

    def finish(self) -> FunctionNode | None:
        """End the function under way and return it, None when there is none.

        Raises:
            Misplaced: details of a call stand above, and no call.
        """
        fields = self._function
        if fields is None:
            return None
        if self._details:
            raise Misplaced(f"a site is missing for {', '.join(self._details)} above")
        if "kind" not in fields:
            # A text by hand need not have a `def`.
            qualname = usual_qualname(fields["name"], NodeKind.FUNCTION)
            fields |= {"end_line": fields["line"], "qualname": qualname, "kind": NodeKind.FUNCTION}
        # Nor a site: it may name what a function calls, and no more.
        self._sites += [CallSite(line=fields["line"], text=one.name, callees=(one,)) for one in self._callees]
        node = FunctionNode(
            decorators=tuple(self._decorators),
            calls=tuple(self._sites),
            writes=tuple(self._writes),
            state_mutations=tuple(self._mutations),
            expensive_ops=tuple(self._operations),
            **fields,
        )
        self._function = None
        self._begin_lists()
        return node

    def _begin_lists(self) -> None:
        self._decorators: list[str] = []
        self._sites: list[CallSite] = []
        self._callees: list[Callee] = []
        self._writes: list[Write] = []
        self._mutations: list[StateMutation] = []
        self._operations: list[ExpensiveOp] = []

    def _of_function(self) -> dict[str, Any]:
        if self._function is None:
            raise Misplaced("it speaks of a function, and no fn stands above it")
        return self._function

    def _fn(self, name: str, file: str, line: str) -> None:
        begun = int(line)
        self._function = {"name": self._string[name], "file": self._string[file], "line": begun, "first_line": begun}

    def _def(self, first: str, end: str, qualname: str, kind: str) -> None:
        fields = self._of_function()
        node = fields["kind"] = _NODES[kind]
        if first != NIL:
            fields["first_line"] = int(first)
        fields["end_line"] = int(end)
        fields["qualname"] = usual_qualname(fields["name"], node) if qualname == NIL else self._string[qualname]

    def _async(self) -> None:
        self._of_function()["is_async"] = True

    def _generator(self) -> None:
        self._of_function()["is_generator"] = True

    def _decorator(self, text: str) -> None:
        self._of_function()
        self._decorators.append(self._string[text])

    def _calls(self, callee: str, tier: str, line: str, text: str) -> None:
        found = self._callee[callee, tier]
        if self._callees or self._details or self._function is None:
            self._callees.append(found)
            self._site(line, text)
            return
        # Most lines of a graph are these: nothing is gathered for them.
        self._sites.append(CallSite(line=int(line), text=self._string[text], callees=(found,)))

    def _site(self, line: str, text: str) -> None:
        self._of_function()
        site = CallSite(line=int(line), text=self._string[text], callees=tuple(self._callees), **self._details)
        self._sites.append(site)
        self._callees.clear()
        self._details.clear()

    def _store(self, kind: str, target: str, method: str, line: str) -> None:
        self._stored(kind, target, method, line)

    def _local_store(self, kind: str, target: str, method: str, line: str) -> None:
        self._stored(kind, target, method, line, local=True)

    def _stored(self, kind: str, target: str, method: str, line: str, *, local: bool = False) -> None:
        self._of_function()
        self._writes.append(
            Write(
                kind=_WRITES[kind],
                target=self._string[target],
                method=self._string[method],
                line=int(line),
                local=local,
            )
        )

    def _mut(self, target: str, kind: str, line: str) -> None:
        self._of_function()
        self._mutations.append(StateMutation(target=self._string[target], kind=_MUTATIONS[kind], line=int(line)))

    def _exp_op(self, callee: str, cost_class: str, size: str, line: str, weight: str) -> None:
        self._of_function()
        self._operations.append(
            ExpensiveOp(
                callee=self._string[callee],
                cost_class=_COSTS[cost_class],
                size=_whole_or_none(size),
                line=int(line),
                weight=float(weight),
            )
        )

    def _call(self, callee: str) -> None:
        self._call_as(callee, "exact")

    def _call_as(self, callee: str, tier: str) -> None:
        self._of_function()
        self._callees.append(self._callee[callee, tier])

    def _reason(self, why: str) -> None:
        self._of_site()["reason"] = self._string[why]

    def _implicit(self) -> None:
        self._of_site()["implicit"] = True

    def _awaited(self) -> None:
        self._of_site()["awaited"] = True

    def _loop(self, kind: str, line: str, bound: str) -> None:
        details = self._of_site()
        loop = self._loops.get((kind, line, bound))
        if loop is None:
            # Every call in a loop names it again.
            loop = Loop(kind=_LOOPS[kind], line=int(line), bound=_whole_or_none(bound))
            self._loops[kind, line, bound] = loop
        details["loops"] = (*details.get("loops", ()), loop)

    def _data(self, literal: str, mode: str, size: str, source: str) -> None:
        self._of_site().update(
            literal=None if literal == NIL else self._string[literal],
            mode=None if mode == NIL else self._string[mode],
            size=_whole_or_none(size),
            source=self._string[source],
        )

    def _of_site(self) -> dict[str, Any]:
        self._of_function()
        return self._details

    def _pair(self, name: str, value: str) -> Pair:
        return Pair(name=self._string[name], value=self._string[value])

    def _edge(self, caller: str, callee: str) -> Edge:
        return Edge(caller=self._string[caller], callee=self._string[callee])

    def _unresolved(self, caller: str, text: str, line: str, reason: str) -> Unresolved:
        string = self._string
        return Unresolved(caller=string[caller], text=string[text], line=int(line), reason=string[reason])

    def _problem(self, file: str, problem: str) -> FileProblem:
        return FileProblem(file=self._string[file], problem=self._string[problem])

    def _action(self, name: str, entry_points: list[str], description: str) -> Action:
        entries = self._strings(entry_points)
        return Action(name=self._string[name], entry_points=entries, description=self._string[description])

    def _redundancy(self, callee: str, source: str, places: list[str]) -> Redundancy:
        return Redundancy(callee=self._string[callee], source=self._string[source], places=self._strings(places))

    def _reached(self, function: str, depth: str, load: str) -> Reached:
        return Reached(function=self._string[function], depth=int(depth), load=float(load))

    def _pipeline(self, operations: list[str]) -> Pipeline:
        return Pipeline(operations=self._strings(operations))

    def _strings(self, atoms: list[str]) -> tuple[str, ...]:
        if not isinstance(atoms, list):
            raise TypeError("a list is expected")
        return tuple(map(self._string.__getitem__, atoms))


def _whole_or_none(atom: str) -> int | None:
    return None if atom == NIL else int(atom)
