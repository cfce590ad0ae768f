"""What builtins and the standard library do with what they are given."""

from collections.abc import Callable

from profiling.audit.linking.calls import Calls
from profiling.audit.linking.engine import CALLBACK, EXTERNAL, FLOW, Call
from profiling.audit.linking.reasons import Reason
from profiling.audit.linking.results import CALLED, LISTED, PATHS
from profiling.audit.linking.values import CALLABLE, NOTHING, TEXT, Values, key_of, outside_result

_ASKED = {
    "len": ("__len__",), "str": ("__str__", "__repr__"), "repr": ("__repr__",), "hash": ("__hash__",),
    "bool": ("__bool__", "__len__"), "abs": ("__abs__",), "int": ("__int__", "__index__"), "float": ("__float__",),
    "format": ("__format__", "__str__"), "round": ("__round__",), "print": ("__str__", "__repr__"),
    "bytes": ("__bytes__",), "divmod": ("__divmod__",), "dir": ("__dir__",),
}  # fmt: skip
_TO_LIST = frozenset("list tuple set frozenset iter reversed".split())
_CONSUMING = frozenset("sum any all".split())
_NEVER_CALLING = frozenset("callable delattr hasattr id isinstance issubclass object slice vars".split())
_RUNS_LATER = frozenset(
    "submit run_in_executor call_soon call_soon_threadsafe call_later call_at to_thread apply apply_async register"
    " start_new_thread run_sync map_async starmap starmap_async imap imap_unordered add_done_callback".split()
)
"""Functions outside the tree that call one argument with those behind it."""
_STARTERS = frozenset({"threading.Thread", "multiprocessing.Process", "threading.Timer", "Thread", "Process"})


class Outside(Calls):
    """Models of code outside the tree."""

    def outside(self, name: str, call: Call) -> Values:
        """Evaluate a call of something outside the tree."""
        self.edge(call, name, EXTERNAL)
        if name.startswith("<builtin>."):
            return self._builtin(name[10:], call)
        model = _MODELS.get(name)
        if model is not None:
            return model(self, call)
        last = name.rpartition(".")[2]
        if name in _STARTERS:
            self._start(call)
        elif last not in _RUNS_LATER or not self._run_later(call):
            self.hand_over(call)
        return self._given_by(name, call)

    def _given_by(self, name: str, call: Call) -> Values:
        """Return what calling something outside the tree gives."""
        known = CALLED.get(name)
        if known is not None:
            return frozenset({known})
        elements = LISTED.get(name)
        return self.fill(self.place(call), frozenset({elements})) if elements is not None else outside_result(name)

    def _builtin(self, name: str, call: Call) -> Values:
        if name in _ASKED:
            return self._ask(name, call)
        if name in _TO_LIST:
            return self._to_list(name, call)
        if name in _CONSUMING:
            self._consume(call)
            return NOTHING
        model = _BUILTINS.get(name)
        if model is not None:
            return model(self, call)
        if name not in _NEVER_CALLING:
            self.hand_over(call)
        return frozenset({f"t:{name}"}) if name in ("object", "bytearray", "memoryview", "range") else NOTHING

    def _line(self, call: Call) -> int:
        return self.lines[call.index] if call.index >= 0 else self.unit.scope.line

    def _ask(self, name: str, call: Call) -> Values:
        line = self._line(call)
        for values in call.arguments:
            for value in sorted(values):
                if value[0] in "oi":
                    self.text_of(value, line, _ASKED[name])
        return TEXT if name in ("str", "repr", "format") else NOTHING

    def _to_list(self, name: str, call: Call) -> Values:
        values = call.arguments[0] if call.arguments else NOTHING
        line = self._line(call)
        if name == "reversed":
            for value in sorted(values):
                self.call_special(value, "__reversed__", line, name)
        if name == "iter":
            given = NOTHING
            for value in sorted(values):
                given = given | self.call_special(value, "__iter__", line, name)
            if any(value[0] in "oig" for value in given):
                return given
        return self.fill(self.place(call), self.iterate(values, line))

    def _consume(self, call: Call) -> None:
        line = self._line(call)
        for value in sorted(self.iterate(call.arguments[0], line)) if call.arguments else ():
            self.call_special(value, "__add__", line, "sum")

    def _elements(self, call: Call, position: int) -> Values:
        return self.iterate(call.arguments[position], self._line(call)) if position < len(call.arguments) else NOTHING

    def _map(self, call: Call) -> Values:
        if len(call.arguments) < 2:
            return NOTHING
        inner = Call(call.index, [self._elements(call, each) for each in range(1, len(call.arguments))])
        return self.fill(self.place(call), self.apply_all(call.arguments[0], inner, CALLBACK))

    def _filter(self, call: Call) -> Values:
        elements = self._elements(call, 1)
        if call.arguments:
            self.apply_all(call.arguments[0], Call(call.index, [elements]), CALLBACK)
        return self.fill(self.place(call), elements)

    def _sorted(self, call: Call) -> Values:
        return self.fill(self.place(call), self._ordered(call, self._elements(call, 0)))

    def _ordered(self, call: Call, elements: Values) -> Values:
        key = call.keywords.get("key", NOTHING)
        if key:
            self.apply_all(key, Call(call.index, [elements]), CALLBACK)
        else:
            for value in sorted(elements):
                self.call_special(value, "__lt__", self._line(call), "<")
        return elements

    def _extreme(self, call: Call) -> Values:
        several = len(call.arguments) > 1
        elements = NOTHING.union(*call.arguments) if several else self._elements(call, 0)
        return self._ordered(call, elements) | call.keywords.get("default", NOTHING)

    def _enumerate(self, call: Call) -> Values:
        return self.pairs(call, NOTHING, self._elements(call, 0))

    def _zip(self, call: Call) -> Values:
        inner = self.place(call, "p")
        self.own_sites.add(inner)
        for position in range(len(call.arguments)):
            self.put_item(inner, f"n:{position}", self._elements(call, position))
        return self.fill(self.place(call), frozenset({f"l:{inner}"}))

    def _next(self, call: Call) -> Values:
        found = call.arguments[1] if len(call.arguments) > 1 else NOTHING
        for value in sorted(call.arguments[0]) if call.arguments else ():
            given = self.call_special(value, "__next__", self._line(call), "next")
            found = found | (given or self.elements_of(value))
        return found

    def _dict(self, call: Call) -> Values:
        site = self.place(call)
        self.own_sites.add(site)
        for name, values in call.keywords.items():
            self.put_item(site, f"k:{name}", values)
        self.copy_items(site, call.spread_keywords | (call.arguments[0] if call.arguments else NOTHING))
        return frozenset({f"d:{site}"})

    def _default_dict(self, call: Call) -> Values:
        site = self.place(call)
        self.own_sites.add(site)
        made = self.apply_all(call.arguments[0], Call(call.index, []), CALLBACK) if call.arguments else NOTHING
        if made:
            self.put_item(site, None, made)
        return frozenset({f"d:{site}"})

    def _super(self, call: Call) -> Values:
        if call.arguments:
            return frozenset(f"u:{value[2:]}" for value in call.arguments[0] if value[0] == "c")
        around = self.unit.scope.around
        return frozenset({f"u:{self.program.class_named(self.module, around)}"}) if around >= 0 else NOTHING

    def _type(self, call: Call) -> Values:
        if len(call.arguments) != 1:
            return NOTHING
        return frozenset(f"c:{value[2:]}" for value in call.arguments[0] if value[0] in "oi")

    def _getattr(self, call: Call) -> Values:
        if len(call.arguments) < 2:
            return NOTHING
        name = key_of(call.arguments[1])
        found = call.arguments[2] if len(call.arguments) > 2 else NOTHING
        if name is None or name[0] != "k":
            self.links.missing[call.index] = Reason.DYNAMIC_ATTRIBUTE
            return found
        for value in sorted(call.arguments[0]):
            found = found | self.attribute(value, name[2:], self._line(call))
        return found or self._by_attribute_name(name[2:])

    def _by_attribute_name(self, name: str) -> Values:
        return NOTHING if not self.late else frozenset(f"b:{each}" for each in self.few_named(name))

    def _setattr(self, call: Call) -> Values:
        if len(call.arguments) == 3:
            name = key_of(call.arguments[1])
            for value in sorted(call.arguments[0]) if name is not None and name[0] == "k" else ():
                self.store_attribute(value, (name or "")[2:], call.arguments[2], self._line(call))
        return NOTHING

    def _first(self, call: Call) -> Values:
        return call.arguments[0] if call.arguments else NOTHING

    def _second(self, call: Call) -> Values:
        return call.arguments[1] if len(call.arguments) > 1 else NOTHING

    def _cast(self, call: Call) -> Values:
        made = frozenset(f"i:{value[2:]}" for value in self._first(call) if value[0] == "c")
        return made or self._second(call)

    def _copy(self, call: Call) -> Values:
        for value in sorted(self._first(call)):
            self.call_special(value, "__copy__", self._line(call), "copy")
        return self._first(call)

    def _deepcopy(self, call: Call) -> Values:
        for value in sorted(self._first(call)):
            self.call_special(value, "__deepcopy__", self._line(call), "deepcopy")
        return self._first(call)

    def _reduce(self, call: Call) -> Values:
        elements = self._elements(call, 1)
        start = call.arguments[2] if len(call.arguments) > 2 else NOTHING
        given = self.apply_all(self._first(call), Call(call.index, [elements | start, elements]), CALLBACK)
        return given | start | elements

    def _chain(self, call: Call) -> Values:
        elements = NOTHING.union(*(self._elements(call, each) for each in range(len(call.arguments))))
        return self.fill(self.place(call), elements | self._spread_elements(call))

    def _spread_elements(self, call: Call) -> Values:
        return self.iterate(call.spread, self._line(call)) if call.spread else NOTHING

    def _flatten(self, call: Call) -> Values:
        return self.fill(self.place(call), self.iterate(self._elements(call, 0), self._line(call)))

    def _same_elements(self, call: Call) -> Values:
        return self.fill(self.place(call), self._elements(call, 0))

    def _group(self, call: Call) -> Values:
        elements = self._elements(call, 0)
        key = call.keywords.get("key", self._second(call))
        keys = self.apply_all(key, Call(call.index, [elements]), CALLBACK)
        inner = self.fill(self.place(call, "g"), elements)
        return self.pairs(call, keys, inner)

    def _run_later(self, call: Call) -> bool:
        """Call the first argument that can be with those behind it; tell whether there is one."""
        for position, values in enumerate(call.arguments[:2]):
            functions = frozenset(value for value in values if value[0] in CALLABLE)
            if functions:
                self.apply_all(functions, Call(call.index, call.arguments[position + 1 :], call.keywords), CALLBACK)
                return True
        return False

    def _start(self, call: Call) -> None:
        target = call.keywords.get("target") or call.keywords.get("function") or self._second(call)
        arguments: list[Values] = []
        for value in sorted(call.keywords.get("args", NOTHING)):
            position = 0
            while value[0] == "l" and position < 8 and (given := self.get_item(value, f"n:{position}")):
                arguments.append(given)
                position += 1
        self.apply_all(target, Call(call.index, arguments), CALLBACK)

    def _wraps(self, _call: Call) -> Values:
        return frozenset({"r:functools.wraps()"})

    def _open(self, call: Call) -> Values:
        return self._file(call.keywords.get("mode") or self._second(call))

    def _open_path(self, call: Call) -> Values:
        return self._file(call.keywords.get("mode") or self._first(call))

    def _file(self, modes: Values) -> Values:
        mode = key_of(modes) or ""
        return frozenset({"r:io.BufferedReader" if "b" in mode[2:] else "r:io.TextIOWrapper"})

    def _code(self, call: Call) -> Values:
        self.links.missing[call.index] = Reason.DYNAMIC_CODE
        return NOTHING

    def few_named(self, name: str) -> list[str]:
        """Return the methods of a name where they are few."""
        candidates = self.program.defining.get(name, [])
        return candidates if len(candidates) <= 3 else []

    def builtin_method(self, name: str, receiver: str, call: Call) -> Values:
        """Evaluate a call of a builtin object's method."""
        kind = receiver[0]
        owner = {"l": "list", "d": "dict", "g": "generator", "t": receiver[2:], "k": "str", "n": "int"}.get(
            kind, "object"
        )
        self.edge(call, f"<builtin>.{owner}.{name}", EXTERNAL)
        self.tier = FLOW
        model = (_LIST if kind in "lg" else _DICT if kind == "d" else _TEXT if kind in "tk" else {}).get(name)
        return model(self, receiver, call) if model is not None else NOTHING

    def _append(self, receiver: str, call: Call) -> Values:
        for values in call.arguments[-1:]:
            self.put_item(receiver[2:], None, values)
        return NOTHING

    def _extend(self, receiver: str, call: Call) -> Values:
        self.put_item(receiver[2:], None, self._elements(call, 0))
        return NOTHING

    def _take(self, receiver: str, _call: Call) -> Values:
        return self.elements_of(receiver)

    def _sort(self, receiver: str, call: Call) -> Values:
        self._ordered(call, self.elements_of(receiver))
        return NOTHING

    def _itself(self, receiver: str, _call: Call) -> Values:
        return frozenset({receiver})

    def _get(self, receiver: str, call: Call) -> Values:
        key = key_of(call.arguments[0]) if call.arguments else None
        return self.get_item(receiver, key) | self._second(call)

    def _set_default(self, receiver: str, call: Call) -> Values:
        key = key_of(call.arguments[0]) if call.arguments else None
        if self._second(call):
            self.put_item(receiver[2:], key, self._second(call))
        return self.get_item(receiver, key) | self._second(call)

    def _update(self, receiver: str, call: Call) -> Values:
        self.copy_items(receiver[2:], self._first(call) | call.spread_keywords)
        for name, values in call.keywords.items():
            self.put_item(receiver[2:], f"k:{name}", values)
        return NOTHING

    def _dict_values(self, receiver: str, call: Call) -> Values:
        return self.fill(self.place(call), self.get_item(receiver, None))

    def _dict_keys(self, receiver: str, call: Call) -> Values:
        return self.fill(self.place(call), self.keys(receiver))

    def _dict_items(self, receiver: str, call: Call) -> Values:
        return self.pairs(call, self.keys(receiver), self.get_item(receiver, None))

    def _joined(self, _receiver: str, call: Call) -> Values:
        self._elements(call, 0)
        return TEXT

    def _make_text(self, _receiver: str, call: Call) -> Values:
        for values in (*call.arguments, *call.keywords.values()):
            for value in sorted(values):
                if value[0] in "oi":
                    self.text_of(value, self._line(call), ("__format__", "__str__", "__repr__"))
        return TEXT

    def _split(self, _receiver: str, call: Call) -> Values:
        return self.fill(self.place(call), TEXT)


_Model = Callable[[Outside, Call], Values]
_MethodModel = Callable[[Outside, str, Call], Values]
_BUILTINS: dict[str, _Model] = {
    "map": Outside._map, "filter": Outside._filter, "sorted": Outside._sorted, "min": Outside._extreme,
    "max": Outside._extreme, "enumerate": Outside._enumerate, "zip": Outside._zip, "next": Outside._next,
    "anext": Outside._next, "dict": Outside._dict, "super": Outside._super, "type": Outside._type,
    "open": Outside._open, "getattr": Outside._getattr, "setattr": Outside._setattr, "eval": Outside._code,
    "exec": Outside._code, "__import__": Outside._code,
}  # fmt: skip
_MODELS: dict[str, _Model] = {
    "functools.partial": Calls.partial, "functools.partialmethod": Calls.partial, "functools.reduce": Outside._reduce,
    "functools.wraps": Outside._wraps, "collections.defaultdict": Outside._default_dict,
    "collections.OrderedDict": Outside._dict, "collections.Counter": Outside._dict,
    "collections.deque": Outside._same_elements, "copy.copy": Outside._copy, "copy.deepcopy": Outside._deepcopy,
    "dataclasses.replace": Outside._first, "typing.cast": Outside._cast, "itertools.chain": Outside._chain,
    "itertools.chain.from_iterable": Outside._flatten, "itertools.islice": Outside._same_elements,
    "itertools.groupby": Outside._group, "itertools.cycle": Outside._same_elements,
    "itertools.filterfalse": Outside._filter, "itertools.takewhile": Outside._filter,
    "itertools.dropwhile": Outside._filter, "itertools.starmap": Outside._map, "asyncio.run": Outside._first,
    "asyncio.create_task": Outside._first, "asyncio.ensure_future": Outside._first,
    "asyncio.wait_for": Outside._first, "asyncio.shield": Outside._first, "weakref.proxy": Outside._first,
    "operator.attrgetter": Outside._wraps, "contextlib.closing": Outside._first,
    "contextlib.nullcontext": Outside._first, "types.MappingProxyType": Outside._first, "io.open": Outside._open,
    "codecs.open": Outside._open, **{f"{path}.open": Outside._open_path for path in PATHS},
}  # fmt: skip
_LIST: dict[str, _MethodModel] = {
    "append": Outside._append, "add": Outside._append, "insert": Outside._append, "appendleft": Outside._append,
    "extend": Outside._extend, "update": Outside._extend, "extendleft": Outside._extend, "pop": Outside._take,
    "popleft": Outside._take, "sort": Outside._sort, "copy": Outside._itself, "union": Outside._itself,
    "difference": Outside._itself, "intersection": Outside._itself, "__next__": Outside._take, "send": Outside._take,
    "__iter__": Outside._itself,
}  # fmt: skip
_DICT: dict[str, _MethodModel] = {
    "get": Outside._get, "pop": Outside._get, "setdefault": Outside._set_default, "update": Outside._update,
    "values": Outside._dict_values, "keys": Outside._dict_keys, "items": Outside._dict_items,
    "copy": Outside._itself, "__getitem__": Outside._get, "popitem": Outside._dict_items,
}  # fmt: skip
_TEXT: dict[str, _MethodModel] = {
    "join": Outside._joined, "format": Outside._make_text, "split": Outside._split, "splitlines": Outside._split,
    "rsplit": Outside._split, "partition": Outside._split, "rpartition": Outside._split,
    **dict.fromkeys(
        "strip lstrip rstrip lower upper title replace capitalize casefold center ljust rjust zfill encode decode"
        " removeprefix removesuffix expandtabs swapcase translate".split(),
        lambda _self, _receiver, _call: TEXT,
    ),
}  # fmt: skip
