"""The text of a commit put into a folder: what a static look at an earlier state needs, and nothing that runs."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from orchestrator.errors import NotWritable
from orchestrator.workspace.commands import Git
from orchestrator.workspace.repository import Repository

_TIMEOUT_S = 600.0
_LARGEST_BYTES = 16 * 2**20
_REGULAR = (b"100644", b"100755")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blob:
    """A file of a commit."""

    path: str
    blob: bytes


def export(repository: Repository, commit: str, folder: Path, wanted: Callable[[PurePosixPath], bool]) -> int:
    """Write the wanted regular files of a commit below an empty folder and return how many there are.

    Neither attributes nor filters of the repository are applied, and no link is made: the files are the bytes that
    were committed. Files over 16 MiB are left out.

    Args:
        repository: the user's.
        commit: revision.
        folder: outside the repository.
        wanted: told each path.

    Raises:
        orchestrator.errors.UsageError: the revision names no commit.
        NotWritable: the folder refuses.
    """
    blobs = tuple(_listed(repository.git, repository.resolve(commit), wanted))
    if not blobs:
        return 0
    asked = b"".join(blob.blob + b"\n" for blob in blobs)
    answer = repository.git.run("cat-file", "--batch", stdin=asked, timeout_s=_TIMEOUT_S).stdout
    position = 0
    for blob in blobs:
        position = _write(folder / blob.path, answer, position)
    return len(blobs)


def _listed(git: Git, commit: str, wanted: Callable[[PurePosixPath], bool]) -> Iterator[_Blob]:
    listing = git.run("ls-tree", "-r", "-z", "--long", "--full-tree", commit, timeout_s=_TIMEOUT_S).stdout
    for entry in listing.split(b"\0"):
        described, _, name = entry.partition(b"\t")
        mode, _, rest = described.partition(b" ")
        if mode not in _REGULAR:
            continue
        _, blob, size = rest.split()
        path = os.fsdecode(name)
        if int(size) <= _LARGEST_BYTES and _is_inside(path) and wanted(PurePosixPath(path)):
            yield _Blob(path=path, blob=blob)


def _is_inside(path: str) -> bool:
    """Say whether a path stays below the folder: git refuses others at a checkout, but a tree may hold them."""
    parts = path.split("/")
    return all(part not in ("", ".", "..") and part.lower() != ".git" and "\\" not in part for part in parts)


def _write(path: Path, answer: bytes, position: int) -> int:
    """Write the next file of an answer of `git cat-file --batch` and return where the one after it begins."""
    end = answer.index(b"\n", position)
    size = int(answer[position:end].rpartition(b" ")[2])
    begin = end + 1
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answer[begin : begin + size])
    except OSError as error:
        raise NotWritable(f"{path} can't be written: {error}", hint="make room on the disk of $TMPDIR") from error
    return begin + size + 1
