"""The pairs of worktrees that are measured in: one holds the base, one the fix; their paths are of equal length."""

import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.workspace import overlay, worktree
from orchestrator.workspace.overlay import Overlay
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.worktree import Worktree

_BASE, _WORK = "base", "work"


@dataclass(kw_only=True)
class _Pair(ABC):
    """Two worktrees, made when they are first asked for.

    Attributes:
        repository: the user's.
        folder: where worktrees live.
        owner: whose they are: begins their names.
        guard: held while git's list of worktrees changes.
    """

    repository: Repository
    folder: Path
    owner: str
    guard: threading.RLock = field(default_factory=threading.RLock)
    _made: dict[str, Worktree] = field(default_factory=dict)

    @abstractmethod
    def untracked(self, commit: str) -> Overlay:
        """Return the copy of untracked files that goes into every worktree of the session."""

    def base_at(self, commit: str) -> Path:
        """Return the base worktree, brought to exactly this commit."""
        return self._at(_BASE, commit).path

    def work_at(self, commit: str) -> Path:
        """Return the work tree, brought to exactly this commit."""
        return self._at(_WORK, commit).path

    def work(self, commit: str) -> Worktree:
        """Return the work tree with its git, brought to exactly this commit."""
        return self._at(_WORK, commit)

    def _at(self, name: str, commit: str) -> Worktree:
        untracked = self.untracked(commit)
        if name not in self._made:
            with self.guard:
                self._made[name] = worktree.create(self.repository, self._path(name), commit)
        worktree.reset(self._made[name], commit, overlay=untracked)
        return self._made[name]

    def _path(self, name: str) -> Path:
        return self.folder / f"{self.owner}-{name}"


@dataclass(kw_only=True)
class PairedCheckouts(_Pair):
    """The lead's two worktrees, and the copy of untracked files that every worktree of the session gets."""

    owner: str = "lead"
    _overlay: Overlay | None = None

    def begin(self, commit: str) -> Overlay:
        """Remove what an earlier session left and take a copy of untracked files for all worktrees."""
        with self.guard:
            worktree.remove_leftovers(self.repository, self.folder)
            self._made.clear()
            self._overlay = overlay.capture(self.repository, commit, self.folder / "overlay")
            return self._overlay

    def untracked(self, commit: str) -> Overlay:
        """Return the copy of untracked files; whoever asks first in a session that goes on has it taken."""
        with self.guard:
            return self._overlay if self._overlay is not None else self.begin(commit)

    def remove(self) -> None:
        """Remove all worktrees of the session and the copy."""
        with self.guard:
            worktree.remove_leftovers(self.repository, self.folder)
            self._made.clear()

    def of(self, worker: str) -> "WorkerCheckouts":
        """Return the two worktrees of a worker."""
        return WorkerCheckouts(
            repository=self.repository, folder=self.folder, owner=worker, guard=self.guard, lead=self
        )


@dataclass(kw_only=True)
class WorkerCheckouts(_Pair):
    """A worker's two worktrees, with the lead's copy of untracked files."""

    lead: PairedCheckouts

    def untracked(self, commit: str) -> Overlay:
        """Return the copy that the lead took."""
        return self.lead.untracked(commit)

    def remove(self) -> None:
        """Remove both worktrees."""
        with self.guard:
            for name in (_BASE, _WORK):
                worktree.remove(self.repository, self._path(name))
            self._made.clear()
