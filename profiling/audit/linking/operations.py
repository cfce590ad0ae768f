"""Operators, truth, formatting, `with`, narrowing: what they call without a call being written."""

from profiling.audit.linking.containers import Containers
from profiling.audit.linking.engine import BY_TYPE, EXACT
from profiling.audit.linking.results import OPERATED, class_of
from profiling.audit.linking.values import NOTHING, TEXT, Values, yielded
from profiling.audit.reading.operators import REFLECTED
from profiling.audit.reading.terms import Term


class Operations(Containers):
    """Evaluates operators."""

    def _binary(self, term: Term) -> Values:
        left, right = self.value(term[1]), self.value(term[2])
        if not left and not right:
            return NOTHING
        method, line = term[3], term[4]
        direct = method if method[:2] == "__" else f"__{method}__"
        found = NOTHING
        for value in sorted(left):
            if value[0] in "oi":
                found = found | self.call_special(value, direct, line, direct, [right])
                if direct == "__ne__" and not self.special(value, direct):
                    self.call_special(value, "__eq__", line, direct, [right])
            elif value[0] in "xr":
                given = OPERATED.get((class_of(value), method))
                found = found | {given} if given is not None else found
        if right and not found:
            found = self._reflected(right, left, method, line)
        # `"%s" % x` is text whatever x is.
        containers = ["t:str" if each[0] == "k" else each for each in left if each[0] in "ldtk"]
        containers += [each for each in right if each[0] in "ldt"]
        return found.union(containers) if containers else found

    def _reflected(self, right: Values, left: Values, method: str, line: int) -> Values:
        found = NOTHING
        if any(value[0] in "oi" for value in left):
            return found
        reflected = REFLECTED.get(method, "") if method[:2] == "__" else f"__r{method}__"
        for value in sorted(right):
            if value[0] in "oi":
                found = found | self.call_special(value, reflected, line, reflected, [left])
        return found

    def _test(self, term: Term) -> Values:
        values = self.value(term[1])
        for value in sorted(values):
            if value[0] in "oi":
                name = "__bool__" if self.special(value, "__bool__") else "__len__"
                self.call_special(value, name, term[2], "if")
        return values

    def _contains(self, term: Term) -> Values:
        element, container = self.value(term[1]), self.value(term[2])
        for value in sorted(container):
            if value[0] in "oi":
                if self.special(value, "__contains__"):
                    self.call_special(value, "__contains__", term[3], "in", [element])
                else:
                    self.iterate(frozenset({value}), term[3])
        if element and any(value[0] in "ldt" for value in container):
            for value in sorted(element):
                self.call_special(value, "__eq__", term[3], "in")
                self.call_special(value, "__hash__", term[3], "in")
        return NOTHING

    def _format(self, term: Term) -> Values:
        for part in term[1]:
            for value in sorted(self.value(part)):
                self.text_of(value, term[2], ("__format__", "__str__", "__repr__"))
        return TEXT

    def text_of(self, value: str, line: int, names: tuple[str, ...]) -> None:
        """Note which method makes text of an instance: the first that its class has."""
        for name in names:
            if self.special(value, name):
                self.call_special(value, name, line, name)
                return

    def _enter(self, term: Term) -> Values:
        values = self.value(term[1])
        line, is_async = term[2], term[3]
        enter, leave = ("__aenter__", "__aexit__") if is_async else ("__enter__", "__exit__")
        found = NOTHING
        for value in sorted(values):
            if value[0] in "oi":
                if self.special(value, enter):
                    found = found | self.call_special(value, enter, line, "with")
                self.call_special(value, leave, line, "with")
            elif value[0] == "h":
                found = found | (self.read(yielded(value[2:])) or self.yields(value[2:]))
            else:
                found = found | frozenset({value})
        return found

    def _narrow(self, term: Term) -> Values:
        base = self.value(term[1])
        types = NOTHING.union(*(self._type_of(each) for each in term[2]))
        if not types:
            return base
        if not term[3]:
            return frozenset([each for each in base if not self._is_one_of(each, types)])
        self.tier = BY_TYPE
        kept = frozenset([each for each in base if self._is_one_of(each, types)])
        missing = frozenset([each for each in types if not any(self._is_one_of(one, {each}) for one in kept)])
        # Where nothing that came in fits, the test itself is the evidence.
        return kept | missing if not kept or not base else kept

    def _type_of(self, term: Term) -> Values:
        """Return instances of the class that a term names."""
        found: set[str] = set()
        waiting = sorted(self.value(term))
        for value in waiting:
            kind, name = value[0], value[2:]
            if kind == "c":
                found.add(f"i:{name}")
            elif kind == "x" and name.startswith("<builtin>."):
                found.add(f"t:{name[10:]}")
            elif kind == "x":
                found.add(f"r:{name}")
            elif kind == "l":
                waiting.extend(each for each in sorted(self.elements_of(value)) if each not in waiting)
        return frozenset(found)

    def _is_one_of(self, value: str, types: Values | set[str]) -> bool:
        kind, name = value[0], value[2:]
        for each in types:
            if each[0] == "i" and kind in "oi" and self.classes.is_subclass(name, each[2:]):
                return True
            if each == value or (each[0] == "t" and self._is_builtin(value, each[2:])):
                return True
        return False

    def _is_builtin(self, value: str, name: str) -> bool:
        kind = value[0]
        if name == "str":
            return kind == "k"
        if name == "int":
            return kind == "n"
        if kind == "l":
            return name in ("list", "tuple", "set", "frozenset")
        return kind == "d" and name == "dict"

    def _raise(self, term: Term, line: int) -> None:
        for value in sorted(self.value(term)):
            if value[0] == "c":
                init = self.classes.member(value[2:], "__init__").function
                if init:
                    self.implicit(line, "raise", init, EXACT)

    def _delegate(self, term: Term) -> Values:
        values = self.value(term[1])
        found = self.iterate(values, term[2])
        if found:
            self.slots.add(yielded(self.unit.name), found)
        return NOTHING
