"""What is remembered of a nominated function's calls. Copied beside `ratchet_facts_calls`, which fills it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType
    from typing import Any

    from profiling.harness import ratchet_facts_sizes as sizes
    from profiling.harness import ratchet_facts_values as values
    from profiling.harness.ratchet_facts_results import Results
else:
    import ratchet_facts_sizes as sizes
    import ratchet_facts_values as values
    from ratchet_facts_results import Results

_DISTINCT = 4096
_PATHS = 256
_SUSPENDING = {0x20: "generator", 0x80: "coroutine", 0x200: "async_generator"}  # by co_flags, as in `inspect`
_VAR_POSITIONAL, _VAR_KEYWORD = 0x04, 0x08
_RECEIVER_NAMES = frozenset({"self", "_self", "cls", "mcs", "mcls", "metacls", "klass"})
_FRAMES_WALKED = 500
_KEYWORDS = 64
_derives = type.__subclasscheck__


class Opened:
    """The opens of one path by one function."""

    def __init__(self) -> None:
        self.opens = 0
        self.written = False
        self.state: tuple[int, int] | None = None

    def again(self, state: tuple[int, int] | None, writes: bool) -> None:
        """Count an open; `state` is the file's modification time (ns) and size just before it."""
        self.written = self.written or writes or (self.opens > 0 and state != self.state)
        self.state = state
        self.opens += 1


class Seen:
    """What was seen of one function."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.id = str(request["id"])
        self.file = str(request["file"])
        self.in_class = bool(request["in_class"])
        self.forget()

    def forget(self) -> None:
        """Begin with nothing seen."""
        self.calls = 0
        self.keyable = 0
        self.arguments: set[object] = set()
        self.receivers: set[object] = set()
        self.results: dict[object, object] = {}
        self.results_by_receiver: dict[object, object] = {}
        self.consistent = True
        self.consistent_by_receiver = True
        self.argument_types: dict[str, dict[str, int]] = {}
        self.argument_sizes: dict[str, dict[int, int]] = {}
        self.receiver_types: dict[str, int] = {}
        self.keywords: dict[str, int] = {}
        self.exceptions: dict[str, int] = {}
        self.watched = Results()
        self.result_types: dict[str, int] = {}
        self.immutable = True
        self.raised = 0
        self.depths: dict[int, int] = {}
        self.max_depth = 0
        self.opened: dict[str, Opened] = {}

    def call(self, receiver: object, keys: list[object], keyable: bool) -> tuple[object, object]:
        """Count a call; return what its result is filed under: its receiver and its arguments."""
        self.calls += 1
        self.keyable += keyable
        if receiver is not None:
            _add(self.receivers, receiver)
        key = tuple(keys)
        _add(self.arguments, key)
        return receiver, key

    def result(self, keys: tuple[object, object], value: object, identities: values.Identities) -> None:
        """Compare a result with those of the same receiver and arguments."""
        values.count_type(self.result_types, type(value))
        digest = values.key_by_value(value)
        if digest is None:
            self.immutable = False
            self.watched.take(value)
        if not (self.consistent or self.consistent_by_receiver):
            return
        if digest is None:
            digest = values.digest(value, identities)
        self.consistent = self.consistent and _same(self.results, keys, digest)
        self.consistent_by_receiver = self.consistent_by_receiver and _same(self.results_by_receiver, keys[0], digest)

    def suspends(self, kind: str) -> None:
        """Note that a call gave a generator or coroutine, which no other call can share."""
        self.result_types[kind] = self.result_types.get(kind, 0) + 1
        self.immutable = False
        self.incomparable()

    def failed(self, error: BaseException | None) -> None:
        """Count a call that ended in an exception, which is not always told."""
        self.raised += 1
        if error is None:
            sizes.tally(self.exceptions, "(not told)")
        else:
            values.count_type(self.exceptions, type(error))
        self.incomparable()

    def incomparable(self) -> None:
        """Note that a call gave no result that could be compared."""
        self.consistent = self.consistent_by_receiver = False

    def deeper(self, thread: int) -> None:
        """Count an activation on a thread's stack."""
        depth = self.depths.get(thread, 0) + 1
        self.depths[thread] = depth
        self.max_depth = max(self.max_depth, depth)

    def shallower(self, thread: int) -> None:
        """Count the end of an activation."""
        depth = self.depths.get(thread, 0) - 1
        if depth > 0:
            self.depths[thread] = depth
        else:
            self.depths.pop(thread, None)

    def open(self, path: str, name: str, writes: bool) -> None:
        """Count an open of a file."""
        if name not in self.opened and len(self.opened) >= _PATHS:
            name = "(others)"
        self.opened.setdefault(name, Opened()).again(_state(path), writes)

    def report(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "calls": self.calls,
            "distinct_arguments": len(self.arguments),
            "keyable_calls": self.keyable,
            "consistent": self.consistent,
            "consistent_by_receiver": self.consistent_by_receiver,
            "receivers": len(self.receivers),
            "argument_types": {name: values.by_count(types) for name, types in self.argument_types.items()},
            "result_types": values.by_count(self.result_types),
            "results_immutable": self.immutable,
            "raised": self.raised,
            "max_depth": self.max_depth,
            "opened_files": {path: opened.opens for path, opened in self.opened.items()},
            "written_files": sum(opened.written for opened in self.opened.values()),
            "argument_sizes": {name: sizes.as_json(found) for name, found in self.argument_sizes.items()},
            "receiver_types": values.by_count(self.receiver_types),
            "keywords": values.by_count(self.keywords),
            "exceptions": values.by_count(self.exceptions),
            "results_watched": self.watched.watched,
            "results_mutated": self.watched.mutated,
        }


class Place:
    """One code object of a nominated function."""

    def __init__(self, code: CodeType, seen: Seen, recorder: object) -> None:
        self.seen = seen
        self.calls_the_recorder = any(constant is recorder for constant in code.co_consts)
        count = code.co_argcount + code.co_kwonlyargcount
        starred = bool(code.co_flags & _VAR_POSITIONAL) + bool(code.co_flags & _VAR_KEYWORD)
        self.parameters = code.co_varnames[: count + starred]
        self.has_receiver = seen.in_class and code.co_argcount > 0 and self.parameters[0] in _RECEIVER_NAMES
        self.by_keyword = frozenset(code.co_varnames[code.co_posonlyargcount : count])
        self.named_rest = self.parameters[-1] if code.co_flags & _VAR_KEYWORD else None
        self.suspends = next((kind for flag, kind in _SUSPENDING.items() if code.co_flags & flag), None)

    def begin(
        self, arguments: Mapping[str, object], given: tuple[str, ...], identities: values.Identities
    ) -> tuple[object, object]:
        """Record a call at its start; return what its result is to be filed under."""
        seen = self.seen
        seen.watched.look()
        receiver: object = None
        keys: list[object] = []
        keyable = True
        for index, name in enumerate(self.parameters):
            value = arguments[name]
            self._look_at(name, value)
            if name == self.named_rest:
                self._name(value, given)
                value = tuple(value.items())  # type: ignore[attr-defined]  # a dict made for this call alone
            if index == 0 and self.has_receiver:
                values.count_type(seen.receiver_types, value if _derives(type, type(value)) else type(value))  # type: ignore[arg-type]
                receiver = identities.token(value)[0]
                continue
            key = values.key_by_value(value)
            keyable = keyable and key is not None
            keys.append(("object", identities.token(value)[0]) if key is None else key)
        if given and self.named_rest is None:
            self._name({}, given)
        return seen.call(receiver, keys, keyable)

    def _look_at(self, name: str, value: object) -> None:
        """Count an argument's type and size."""
        types = self.seen.argument_types
        histogram = types.get(name)
        if histogram is None:
            histogram = types[name] = {}
        values.count_type(histogram, type(value))
        length = values.length_of(value)
        if length is not None:
            sizes.add(self.seen.argument_sizes.setdefault(name, {}), sizes.power_of_two(length))

    def _name(self, rest: object, given: tuple[str, ...]) -> None:
        """Count the names that were given by keyword: parameters, and what the function takes by `**`."""
        extra = [name for name in rest if type(name) is str]  # type: ignore[attr-defined]  # a dict
        for name in dict.fromkeys([*extra, *(name for name in given if name in self.by_keyword)]):
            sizes.tally(self.seen.keywords, name, _KEYWORDS)

    def begin_suspending(self, frame: FrameType, kind: str) -> None:
        """Record the first step of a generator or coroutine: its depth is that of its like on the stack just now."""
        self.seen.suspends(kind)
        depth = 0
        outer: FrameType | None = frame
        for _ in range(_FRAMES_WALKED):
            if outer is None:
                break
            depth += outer.f_code is frame.f_code
            outer = outer.f_back
        self.seen.max_depth = max(self.seen.max_depth, depth)


def _add(known: set[object], key: object) -> None:
    if len(known) < _DISTINCT:
        known.add(key)


def _same(known: dict[object, object], key: object, digest: object) -> bool:
    """Say whether a result agrees with the first one filed under a key; remember it where it is the first."""
    if digest is None:
        return False
    if key in known:
        return known[key] == digest
    if len(known) < _DISTINCT:
        known[key] = digest
    return True


def _state(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size
