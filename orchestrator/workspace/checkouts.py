"""The pair of worktrees a session measures in: one holds the base, one the fix; their paths are of equal length."""

from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.workspace import overlay, worktree
from orchestrator.workspace.overlay import Overlay
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.worktree import Worktree

_BASE, _WORK = "lead-base", "lead-work"


@dataclass(kw_only=True)
class PairedCheckouts:
    """The lead's two worktrees, made when they are first asked for.

    Attributes:
        repository: the user's.
        folder: where worktrees live.
    """

    repository: Repository
    folder: Path
    _made: dict[str, Worktree] = field(default_factory=dict)
    _overlay: Overlay | None = None

    def begin(self, commit: str) -> Overlay:
        """Remove what an earlier session left and take a copy of untracked files for both worktrees."""
        worktree.remove_leftovers(self.repository, self.folder)
        self._made.clear()
        self._overlay = overlay.capture(self.repository, commit, self.folder / "overlay")
        return self._overlay

    def base_at(self, commit: str) -> Path:
        """Return the base worktree, brought to exactly this commit."""
        return self._at(_BASE, commit).path

    def work_at(self, commit: str) -> Path:
        """Return the work tree, brought to exactly this commit."""
        return self._at(_WORK, commit).path

    def work(self, commit: str) -> Worktree:
        """Return the work tree with its git, brought to exactly this commit."""
        return self._at(_WORK, commit)

    def remove(self) -> None:
        """Remove both worktrees and the copy."""
        worktree.remove_leftovers(self.repository, self.folder)
        self._made.clear()

    def _at(self, name: str, commit: str) -> Worktree:
        if self._overlay is None:
            self.begin(commit)
        found = self._made.get(name)
        if found is None:
            found = worktree.create(self.repository, self.folder / name, commit)
            self._made[name] = found
        worktree.reset(found, commit, overlay=self._overlay)
        return found
