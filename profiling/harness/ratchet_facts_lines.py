"""Record what project lines parse, log, match and wait for. Copied beside `ratchet_facts`, which gives the sites."""

from __future__ import annotations

import sys
from _thread import RLock
from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from profiling.harness import ratchet_facts_values as values
    from profiling.harness.ratchet_facts_files import Files
else:
    import ratchet_facts_values as values

_SITES = 4096
_PLACES = 256
_TEXTS = 4096
_PATTERNS = 256
_ABOVE_ALL = 1 << 30
_derives = type.__subclasscheck__


class Serde:
    """Calls that serialize or parse, at one place."""

    def __init__(self) -> None:
        self.calls = self.of_dumped = self.repeats = 0
        self.texts: set[object] = set()

    def report(self) -> dict[str, object]:
        """Return it as JSON."""
        return {"calls": self.calls, "of_dumped": self.of_dumped, "repeats": self.repeats}


class Log:
    """Calls of a logger's method, at one place."""

    def __init__(self) -> None:
        self.calls = self.disabled = 0

    def report(self) -> dict[str, object]:
        """Return it as JSON."""
        return {"calls": self.calls, "disabled": self.disabled}


class Pattern:
    """Calls of `re` with a pattern's text, at one place."""

    def __init__(self) -> None:
        self.calls = self.compiled = 0
        self.distinct: set[object] = set()

    def report(self) -> dict[str, object]:
        """Return it as JSON."""
        return {"calls": self.calls, "compiled": self.compiled, "distinct": len(self.distinct)}


class Await:
    """Awaits, at one place."""

    def __init__(self) -> None:
        self.awaits = self.max_in_flight = self.in_flight = 0
        self.waited_s = 0.0
        self.tasks: set[int] = set()
        self.types: dict[str, int] = {}

    def report(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "awaits": self.awaits,
            "tasks": len(self.tasks),
            "waited_s": self.waited_s,
            "max_in_flight": self.max_in_flight,
            "awaited_types": values.by_count(self.types),
        }


class Recorder:
    """What the probes call. Never raises faults of its own."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.sites: list[tuple[str, str]] = []
        self.faults = self.events = 0
        self.identities = values.Identities()
        self.new_process()

    def new_process(self) -> None:
        """Forget what the parent saw."""
        self.faults = 0
        self.lock = RLock()
        self.serde: dict[str, Serde] = {}
        self.logging: dict[str, Log] = {}
        self.patterns: dict[str, Pattern] = {}
        self.awaits: dict[str, Await] = {}
        self.dumped_texts: set[object] = set()
        self.waiting: dict[int, tuple[Await, float]] = {}

    def site(self, file: str, line: int, what: str) -> int:
        """Return the number of a new site; those after the first 4096 share one that is not reported."""
        if len(self.sites) >= _SITES:
            return -1
        self.sites.append((f"{file}:{line}", what))
        return len(self.sites) - 1

    def _at(self, records: dict[str, Any], kind: type, site: int) -> Any:
        """Return the record of a site; one that nobody reads when there are too many."""
        if site < 0:
            return kind()
        place, what = self.sites[site]
        name = f"{place} {what}".rstrip()
        record = records.get(name)
        if record is None:
            record = kind()
            if len(records) < _PLACES:
                records[name] = record
        return record

    def dumped(self, site: int, value: object) -> object:
        """Take what a serializing function returned; return it."""
        try:
            with self.lock:
                self.events += 1
                self._at(self.serde, Serde, site).calls += 1
                text = _text(value)
                if text is not None and len(self.dumped_texts) < _TEXTS:
                    self.dumped_texts.add(text)
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def parsing(self, site: int, value: object) -> object:
        """Take a text that is to be parsed; return it."""
        try:
            with self.lock:
                self.events += 1
                record = self._at(self.serde, Serde, site)
                record.calls += 1
                text = _text(value)
                if text is not None:
                    record.of_dumped += text in self.dumped_texts
                    record.repeats += text in record.texts
                    if len(record.texts) < _TEXTS:
                        record.texts.add(text)
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def pattern(self, site: int, flags: int, value: object) -> object:
        """Take a pattern that a function of `re` gets; return it."""
        try:
            if type(value) is str or type(value) is bytes:
                with self.lock:
                    self.events += 1
                    record = self._at(self.patterns, Pattern, site)
                    record.calls += 1
                    record.compiled += flags >= 0 and not _is_cached(value, flags)
                    if len(record.distinct) < _PATTERNS:
                        record.distinct.add(value)
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def logger(self, site: int, level: int, value: object) -> object:
        """Take what may be a logger, or `logging` itself; return it."""
        try:
            in_force = _level_in_force(value)
            if in_force is not None:
                with self.lock:
                    self.events += 1
                    record = self._at(self.logging, Log, site)
                    record.calls += 1
                    record.disabled += level < in_force
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def stat(self, site: int, value: object) -> object:
        """Take a path whose file is to be looked at; return it."""
        try:
            self.events += 1
            if site >= 0 and (type(value) is str or type(value) is bytes or _is_path(value)):
                self.files.stat(str(value) if _is_path(value) else value, self.sites[site][0])
        except (OSError, *values.OWN_FAULTS):
            self.faults += 1
        return value

    def path(self, site: int, value: object) -> object:
        """Take what may be a path of `pathlib`; return it."""
        return self.stat(site, value) if _is_path(value) else value

    def awaiting(self, site: int, value: object) -> object:
        """Take what is to be awaited; return it."""
        try:
            with self.lock:
                self.events += 1
                frame = values.address(sys._getframe(1))
                self._end(frame)
                record = self._at(self.awaits, Await, site)
                record.awaits += 1
                record.in_flight += 1
                record.max_in_flight = max(record.max_in_flight, record.in_flight)
                values.count_type(record.types, type(value))
                task = _task()
                if task is not None:
                    record.tasks.add(self.identities.token(task)[0])
                self.waiting[frame] = (record, perf_counter())
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def awaited(self, _site: int, value: object) -> object:
        """Take the result of an await; return it."""
        try:
            with self.lock:
                self._end(values.address(sys._getframe(1)))
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def left(self) -> None:
        """Take the end of a coroutine, however it ends: an await that raised is over."""
        try:
            with self.lock:
                self._end(values.address(sys._getframe(1)))
        except values.OWN_FAULTS:
            self.faults += 1

    def _end(self, frame: int) -> None:
        waited = self.waiting.pop(frame, None)
        if waited is not None:
            record, begun = waited
            record.in_flight -= 1
            record.waited_s += perf_counter() - begun

    def drop(self) -> None:
        """Record no more, at next to no cost."""
        for name in ("dumped", "parsing", "pattern", "logger", "stat", "path", "awaiting", "awaited"):
            setattr(self, name, _last)
        self.left = _nothing  # type: ignore[method-assign]  # nothing is to be ended
        self.waiting = {}

    def report(self) -> dict[str, object]:
        """Return what was seen so far, by place."""
        with self.lock:
            return {
                name: {place: record.report() for place, record in records.items()}
                for name, records in (
                    ("serde", self.serde),
                    ("logging", self.logging),
                    ("patterns", self.patterns),
                    ("awaits", self.awaits),
                )
            }


def _last(*arguments: object) -> object:
    return arguments[-1]


def _nothing() -> None:
    """Do nothing."""


def _text(value: object) -> object:
    """Return a short key of a text; None of anything else."""
    return (type(value).__name__, len(value), hash(value)) if type(value) is str or type(value) is bytes else None


def _is_cached(pattern: object, flags: int) -> bool:
    """Say whether `re` has compiled a pattern already."""
    names = vars(sys.modules["re"])
    key = (type(pattern), pattern, flags)
    return any(type(cache) is dict and key in cache for cache in (names.get("_cache"), names.get("_cache2")))


def _level_in_force(value: object) -> int | None:
    """Return the lowest level that a logger emits, read without running any code of it; None of other objects."""
    module = sys.modules.get("logging")
    names = vars(module) if module is not None else {}
    logger_type = names.get("Logger")
    if value is module and module is not None:
        value = names["root"]
    if not isinstance(logger_type, type) or not _derives(logger_type, type(value)):
        return None
    manager = logger_type.__dict__.get("manager")
    least = _number(getattr(manager, "disable", 0)) + 1
    if object.__getattribute__(value, "__dict__").get("disabled"):
        return _ABOVE_ALL
    for _ in range(64):
        state = object.__getattribute__(value, "__dict__")
        if _number(state.get("level")):
            return max(least, _number(state["level"]))
        value = state.get("parent")
        if value is None:
            break
    return least


def _number(value: object) -> int:
    return value if type(value) is int else 0


def _is_path(value: object) -> bool:
    module = sys.modules.get("pathlib")
    kinds = (vars(module).get("PosixPath"), vars(module).get("WindowsPath")) if module is not None else ()
    return any(type(value) is kind for kind in kinds)


def _task() -> object:
    """Return the running asyncio task, or None."""
    module = sys.modules.get("asyncio.tasks")
    try:
        return None if module is None else vars(module)["current_task"]()
    except RuntimeError:  # no loop runs: another framework's
        return None
