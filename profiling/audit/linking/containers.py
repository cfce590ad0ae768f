"""Lists, tuples, sets, mappings and iterators: what is put in and what comes out."""

from profiling.audit.linking.attributes import Attributes
from profiling.audit.linking.engine import BY_TYPE, FLOW
from profiling.audit.linking.results import ELEMENTS
from profiling.audit.linking.values import NOTHING, TEXT, TYPED, Values, all_items, any_item, item, key_of, keys_of
from profiling.audit.reading.terms import STAR, Term

_COUNTED = 16
"""Elements of a literal whose places from the end are kept too."""


class Containers(Attributes):
    """Follows values through containers."""

    def put_item(self, site: str, key: str | None, values: Values, *, strong: bool = False) -> None:
        """Store values under a key, or under any where it isn't known."""
        if site.startswith(TYPED):
            # One name stands for all containers of a type: what one holds says nothing of the others.
            return
        own = site in self.own_sites
        slot = item(site, key) if key is not None else any_item(site)
        if not own:
            self.slots.foreign.add(slot)
        if key is not None and own:
            self.items[slot] = values if strong else self.items.get(slot, NOTHING) | values
        elif own:
            for known in [each for each in self.items if each.startswith(f"{site}[")]:
                self.items[known] = self.items[known] | values
        if values:
            self.slots.add(slot, values)
            self.slots.add(all_items(site), values)

    def get_item(self, value: str, key: str | None) -> Values:
        """Return what a container holds under a key."""
        site = value[2:]
        self.tier = FLOW
        if key is None:
            return self.read(all_items(site))
        slot = item(site, key)
        if site in self.own_sites and slot in self.items and slot not in self.slots.foreign:
            self.read(slot)
            return self.items[slot]
        found, others = self.read(slot), self.read(any_item(site))
        return found | others if found and others else found or others

    def elements_of(self, value: str) -> Values:
        """Return the elements of one value, as far as they are stored."""
        kind, base = value[0], value[2:]
        self.tier = FLOW
        if kind == "l":
            return self.read(all_items(base))
        if kind == "d":
            return self.read(keys_of(base))
        if kind == "g":
            return self.yields(base)
        if kind == "r":
            return frozenset({ELEMENTS.get(value, value)})
        return TEXT if value == "t:str" or kind == "k" else NOTHING

    def iterate(self, values: Values, line: int, *, is_async: bool = False) -> Values:
        """Return what a loop over values gets; the calls that this makes are noted."""
        found = NOTHING
        first, following = ("__aiter__", "__anext__") if is_async else ("__iter__", "__next__")
        for value in sorted(values):
            if value[0] not in "oi":
                given = self._members_of_enum(value) if value[0] == "c" else self.elements_of(value)
                found = found | given if found else given
                continue
            if not self.special(value, first):
                found = found | self.call_special(value, "__getitem__", line, "for")
                continue
            for iterator in sorted(self.call_special(value, first, line, "for")):
                if iterator[0] in "oi":
                    found = found | self.call_special(iterator, following, line, "for")
                else:
                    found = found | self.elements_of(iterator)
        return found

    def _members_of_enum(self, value: str) -> Values:
        name = value[2:]
        return frozenset({f"o:{name}"}) if name in self.program.classes and self._is_enum(name) else NOTHING

    def _iterate(self, term: Term) -> Values:
        return self.iterate(self.value(term[1]), term[2], is_async=term[3])

    def _item(self, term: Term) -> Values:
        base = self.value(term[1])
        keys = self.value(term[2])
        found = NOTHING
        key = key_of(keys) if keys else None
        for value in sorted(base):
            kind = value[0]
            if kind in "ld":
                given = self._keyed(value, keys, key)
                found = found | given if found else given
            elif kind in "oi":
                found = found | self.call_special(value, "__getitem__", term[3], "[]", [keys])
            elif kind == "r" or value == "t:str":
                found = found | frozenset({value})
            elif kind == "c":
                found = found | self._of_bracketed_class(value)
        if base:
            self.tier = max(self.tier, BY_TYPE)
        return found

    def _keyed(self, value: str, keys: Values, key: str | None) -> Values:
        constants = [each for each in keys if each[0] in "kn"]
        if len(constants) > 1:
            return NOTHING.union(*(self.get_item(value, each) for each in constants))
        return self.get_item(value, key)

    def _of_bracketed_class(self, value: str) -> Values:
        """Return what `Cls[...]` is: a member of an enumeration, or the class with type arguments."""
        name = value[2:]
        if name in self.program.classes and self._is_enum(name):
            return frozenset({f"o:{name}"})
        return frozenset({value})

    def site(self, number: int) -> str:
        """Return the name of a place where a container is made, and take it for one of this unit's own."""
        site = f"{self.unit.name}#{number}"
        self.own_sites.add(site)
        return site

    def _sequence(self, term: Term) -> Values:
        site = self.site(term[1])
        elements = term[2]
        count = len(elements)
        exact = all(type(each) is not tuple or each[0] != STAR for each in elements) and term[3] != "set"
        for position, each in enumerate(elements):
            if type(each) in (tuple, list) and each[0] == STAR:
                self.put_item(site, None, self.iterate(self.value(each[1]), self.unit.scope.line))
                exact = False
                continue
            values = self.value(each)
            if not values:
                continue
            self.put_item(site, f"n:{position}" if exact else None, values, strong=True)
            if exact and count <= _COUNTED:
                self.put_item(site, f"n:{position - count}", values, strong=True)
        return frozenset({f"l:{site}"})

    def _mapping(self, term: Term) -> Values:
        site = self.site(term[1])
        for key_term, value_term in zip(term[2], term[3], strict=True):
            values = self.value(value_term)
            if type(key_term) in (tuple, list) and key_term[0] == STAR:
                self.copy_items(site, values)
                continue
            keys = self.value(key_term)
            if keys and not all(each[0] in "kn" for each in keys):
                self.slots.add(keys_of(site), keys)
            if values:
                self.put_item(site, key_of(keys), values, strong=True)
        return frozenset({f"d:{site}"})

    def copy_items(self, site: str, values: Values) -> None:
        """Put what other mappings hold into one."""
        for value in sorted(values):
            if value[0] != "d":
                continue
            source = value[2:]
            prefix = f"{source}["
            for slot in [each for each in self.items if each.startswith(prefix) and source in self.own_sites]:
                self.put_item(site, slot[len(prefix) : -1], self.items[slot], strong=not self.weak)
            if source not in self.own_sites:
                self.put_item(site, None, self.read(all_items(source)))
            self.slots.add(keys_of(site), self.read(keys_of(source)))

    def _slice(self, term: Term) -> Values:
        """Take part of a container: places are shifted where they are known."""
        base = self.value(term[2])
        first, beyond = term[3], term[4]
        found = NOTHING
        for value in sorted(base):
            if value[0] in "oi":
                found = found | self.call_special(value, "__getitem__", term[5], "[]")
            elif value[0] != "l" or first is None:
                found = found | frozenset({value})
            else:
                found = found | self._shifted(self.site(term[1]), value[2:], first, beyond)
        return found

    def _shifted(self, site: str, source: str, first: int, beyond: int | None) -> Values:
        position = first
        last = beyond if beyond is not None and beyond >= 0 else None
        while last is None or position < last:
            slot = item(source, f"n:{position}")
            values = self.items.get(slot) or self.read(slot)
            if not values:
                break
            ending = position + 1 if beyond is None or beyond >= 0 else None
            if ending is None and self._is_after(source, position, beyond or 0):
                break
            self.put_item(site, f"n:{position - first}", values, strong=True)
            position += 1
        self.put_item(site, None, self.read(any_item(source)))
        if position == first:
            self.put_item(site, None, self.read(all_items(source)))
        return frozenset({f"l:{site}"})

    def _is_after(self, source: str, position: int, beyond: int) -> bool:
        """Tell whether a place lies behind an end that is counted from the end."""
        here = self.read(item(source, f"n:{position}"))
        length = position
        while self.held.get(item(source, f"n:{length}")):
            length += 1
        return bool(here) and position >= length + beyond

    def _comprehension(self, term: Term) -> Values:
        site = self.site(term[1])
        values, keys = self.value(term[2]), self.value(term[3])
        if values:
            self.put_item(site, None, values)
        if keys:
            self.slots.add(keys_of(site), keys)
        return frozenset({f"{'d' if term[4] == 'dict' else 'l'}:{site}"})
