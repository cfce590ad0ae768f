"""Makes records of words: what a function's own words say is gathered until the function ends."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from profiling.audit.dsl import drafts
from profiling.audit.dsl.interned import Callees, Loops, Reals, Sizes, Strings, Wholes, by_value
from profiling.audit.dsl.records import Edge, Pair, Pipeline, Reached, Statement
from profiling.audit.dsl.words import NIL, Value, usual_qualname
from profiling.audit.model import (
    Action,
    Callee,
    CallSite,
    CostClass,
    ExpensiveOp,
    FileProblem,
    FunctionNode,
    MutationKind,
    NodeKind,
    Redundancy,
    StateMutation,
    Tier,
    Unresolved,
    Write,
    WriteKind,
)

Values = list[Any]
"""Of a word, each a `Value`: an atom or a list of such; a handler finds out by taking it for what its word expects."""


# Looking a word up is several times faster than calling its class.
_WRITES: Final = by_value(WriteKind)
_MUTATIONS: Final = by_value(MutationKind)
_COSTS: Final = by_value(CostClass)
_NODES: Final = by_value(NodeKind)
_EXACT: Final = Tier.EXACT.value
_NO_FUNCTION: Final = "it speaks of a function, and no fn stands above it"


class Misplaced(Exception):
    """A word stands where there is nothing it could speak of."""


class Builder:
    """Takes words with their values, as they are written.

    Every handler is called with the list of its word's values. It raises ValueError, KeyError or TypeError when they
    are too many, too few or not of their sort, and Misplaced where its word speaks of nothing; then it can be called
    again, as if it had not been.

    Attributes:
        details: handlers of the words that speak of a function or of a site.
        statements: handlers of the words that stand for themselves, to be called after `finish`; each gives a record,
            but that of `fn`, whose function is given by the next `finish`.
    """

    def __init__(self) -> None:
        self._string = Strings()
        self._whole = Wholes()
        self._size = Sizes()
        self._real = Reals()
        self._callee = Callees(self._string)
        self._loop = Loops()
        # Drafts of the function under way, None when none is; and of the site whose word is still to come.
        self._function: Any = None
        self._begun = drafts.site()
        self._said: list[str] = []
        """Words of that site."""
        self._callees: tuple[Callee, ...] = ()
        self._decorators: list[str] = []
        self._sites: list[CallSite] = []
        self._stores: list[Write] = []
        self._mutations: list[StateMutation] = []
        self._operations: list[ExpensiveOp] = []
        self.details: Mapping[str, Callable[[Values], None]] = {
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
            "loop": self._around,
            "data": self._data,
        }
        self.statements: Mapping[str, Callable[[Values], Statement | None]] = {
            "fn": self._fn,
            "pair": self._pair,
            "edge": self._edge,
            "unknown-call": self._unresolved,
            "problem": self._problem,
            "action": self._action,
            "action-run": self._action_run,
            "redundancy": self._redundancy,
            "reached": self._reached,
            "pipeline": self._pipeline,
        }

    def finish(self) -> FunctionNode | None:
        """End the function under way and return it, None when there is none.

        Raises:
            Misplaced: details of a call stand above, and no call.
        """
        node = self._function
        if node is None:
            return None
        if self._said:
            raise Misplaced(f"a site is missing for {', '.join(dict.fromkeys(self._said))} above")
        if node.kind is None:
            # A text by hand need not have a `def`.
            node.kind = NodeKind.FUNCTION
            node.qualname = usual_qualname(node.name, NodeKind.FUNCTION)
        if self._callees:
            # Nor a site: it may name what a function calls, and no more.
            self._sites += [CallSite(line=node.line, text=one.name, callees=(one,)) for one in self._callees]
            self._callees = ()
        self._gathered_into(node)
        self._function = None
        node.__class__ = FunctionNode
        finished: FunctionNode = node
        return finished

    def _gathered_into(self, node: Any) -> None:
        if self._sites:
            node.calls = tuple(self._sites)
            self._sites = []
        if self._operations:
            node.expensive_ops = tuple(self._operations)
            self._operations = []
        if self._mutations:
            node.state_mutations = tuple(self._mutations)
            self._mutations = []
        if self._stores:
            node.writes = tuple(self._stores)
            self._stores = []
        if self._decorators:
            node.decorators = tuple(self._decorators)
            self._decorators = []

    def _of_function(self) -> Any:
        if self._function is None:
            raise Misplaced(_NO_FUNCTION)
        return self._function

    def _of_site(self, word: str) -> Any:
        self._of_function()
        self._said.append(word)
        return self._begun

    def _fn(self, values: Values) -> None:
        name, file, line = values
        string = self._string
        self._function = drafts.function(string[name], string[file], self._whole[line])

    def _def(self, values: Values) -> None:
        first, end, qualname, kind = values
        function = self._of_function()
        node = _NODES[kind]
        begun, ended = self._size[first], self._whole[end]
        function.qualname = usual_qualname(function.name, node) if qualname == NIL else self._string[qualname]
        function.end_line = ended
        if begun is not None:
            function.first_line = begun
        function.kind = node

    def _async(self, values: Values) -> None:
        _refuse_any(values)
        self._of_function().is_async = True

    def _generator(self, values: Values) -> None:
        _refuse_any(values)
        self._of_function().is_generator = True

    def _decorator(self, values: Values) -> None:
        (text,) = values
        self._of_function()
        self._decorators.append(self._string[text])

    def _calls(self, values: Values) -> None:
        callee, tier, line, text = values
        found = self._callee[callee, tier]
        if self._function is None or self._said or self._callees:
            self._end_site(line, text, (*self._callees, *found))
            return
        # Most lines of a graph are these: nothing was gathered for them.
        self._sites.append(drafts.bare_site(self._whole[line], self._string[text], found))

    def _site(self, values: Values) -> None:
        line, text = values
        self._end_site(line, text, self._callees)

    def _end_site(self, line: str, text: str, callees: tuple[Callee, ...]) -> None:
        if self._function is None:
            raise Misplaced(_NO_FUNCTION)
        site = self._begun
        site.line = self._whole[line]
        site.text = self._string[text]
        site.callees = callees
        site.__class__ = CallSite
        self._sites.append(site)
        self._begun = drafts.site()
        self._callees = ()
        if self._said:
            self._said = []

    def _store(self, values: Values) -> None:
        self._stored(values, local=False)

    def _local_store(self, values: Values) -> None:
        self._stored(values, local=True)

    def _stored(self, values: Values, *, local: bool) -> None:
        kind, target, method, line = values
        self._of_function()
        string = self._string
        self._stores.append(
            Write(kind=_WRITES[kind], target=string[target], method=string[method], line=self._whole[line], local=local)
        )

    def _mut(self, values: Values) -> None:
        target, kind, line = values
        if self._function is None:
            raise Misplaced(_NO_FUNCTION)
        self._mutations.append(drafts.mutation(self._string[target], _MUTATIONS[kind], self._whole[line]))

    def _exp_op(self, values: Values) -> None:
        callee, cost_class, size, line, weight = values
        if self._function is None:
            raise Misplaced(_NO_FUNCTION)
        self._operations.append(
            drafts.operation(
                self._string[callee], _COSTS[cost_class], self._size[size], self._whole[line], self._real[weight]
            )
        )

    def _call(self, values: Values) -> None:
        (callee,) = values
        self._of_function()
        self._callees += self._callee[callee, _EXACT]

    def _call_as(self, values: Values) -> None:
        callee, tier = values
        self._of_function()
        self._callees += self._callee[callee, tier]

    def _reason(self, values: Values) -> None:
        (why,) = values
        reason = self._string[why]
        self._of_site("reason").reason = reason

    def _implicit(self, values: Values) -> None:
        _refuse_any(values)
        self._of_site("implicit").implicit = True

    def _awaited(self, values: Values) -> None:
        _refuse_any(values)
        self._of_site("awaited").awaited = True

    def _around(self, values: Values) -> None:
        if self._function is None:
            raise Misplaced(_NO_FUNCTION)
        loop = self._loop[tuple(values)]
        self._said.append("loop")
        self._begun.loops += (loop,)

    def _data(self, values: Values) -> None:
        literal, mode, size, source = values
        self._of_function()
        string = self._string
        found = (
            None if literal == NIL else string[literal],
            None if mode == NIL else string[mode],
            self._size[size],
            string[source],
        )
        site = self._of_site("data")
        site.literal, site.mode, site.size, site.source = found

    def _pair(self, values: Values) -> Pair:
        name, value = values
        return Pair(name=self._string[name], value=self._string[value])

    def _edge(self, values: Values) -> Edge:
        caller, callee = values
        return drafts.edge(self._string[caller], self._string[callee])

    def _unresolved(self, values: Values) -> Unresolved:
        caller, text, line, reason = values
        string = self._string
        return Unresolved(caller=string[caller], text=string[text], line=self._whole[line], reason=string[reason])

    def _problem(self, values: Values) -> FileProblem:
        file, problem = values
        return FileProblem(file=self._string[file], problem=self._string[problem])

    def _action(self, values: Values) -> Action:
        name, entry_points, description = values
        string = self._string
        return Action(name=string[name], entry_points=self._strings(entry_points), description=string[description])

    def _action_run(self, values: Values) -> Action:
        *action, argv = values
        return replace(self._action(action), argv=self._strings(argv))

    def _redundancy(self, values: Values) -> Redundancy:
        callee, source, places = values
        return Redundancy(callee=self._string[callee], source=self._string[source], places=self._strings(places))

    def _reached(self, values: Values) -> Reached:
        function, depth, load = values
        return drafts.reached(self._string[function], self._whole[depth], self._real[load])

    def _pipeline(self, values: Values) -> Pipeline:
        (operations,) = values
        return Pipeline(operations=self._strings(operations))

    def _strings(self, atoms: Value) -> tuple[str, ...]:
        if not isinstance(atoms, list):
            raise TypeError("a list is expected")
        return tuple(map(self._string.__getitem__, atoms))


def _refuse_any(values: Values) -> None:
    if values:
        raise ValueError("it takes no values")
