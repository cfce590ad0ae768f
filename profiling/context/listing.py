"""What a listing of a repository's files is, whoever made it: git from its index, or a walk where there is no git."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """Who knows the files."""

    GIT = "git"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """The files themselves.

    Attributes:
        files: regular files, POSIX separators, sorted; names that are no UTF-8 with surrogates.
        content_ids: what is known of contents without reading them, by path.
        links: symbolic links; none is followed.
        submodules: folders that are repositories of their own.
    """

    files: tuple[str, ...]
    content_ids: Mapping[str, str] = field(default_factory=dict)
    links: int = 0
    submodules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GitState:
    """Where a checkout stands.

    Attributes:
        head: commit, None before the first one.
        branch: None when detached.
        changed: tracked files that differ from the commit, at most 1000.
        changed_files: how many there are.
        is_shallow: history is cut off.
        is_linked: `.git` is a file: a worktree or a submodule.
    """

    head: str | None
    branch: str | None
    changed: tuple[str, ...]
    changed_files: int
    is_shallow: bool
    is_linked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A listing that is taken apart only when someone asks.

    Attributes:
        kind: who made it.
        digest: another one means that files came, went or changed; the same one that none did.
        entries: takes it apart.
        git: where the checkout stands, None without git.
        is_complete: not cut off by a limit.
        problems: what could not be listed, one sentence each.
        brings_answers: the repository tracks a cache of ours: whoever wrote it, it was not we.
    """

    kind: Kind
    digest: str
    entries: Callable[[], Entries]
    git: GitState | None = None
    is_complete: bool = True
    problems: tuple[str, ...] = ()
    brings_answers: bool = False
