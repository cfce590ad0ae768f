"""What sessions leave behind in a repository, found and removed."""

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from orchestrator.errors import NotWritable
from orchestrator.ledger.layout import Layout
from orchestrator.workspace import worktree
from orchestrator.workspace.branch import SESSION_BRANCH
from orchestrator.workspace.checkout import checked_out_at
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.shelf import SET_ASIDE, SHELF
from profiling.model import Domain

_AGENTS = "|".join((*Domain, "cpu-specialist", "lead", "researcher", "worker", "concurrency"))
WORKER_BRANCH = re.compile(rf"codeflash/(?:(?:{_AGENTS})-\d+|ci-[0-9a-f]{{12}})")
"""Branches that workers and runs in CI make; any other name below `codeflash/` is a person's, or the session's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """One thing that can go.

    Attributes:
        name: for people.
        size_bytes: what it frees.
        remove: does it.
    """

    name: str
    size_bytes: int
    remove: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """Looks through one repository.

    Attributes:
        repository: the person's.
        layout: of its records.
        keeps_state: a session here can be gone on with: its checkpoint and draft are no leftovers.
    """

    repository: Repository
    layout: Layout
    keeps_state: bool

    def found(self) -> tuple[Leftover, ...]:
        """Return what can be made anew or is of no use any more.

        Raises:
            NotWritable: the records are a link that leads elsewhere.
        """
        if self.layout.folder.is_symlink():
            raise NotWritable(f"{self.layout.folder} is a symbolic link", hint="nothing behind it is touched")
        return (*self._worktrees(), *self._branches(), *self._files(self._disposable()))

    def records(self) -> tuple[Leftover, ...]:
        """Return everything else: the records that git does not track, the session branch and its tags."""
        tracked = set(self.repository.git.run("ls-files", "-z", "--", self.layout.folder.name).paths)
        found = set(self._disposable())
        every = (path for path in _below(self.layout.folder) if _relative(path, self.layout.root) not in tracked)
        kept_out = {self.layout.work, self.layout.cache}
        rest = [path for path in every if path not in found and not kept_out & set(path.parents)]
        return (*self._files(rest), *self._session_branch(), *self._tags())

    def kept(self) -> tuple[str, ...]:
        """Return what stays although it is ours, one sentence each."""
        shelves = self.repository.git.run("for-each-ref", "--format=%(refname)", SHELF, SET_ASIDE).text.splitlines()
        notes = [f"{name} holds uncommitted work of yours: git show {name}" for name in shelves]
        if self.keeps_state:
            notes.append("the session can be gone on with: its checkpoint and draft stay")
        return tuple(notes)

    def sweep(self) -> None:
        """Remove folders of ours that were left empty; the records' own stays while anything is in it."""
        for folder, _, _ in os.walk(self.layout.folder, topdown=False):
            with suppress(OSError):
                Path(folder).rmdir()

    def _worktrees(self) -> Iterator[Leftover]:
        noted = [path for path in _registered(self.repository) if self.layout.work.resolve() in path.parents]
        there = list(self.layout.work.iterdir()) if self.layout.work.is_dir() else []
        for path in sorted({*noted, *there}):
            yield Leftover(
                name=f"worktree {_relative(path, self.layout.root)}",
                size_bytes=_size(path),
                remove=partial(worktree.remove, self.repository, path),
            )

    def _branches(self) -> Iterator[Leftover]:
        listed = self.repository.git.run("for-each-ref", "--format=%(refname:short)", "refs/heads/codeflash/").text
        for name in filter(WORKER_BRANCH.fullmatch, listed.splitlines()):
            where = checked_out_at(self.repository, name)
            if where is None or self.layout.work.resolve() in where.parents:
                yield self._branch(name)

    def _session_branch(self) -> Iterator[Leftover]:
        if self.repository.branch_head(SESSION_BRANCH) is None or checked_out_at(self.repository, SESSION_BRANCH):
            return
        yield self._branch(SESSION_BRANCH)

    def _tags(self) -> Iterator[Leftover]:
        for name in self.repository.git.run("tag", "--list", f"{SESSION_BRANCH}-v*").text.splitlines():
            yield Leftover(
                name=f"tag {name}",
                size_bytes=0,
                remove=partial(_delete_ref, self.repository, f"refs/tags/{name}"),
            )

    def _branch(self, name: str) -> Leftover:
        head = self.repository.branch_head(name) or ""
        return Leftover(
            name=f"branch {name} (back with: git branch {name} {head[:12]})",
            size_bytes=0,
            remove=partial(_delete_ref, self.repository, f"refs/heads/{name}"),
        )

    def _disposable(self) -> Iterator[Path]:
        """Yield caches, files of writes that were cut off, and what a session that is over had under way."""
        if self.layout.cache.is_dir() and not self.layout.cache.is_symlink():
            yield from self.layout.cache.iterdir()
        yield from (path for path in self.layout.folder.glob("*.tmp") if path.is_file())
        if not self.keeps_state:
            yield from sorted(self.layout.bench.glob("draft*.json"))
            yield from sorted(self.layout.folder.glob("session.db*"))

    def _files(self, paths: Iterable[Path]) -> Iterator[Leftover]:
        for path in sorted(paths):
            yield Leftover(
                name=_relative(path, self.layout.root), size_bytes=_size(path), remove=partial(_delete, path)
            )


def _registered(repository: Repository) -> list[Path]:
    lines = os.fsdecode(repository.git.run("worktree", "list", "--porcelain").stdout).split("\n")
    return [Path(line.removeprefix("worktree ")) for line in lines if line.startswith("worktree ")]


def _delete_ref(repository: Repository, ref: str) -> None:
    repository.git.run("update-ref", "-m", "optimize clean", "-d", ref)


def _delete(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise NotWritable(f"{path} can't be deleted: {error}", hint=f"delete it by hand: rm -rf {path}") from error


def _below(folder: Path) -> Iterator[Path]:
    for parent, _, files in os.walk(folder):
        yield from (Path(parent) / name for name in files)


def _size(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder; links count as themselves."""
    total = 0
    for one in (path, *(_below(path) if path.is_dir() and not path.is_symlink() else ())):
        with suppress(OSError):
            total += one.lstat().st_size if one != path or not path.is_dir() else 0
    return total


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
