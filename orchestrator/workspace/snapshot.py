"""Files as git entries, moved between disk, index and commits without touching anything that is not named."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.workspace.commands import Git

SYMLINK_MODE = "120000"

_PATHS_A_CALL = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in git's eyes: its mode and the hash of its content."""

    mode: str
    blob: str


Entries = Mapping[str, Entry | None]


@contextmanager
def _own_index() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield {"GIT_INDEX_FILE": str(Path(folder) / "index")}


def in_commit(git: Git, commit: str, paths: Iterable[str]) -> dict[str, Entry]:
    """Return the entries that a commit has for these files."""
    found: dict[str, Entry] = {}
    for some in _batches(paths):
        for line in git.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *some).paths:
            facts, _, path = line.partition("\t")
            mode, _, blob = facts.split(" ")
            found[path] = Entry(mode, blob)
    return found


def in_index(git: Git, paths: Iterable[str], *, env: Mapping[str, str] | None = None) -> dict[str, Entry]:
    """Return the entries that the index has for these files; those with a conflict are missing."""
    found: dict[str, Entry] = {}
    for some in _batches(paths):
        for line in git.run("ls-files", "--stage", "-z", "--", *some, env=env).paths:
            facts, _, path = line.partition("\t")
            mode, blob, stage = facts.split(" ")
            if stage == "0":
                found[path] = Entry(mode, blob)
    return found


def on_disk(git: Git, paths: Iterable[str]) -> dict[str, Entry]:
    """Store the content of these files in git's database and return their entries; missing files are missing."""
    files = [path for path in paths if (git.folder / path).is_symlink() or (git.folder / path).is_file()]
    if not files:
        return {}
    with _own_index() as env:
        # What the index knows first: where the file system has no executable bit, git takes it from there.
        write_index(git, in_index(git, files), env=env)
        git.run("update-index", "--add", "--remove", "-z", "--stdin", stdin=_joined(files), env=env)
        return in_index(git, files, env=env)


def commit_of(git: Git, tree: str, parents: Iterable[str], message: str) -> str:
    """Return a new commit of a tree that no branch knows of."""
    identity = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "optimize"), ("EMAIL", "optimize@localhost"))
    }
    links = [word for parent in parents for word in ("-p", parent)]
    return git.run("commit-tree", tree, *links, stdin=message.encode(), env=identity).text


def tree_with(git: Git, commit: str | None, changes: Entries) -> str:
    """Return the tree of a commit (an empty one for None) with these files replaced or, where None, removed."""
    with _own_index() as env:
        git.run("read-tree", commit or "--empty", env=env)
        write_index(git, changes, env=env)
        return git.run("write-tree", env=env).text


def write_index(git: Git, changes: Entries, *, env: Mapping[str, str] | None = None) -> None:
    """Set or, where None, remove entries of the index, and leave all others as they are."""
    if not changes:
        return
    known = next((entry.blob for entry in changes.values() if entry), "") or git.run("hash-object", "--stdin").text
    nothing = "0" * len(known)
    lines = [
        f"{entry.mode} {entry.blob}\t{path}" if entry else f"0 {nothing}\t{path}" for path, entry in changes.items()
    ]
    git.run("update-index", "-z", "--index-info", stdin=_joined(lines), env=env)


def write_disk(git: Git, changes: Entries) -> None:
    """Write files as git would check them out, or delete them where None; the index stays as it is."""
    for path, entry in changes.items():
        if entry is None:
            with suppress(NotADirectoryError, FileNotFoundError):
                (git.folder / path).unlink()
    written = {path: entry for path, entry in changes.items() if entry}
    if not written:
        return
    with _own_index() as env:
        write_index(git, written, env=env)
        git.run("checkout-index", "--force", "-z", "--stdin", stdin=_joined(written), env=env)


def merged(git: Git, base: Entry, ours: Entry, theirs: Entry) -> Entry | None:
    """Return the three-way merge of a file's content, None where it conflicts."""
    if SYMLINK_MODE in (base.mode, ours.mode, theirs.mode):
        return None
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, entry in (("ours", ours), ("base", base), ("theirs", theirs)):
            path = Path(folder) / name
            path.write_bytes(git.run("cat-file", "blob", entry.blob).stdout)
            names.append(str(path))
        # Exit code: the number of conflicts up to 127, 255 for what can't be merged (binary files).
        output = git.run("merge-file", "--stdout", "--quiet", *names, accept=tuple(range(256)))
    if output.exit_code:
        return None
    mode = theirs.mode if theirs.mode != base.mode else ours.mode
    return Entry(mode, git.run("hash-object", "-w", "--stdin", stdin=output.stdout).text)


def _joined(lines: Iterable[str]) -> bytes:
    return b"".join(line.encode(errors="surrogateescape") + b"\0" for line in lines)


def _batches(paths: Iterable[str]) -> Iterator[list[str]]:
    """Split paths so that a command line holds them; no paths means no call, not every path."""
    every = sorted(paths)
    for start in range(0, len(every), _PATHS_A_CALL):
        yield every[start : start + _PATHS_A_CALL]
