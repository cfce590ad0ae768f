"""Run the facts of one unit: its statements in order, with what its names stand for at each."""

from collections.abc import Callable

from profiling.audit.linking.engine import FLOW, Call
from profiling.audit.linking.outside import Outside
from profiling.audit.linking.program import Unit
from profiling.audit.linking.reasons import Reason
from profiling.audit.linking.values import NOTHING, Values, captured, is_open, key_of, plain, returned, yielded
from profiling.audit.reading.packed import Steps
from profiling.audit.reading.terms import CACHED, REPEAT, Op, Term


class Evaluator(Outside):
    """Evaluates units."""

    def run(self, unit: Unit, steps: Steps) -> None:
        """Evaluate a unit; what it found is in `links` and in the slots."""
        self.begin(unit, steps)
        self.captured = unit.scope.captured
        # A function's own names are seen by functions within it alone, a module's by everybody.
        self.is_seen = bool(self.captured) or not unit.index
        self.rebound = unit.scope.rebound
        self.repeating = False
        for repeating in (False, True) if unit.scope.flags & REPEAT else (False,):
            self.repeating = repeating
            for op in steps.ops:
                _OPS[op[0]](self, op)

    def value(self, term: Term) -> Values:
        """Return what a term may yield."""
        if type(term) is str:
            known = self.environment.get(term)
            if known is None:
                return self.load(term)
            if term not in self.sure:
                self.tier = FLOW
            return known
        if term is None:
            return NOTHING
        values: Values = _TERMS[term[0]](self, term)
        return values

    def _assign(self, op: Op) -> None:
        name = op[1]
        values = self.value(op[2])
        if (op[3] or (self.repeating and "'" not in name)) and name in self.environment:
            values = values | self.environment[name]
        elif op[3] and self.function is not None and name in self.function.by_name:
            values = values | self.load(name)
        if name in self.rebound:
            values = values | self.read(captured(self.unit.name, name))
        self.environment[name] = values
        if self.sure:
            self.sure.discard(name)
        if values and self.is_seen:
            self._show(name, values)

    def _show(self, name: str, values: Values) -> None:
        """Let other units see what a name stands for, where they can."""
        if not self.unit.index:
            if "'" not in name:
                self.slots.add(f"{self.module}.{name}", values)
        elif name in self.captured:
            self.slots.add(captured(self.unit.name, name), values)

    def _set_attribute(self, op: Op) -> None:
        values = plain(self.value(op[3]))
        for value in sorted(self.value(op[1])):
            self.store_attribute(value, op[2], values, op[4])

    def _set_item(self, op: Op) -> None:
        values = self.value(op[3])
        keys = self.value(op[2])
        key = key_of(keys)
        for value in sorted(self.value(op[1])):
            if value[0] in "ld":
                self.put_item(value[2:], key, values, strong=not op[5])
                if value[0] == "d" and keys and key is None:
                    self._note_keys(value, keys)
            elif value[0] in "oi":
                self.call_special(value, "__setitem__", op[4], "[]=", [keys, values])

    def _note_keys(self, value: str, keys: Values) -> None:
        self.slots.add(f"{value[2:]}{{}}", frozenset([key for key in keys if key[0] not in "kn"]))

    def _delete_item(self, op: Op) -> None:
        self.value(op[2])
        for value in sorted(self.value(op[1])):
            if value[0] in "oi":
                self.call_special(value, "__delitem__", op[3], "del []")

    def _return(self, op: Op) -> None:
        values = self.value(op[1])
        if values:
            self.slots.add(returned(self.unit.name), plain(values))

    def _yield(self, op: Op) -> None:
        values = self.value(op[1])
        if values:
            self.slots.add(yielded(self.unit.name), values)

    def _evaluate(self, op: Op) -> None:
        self.weak = op[2]
        self.value(op[1])
        self.weak = 0

    def _define(self, op: Op) -> None:
        _, index, name, decorators, defaults, owner, weak = op
        full = self.program.function_named(self.module, index)
        function = self.program.functions.get(full)
        for parameter, term in defaults:
            if function is not None:
                self.give(function, parameter, self.value(term))
        if not name:
            return
        values = frozenset({f"f:{full}"})
        for term, call in reversed(decorators):
            values = self._decorated(term, call, values)
        if owner >= 0:
            if decorators:
                self.slots.add(full, values)
            return
        self._bind(name, values, weak, sure=not decorators)

    def _decorated(self, term: Term, index: int, values: Values) -> Values:
        """Return what a decorator makes of a function or class; the thing itself where that isn't known."""
        self.tier = 0
        targets = self.value(term)
        made = self._apply_decorator(targets, index, values)
        for target in sorted(targets):
            if target[0] == "x":
                return values
        if made:
            return made | self._wrapped(made, values)
        if not self.late and any(target[0] in "fboic" for target in targets):
            self.unsettled.add(self.unit.number)
            return NOTHING
        return values

    def _apply_decorator(self, targets: Values, index: int, values: Values) -> Values:
        made = self.apply_all(targets, Call(index, [values]), self.tier) if targets else NOTHING
        if any(target[0] == "r" for target in targets):
            self.links.missing.setdefault(index, Reason.OUTSIDE_DECORATOR)
        return made

    def _wrapped(self, made: Values, values: Values) -> Values:
        """Return what gives the results of functions whose wrappers say by `functools.wraps` that they are alike."""
        functions = [self.program.functions.get(each[2:]) for each in made if each[0] == "f"]
        if any(each is not None and each.flags & CACHED for each in functions):
            return frozenset(f"w:{each[2:]}" for each in values if each[0] == "f")
        return NOTHING

    def _bind(self, name: str, values: Values, weak: int, *, sure: bool) -> None:
        if weak and name in self.environment:
            values = values | self.environment[name]
        self.environment[name] = values
        if sure:
            self.sure.add(name)
        if values and self.is_seen:
            self._show(name, values)

    def _define_class(self, op: Op) -> None:
        _, index, name, decorators, owner, weak = op
        values = frozenset({f"c:{self.program.class_named(self.module, index)}"})
        for term, call in reversed(decorators):
            self._apply_decorator(self.value(term), call, values)
        if owner < 0 and self.unit.index:
            self._bind(name, values, weak, sure=True)

    def _import(self, op: Op) -> None:
        _, name, module, attribute, level, weak = op
        bound = self.program.imported(self.module, module, attribute, level)
        values = bound.values
        for slot in bound.slots:
            values = values | self.variable(slot)
        self._bind(name, values, weak, sure=not bound.slots)

    def _set_global(self, op: Op) -> None:
        values = self.value(op[2])
        if values:
            self.slots.add(f"{self.module}.{op[1]}", values)

    def _set_outer(self, op: Op) -> None:
        values = self.value(op[2])
        slot = self._closure(op[1])
        if values and slot:
            self.slots.add(slot, values)

    def _set_class(self, op: Op) -> None:
        values = self.value(op[3])
        if values:
            self.slots.add(f"{self.program.class_named(self.module, op[1])}.{op[2]}", plain(values))

    def _raised(self, op: Op) -> None:
        self._raise(op[1], op[2])

    def _known(self, term: Term) -> Values:
        return frozenset({term[1]})

    def _lambda(self, term: Term) -> Values:
        return frozenset({f"f:{self.program.function_named(self.module, term[1])}"})

    def _join(self, term: Term) -> Values:
        return NOTHING.union(*[self.value(each) for each in term[1]])

    def _each(self, term: Term) -> Values:
        values = NOTHING
        for each in term[1]:
            values = self.value(each)
        return values

    def _star(self, term: Term) -> Values:
        return self.value(term[1])

    def _class_name(self, term: Term) -> Values:
        facts = self.program.declarations[self.module].classes[term[1]]
        full = f"{self.module}.{facts.path}.{term[2]}"
        if term[2] in facts.nested:
            return frozenset({f"c:{full}"})
        self.tier = FLOW
        found = self.read(full)
        return found or (frozenset({f"f:{full}"}) if term[2] in facts.methods else NOTHING)

    def _own_class(self, term: Term) -> Values:
        return frozenset({f"c:{self.program.class_named(self.module, term[1])}"}) if term[1] >= 0 else NOTHING

    def _typed(self, term: Term) -> Values:
        typed = self.types.of(term[1], self.module, self.unit.name)
        return typed if typed and not is_open(typed) else typed | self.value(term[2])


_TERMS: list[Callable[[Evaluator, Term], Values]] = [
    Evaluator._attribute, Evaluator._call, Evaluator._item, Evaluator._known, Evaluator._sequence,
    Evaluator._mapping, Evaluator._lambda, Evaluator._join, Evaluator._iterate, Evaluator._enter, Evaluator._binary,
    Evaluator._test, Evaluator._each, Evaluator._star, Evaluator._narrow, Evaluator._class_name, Evaluator._slice,
    Evaluator._format, Evaluator._comprehension, Evaluator._own_class, Evaluator._contains, Evaluator._delegate,
    Evaluator._typed,
]  # fmt: skip
_OPS: list[Callable[[Evaluator, Op], None]] = [
    Evaluator._assign, Evaluator._set_attribute, Evaluator._set_item, Evaluator._return, Evaluator._yield,
    Evaluator._evaluate, Evaluator._define, Evaluator._import, Evaluator._set_global, Evaluator._set_class,
    Evaluator._raised, Evaluator._delete_item, Evaluator._define_class, Evaluator._set_outer,
]  # fmt: skip
