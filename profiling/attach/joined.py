"""Charge the samples of a running process to the functions, lines and libraries of a project."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from profiling.attach.model import BusyFunction, BusyLine, BusyPlace
from profiling.deep.project_files import ProjectFiles
from profiling.deep.source_lines import SourceLines
from profiling.deep.stacks import Frame, SampledStack, frame
from profiling.model import FunctionKey
from profiling.profile import Stack

_PACKAGES = frozenset(("site-packages", "dist-packages"))
_STDLIB = re.compile(r"python3\.\d+t?$")
_MOST_LINES = 3
_MOST_PLACES = 10
_PROCESS = re.compile(r'process \d+:"')
_THREAD = re.compile(r"thread \((?:0x)?[0-9A-Fa-f]+\)(?:: (.*))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One stack taken apart: its process, its thread (number and name), and its frames, outermost first."""

    process: str
    thread: str
    thread_name: str
    frames: tuple[Frame, ...]


@dataclass(slots=True, kw_only=True)
class Tally:
    """The samples of all stacks, counted as they come.

    Attributes:
        files: tells the project's; source: quotes its lines.
        rate_hz: so many samples stand for a second.
    """

    files: ProjectFiles
    source: SourceLines
    rate_hz: int
    samples: int = 0
    processes: set[str] = field(default_factory=set)
    threads: set[tuple[str, str]] = field(default_factory=set)
    _own: Counter[FunctionKey] = field(default_factory=Counter)
    _total: Counter[FunctionKey] = field(default_factory=Counter)
    _lines: dict[FunctionKey, Counter[int]] = field(default_factory=dict)
    _libraries: Counter[str] = field(default_factory=Counter)
    _elsewhere: Counter[str] = field(default_factory=Counter)
    _stacks: Counter[tuple[str, tuple[FunctionKey, ...], str | None]] = field(default_factory=Counter)

    def add_all(self, stacks: Iterable[SampledStack]) -> None:
        """Count stacks."""
        for stack in stacks:
            self._add(split(stack.frames), stack.count)

    def functions(self) -> tuple[BusyFunction, ...]:
        """Return the project's functions, most samples of their own first."""
        order = sorted(self._total, key=lambda key: (-self._own[key], -self._total[key], key))
        return tuple(
            BusyFunction(key=key, samples=self._own[key], samples_total=self._total[key], lines=self._lines_of(key))
            for key in order
        )

    def libraries(self) -> tuple[BusyPlace, ...]:
        """Return what ran below project functions."""
        return _places(self._libraries)

    def elsewhere(self) -> tuple[BusyPlace, ...]:
        """Return what ran without any project function on the stack."""
        return _places(self._elsewhere)

    def stacks(self) -> tuple[Stack, ...]:
        """Return the distinct stacks of project functions, most samples first."""
        return tuple(
            Stack(
                frames=frames,
                thread=thread,
                cpu_s=count / self.rate_hz,
                wall_s=count / self.rate_hz,
                samples=count,
                library=library,
            )
            for (thread, frames, library), count in self._stacks.most_common()
        )

    def _add(self, one: Split, count: int) -> None:
        self.samples += count
        self.processes.add(one.process)
        self.threads.add((one.process, one.thread))
        keys = [self.files.function(each.file, each.line) if each.file else None for each in one.frames]
        innermost = max((index for index, key in enumerate(keys) if key is not None), default=-1)
        library = library_of(one.frames[innermost + 1 :])
        self._stacks[one.thread_name, _without_recursion(keys), library] += count
        key = keys[innermost] if innermost >= 0 else None
        if key is None:
            self._elsewhere[_place(one.frames)] += count
            return
        self._own[key] += count
        self._total.update(dict.fromkeys((each for each in keys if each is not None), count))
        self._lines.setdefault(key, Counter())[one.frames[innermost].line] += count
        if library is not None:
            self._libraries[library] += count

    def _lines_of(self, key: FunctionKey) -> tuple[BusyLine, ...]:
        lines = self._lines.get(key, Counter())
        return tuple(
            BusyLine(line=line, samples=samples, text=self.source.text(key.file, line))
            for line, samples in lines.most_common(_MOST_LINES)
        )


def split(frames: Sequence[str]) -> Split:
    """Take a stack apart; what py-spy puts in front of the frames tells its process (and its parents) and thread."""
    process, thread, name = "", "", "main"
    rest = list(frames)
    while rest and ((named := _THREAD.match(rest[0])) or _PROCESS.match(rest[0])):
        text = rest.pop(0)
        if named:
            thread, name = text.partition(")")[0], (named[1] or "").strip() or text
        else:
            process = text
    return Split(process=process, thread=thread, thread_name=name, frames=tuple(map(frame, rest)))


def library_of(frames: Sequence[Frame]) -> str | None:
    """Return the import name of the innermost library among some frames, None where there is none."""
    return next((name for each in reversed(frames) if (name := _library(each.file)) is not None), None)


def _library(file: str) -> str | None:
    """Return the import name of the library that a file belongs to."""
    parts = PurePath(file).parts
    if file.startswith("<frozen "):
        return file.removeprefix("<frozen ").rstrip(">").partition(".")[0]
    if not file.endswith(".py"):
        return None
    for index, part in reversed(tuple(enumerate(parts[:-1]))):
        if part in _PACKAGES or _STDLIB.match(part):
            return parts[index + 1].removesuffix(".py")
    return None


def _without_recursion(keys: Iterable[FunctionKey | None]) -> tuple[FunctionKey, ...]:
    """Return the functions from the outermost; one that recurs stands where it is innermost, as in a profile."""
    innermost_first = dict.fromkeys(key for key in reversed(tuple(keys)) if key is not None)
    return tuple(reversed(innermost_first))


def _place(frames: Sequence[Frame]) -> str:
    """Name the innermost frame, with its library or else its file."""
    if not frames:
        return "(no frame)"
    last = frames[-1]
    where = _library(last.file) or PurePath(last.file).name
    return f"{last.name} ({where})" if where else last.name


def _places(counted: Counter[str]) -> tuple[BusyPlace, ...]:
    return tuple(BusyPlace(name=name, samples=samples) for name, samples in counted.most_common(_MOST_PLACES))
