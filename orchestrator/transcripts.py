"""Keeps what the functions that a fix touches were seen to be called with: recorded once on the base, read by many."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from agents.specialists.setup import Setup
from orchestrator import methodology
from orchestrator.draft import Draft
from orchestrator.observer import RepositoryObserver
from orchestrator.policy.touched import touched
from orchestrator.sources import read_source
from profiling.behaviour.record import record
from profiling.behaviour.recording import Limits, Recording, RecordingError
from profiling.measure.processes import Processes
from profiling.model import Command, FunctionKey, Tree
from profiling.target import InteractionKind

WORKLOAD = 0
"""The workload's number among the recorded commands; the tests' is the next."""

_LONGEST_TESTS_S = 60.0
"""Tests that take longer are not run once more to record calls: the workload's calls are then all there is."""


_ALL_CALLS = 2000
"""Calls that are kept of a function which is to do without a library: ten times as many as of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The recorded calls of one fix's functions.

    Attributes:
        functions: whose code the fix changes, as they stand in the base.
        recording: None when no function was changed, or it failed.
        problem: why it failed, or nothing.
    """

    functions: tuple[FunctionKey, ...]
    recording: Recording | None = None
    problem: str = ""


@dataclass(kw_only=True)
class Transcripts:
    """Records calls of touched functions on the base, once a fix.

    Attributes:
        observer: brings the base tree.
        processes: starts the target's processes.
        seed: chooses which calls are kept; never shown to a proposer.
    """

    observer: RepositoryObserver
    processes: Processes
    seed: int
    _key: str = ""
    _folder: Path | None = None
    _transcript: Transcript | None = field(default=None)

    def of(self, setup: Setup, draft: Draft, tree: Tree) -> Transcript:
        """Return the calls that the workload and the tests make of what the fix touches; the last fix's are kept."""
        if self._transcript is None or self._key != draft.key:
            self.forget()
            self._transcript, self._key = self._made(setup, draft, tree), draft.key
        return self._transcript

    def forget(self) -> None:
        """Remove what is kept."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder, self._transcript = None, None

    def _made(self, setup: Setup, draft: Draft, tree: Tree) -> Transcript:
        base = self.observer.base(setup, draft.base_commit)
        files = draft.proposal.patch.files
        keys = touched(*({file: _text(one.root / file) for file in files} for one in (base, tree)))
        if not keys:
            return Transcript(functions=())
        try:
            return Transcript(functions=keys, recording=self._recorded(setup, draft, base, keys))
        except (RecordingError, OSError) as error:
            return Transcript(functions=keys, problem=str(error))

    def _recorded(self, setup: Setup, draft: Draft, base: Tree, keys: tuple[FunctionKey, ...]) -> Recording:
        above = self.observer.layout.work / "transcripts"
        above.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(dir=above))
        return record(
            keys,
            base,
            tuple(self._commands(setup, draft)),
            setup.interpreter,
            processes=self.processes,
            folder=self._folder,
            seed=self.seed,
            limits=Limits(calls_per_function=_ALL_CALLS) if leaves_library(draft) else None,
        )

    def _commands(self, setup: Setup, draft: Draft) -> Iterator[Command]:
        yield methodology.workload_of(setup)
        before = self.observer.tests_before(setup, draft.base_commit, draft.base_tree)
        if setup.tests is not None and before is not None and before.usage.wall_s <= _LONGEST_TESTS_S:
            yield setup.tests


def leaves_library(draft: Draft) -> bool:
    """Say whether a fix acts where a library is the ceiling: what stands in for it is held to every input at hand."""
    return InteractionKind.LIBRARY_CEILING in draft.interactions


def _text(path: Path) -> str:
    with suppress(OSError, SyntaxError, UnicodeDecodeError):
        return read_source(path).text
    return ""
