"""Uncommitted work put aside as a commit and given back, so that no kill at any moment loses it.

The commit is the working tree of the named files; its first parent is the commit they were changed on, its second the
index.
Giving back decides file by file from what is on disk, so it may be interrupted and repeated at any point.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import NotWritable, RecordsDamaged
from orchestrator.workspace.commands import Git
from orchestrator.workspace.snapshot import (
    Entries,
    Entry,
    commit_of,
    in_commit,
    in_index,
    merged,
    on_disk,
    tree_with,
    write_disk,
    write_index,
)

SHELF = "refs/codeflash/shelf/"
SET_ASIDE = "refs/codeflash/set-aside/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Work that is put aside.

    Attributes:
        ref: keeps it from being collected.
        commit: the working tree; base: the commit it was changed on; index: the staged state.
        checkout: root of the checkout it belongs to.
        paths: the files, sorted.
    """

    ref: str
    commit: str
    base: str
    index: str
    checkout: Path
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """What became of work that was put aside.

    Attributes:
        paths: files it was about.
        conflicts: those that could not be joined with what was committed since: on disk is the user's content.
        kept_ref: where the whole of it is still to be found when there were conflicts, else empty.
        elsewhere: a commit is checked out that does not follow the one it was changed on, so the files were left alone.
    """

    paths: tuple[str, ...]
    conflicts: tuple[str, ...]
    kept_ref: str
    elsewhere: bool = False

    @property
    def advice(self) -> str:
        """Say how to look at what was kept; empty when everything is back in place."""
        if not self.kept_ref:
            return ""
        reason = "could not be joined with the commits made since: your content is in the files"
        if self.elsewhere:
            reason = "was not put back: another history is checked out now"
        return (
            f"uncommitted work in {', '.join(self.conflicts)} {reason}. As it was put aside: "
            f"git show {self.kept_ref}:PATH (what was staged: git show {self.kept_ref}^2:PATH). "
            f"When it is no longer needed: git update-ref -d {self.kept_ref}"
        )


def put_aside(git: Git, session: str, paths: tuple[str, ...]) -> Shelf:
    """Store the named files' uncommitted state under a ref, then make them clean.

    Args:
        git: in the checkout's root.
        session: names the ref.
        paths: changed, staged or untracked files, relative to the root.

    Raises:
        NotWritable: a merge is under way in one of them, or a shelf of this session is still there.
    """
    if git.run("ls-files", "--unmerged", "-z").stdout:
        raise NotWritable(f"a merge is under way in {git.folder}", hint="finish or abort it: git merge --abort")
    files = tuple(sorted(set(paths)))
    base = git.run("rev-parse", "--verify", "HEAD^{commit}").text
    staged, present = in_index(git, files), on_disk(git, files)
    note = json.dumps({"checkout": str(git.folder)})
    index_tree = tree_with(git, base, {path: staged.get(path) for path in files})
    index = commit_of(git, index_tree, (base,), "index of uncommitted work")
    tree = tree_with(git, base, {path: present.get(path) for path in files})
    commit = commit_of(git, tree, (base, index), f"uncommitted work put aside\n\n{note}\n")
    git.run("update-ref", f"{SHELF}{session}", commit, "0" * len(commit))
    committed = in_commit(git, base, files)
    clean: Entries = {path: committed.get(path) for path in files}
    write_disk(git, clean)
    write_index(git, clean)
    _refresh(git)
    return _read(git, f"{SHELF}{session}", commit)


def give_back(git: Git, shelf: Shelf) -> GivenBack:
    """Put the work back on top of what is checked out now, joining it with commits made since; safe to repeat.

    Where both changed the same lines, and where the user changed a file again meanwhile, the user's content stays on
    disk and the ref is kept under another name.
    """
    if not _is_ancestor(git, shelf.base):
        return _settled(git, shelf, list(shelf.paths), elsewhere=True)
    base = in_commit(git, shelf.base, shelf.paths)
    mine = in_commit(git, shelf.commit, shelf.paths)
    head = in_commit(git, "HEAD", shelf.paths)
    present = on_disk(git, shelf.paths)
    restored: dict[str, Entry | None] = {}
    conflicts = [path for path in shelf.paths if (git.folder / path).is_dir() and not (git.folder / path).is_symlink()]
    for path in sorted(set(shelf.paths) - set(conflicts)):
        was, own, now, seen = base.get(path), mine.get(path), head.get(path), present.get(path)
        wanted, joined = _wanted(git, was, own, now)
        if not joined or seen not in (was, own, now, wanted):
            conflicts.append(path)
        if seen in (was, own, now, wanted):
            restored[path] = wanted
    write_disk(git, {path: entry for path, entry in restored.items() if entry != present.get(path)})
    conflicts += _restage(git, shelf, list(restored))
    return _settled(git, shelf, sorted(set(conflicts)))


def leftovers(git: Git) -> tuple[Shelf, ...]:
    """Return what an earlier session put aside in this checkout and did not give back."""
    listed = git.run("for-each-ref", "--format=%(refname) %(objectname)", SHELF).text.splitlines()
    shelves = (_read(git, *line.split(" ")) for line in listed)
    return tuple(shelf for shelf in shelves if shelf.checkout == git.folder)


def give_back_leftovers(git: Git) -> tuple[GivenBack, ...]:
    """Give back what an earlier session put aside in this checkout: to be done before anything else."""
    return tuple(give_back(git, shelf) for shelf in leftovers(git))


def _read(git: Git, ref: str, commit: str) -> Shelf:
    command = ("log", "--max-count=1", "--format=tformat:%P%n%b", commit)
    parents, _, note = git.run(*command).text.partition("\n")
    try:
        base, index = parents.split()
        checkout = Path(json.loads(note)["checkout"])
    except (ValueError, KeyError, TypeError) as error:
        hint = f"look at it: git show {ref}; when it is no longer needed: git update-ref -d {ref}"
        raise RecordsDamaged(
            f"{ref} does not hold uncommitted work put aside by optimize: {error}", hint=hint
        ) from error
    differ = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", base)
    paths = {*git.run(*differ, index).paths, *git.run(*differ, commit).paths}
    return Shelf(ref=ref, commit=commit, base=base, index=index, checkout=checkout, paths=tuple(sorted(paths)))


def _wanted(git: Git, was: Entry | None, own: Entry | None, now: Entry | None) -> tuple[Entry | None, bool]:
    """Return what should stand on disk, and whether it joins both sides."""
    if now in (was, own):
        return own, True
    if own == was:
        return now, True
    joined = merged(git, was, now, own) if was and now and own else None
    return (joined, True) if joined else (own, False)


def _restage(git: Git, shelf: Shelf, paths: list[str]) -> list[str]:
    """Stage again what was staged, and return the files where that can't be joined with what the index holds now."""
    base, staged = in_commit(git, shelf.base, paths), in_commit(git, shelf.index, paths)
    head, current = in_commit(git, "HEAD", paths), in_index(git, paths)
    changes: dict[str, Entry | None] = {}
    conflicts = []
    for path in paths:
        was, own, now, seen = base.get(path), staged.get(path), head.get(path), current.get(path)
        if own == was:
            continue
        wanted, joined = _wanted(git, was, own, now)
        if joined and seen in (was, now, wanted):
            changes[path] = wanted
        elif seen != own:
            conflicts.append(path)
    write_index(git, changes)
    _refresh(git)
    return conflicts


def _settled(git: Git, shelf: Shelf, conflicts: list[str], *, elsewhere: bool = False) -> GivenBack:
    kept = ""
    # One transaction: at no moment is the work under no ref at all.
    change = f"delete {shelf.ref}\0{shelf.commit}\0"
    if conflicts:
        kept = f"{SET_ASIDE}{shelf.ref.removeprefix(SHELF)}-{shelf.commit[:12]}"
        change += f"update {kept}\0{shelf.commit}\0\0"
    git.run("update-ref", "-z", "--stdin", stdin=change.encode())
    return GivenBack(paths=shelf.paths, conflicts=tuple(conflicts), kept_ref=kept, elsewhere=elsewhere)


def _refresh(git: Git) -> None:
    """Let the index see that files it knows were written; exit code 1 only says that some are changed."""
    git.run("update-index", "--refresh", accept=(0, 1))


def _is_ancestor(git: Git, commit: str) -> bool:
    return git.run("merge-base", "--is-ancestor", commit, "HEAD", accept=(0, 1)).exit_code == 0
