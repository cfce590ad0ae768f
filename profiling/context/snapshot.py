"""The repository as gather found it: listed once; contents are read when a probe asks, and up to a limit."""

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from profiling.context import commands, git_listing, layout, manifest, walk
from profiling.context.globs import FileIndex, index_of, pattern_of
from profiling.context.hashing import file_digest, open_regular
from profiling.context.listing import Entries, GitState, Kind, Listing
from profiling.context.programs import Program, located
from profiling.model import Tree

_MOST_BYTES = 4 * 1024 * 1024
_MOST_KEPT_BYTES = 16 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class _Kept:
    """Contents of files, up to a limit."""

    by_path: dict[str, bytes] = field(default_factory=dict)
    bytes_left: int = _MOST_KEPT_BYTES

    def add(self, path: str, content: bytes) -> None:
        if len(content) <= self.bytes_left:
            self.bytes_left -= len(content)
            self.by_path[path] = content


@dataclass(frozen=True, kw_only=True)  # no slots: what was worked out on demand is kept in the instance
class RepoSnapshot:
    """A repository's files, and the declarations that several probes read.

    Attributes:
        root: absolute.
        listing: its files, still as they were told.
    """

    root: Path
    listing: Listing

    @property
    def kind(self) -> Kind:
        """Return who knows the files."""
        return self.listing.kind

    @property
    def git(self) -> GitState | None:
        """Return where the checkout stands, None without git."""
        return self.listing.git

    @cached_property
    def entries(self) -> Entries:
        """Return the files with what is known of them."""
        return self.listing.entries()

    @cached_property
    def index(self) -> FileIndex:
        """Return the files by name and suffix."""
        return index_of(self.entries.files)

    @cached_property
    def manifest(self) -> manifest.Manifest:
        """Return what the project says of itself."""
        return manifest.read(self.root)

    @cached_property
    def tree(self) -> Tree | None:
        """Return where importable code begins, None where none is found; git need not track it."""
        return layout.describe(self.root, self.manifest)

    @cached_property
    def usual_files(self) -> tuple[str, ...]:
        """Return the Python files that commands are found by; git need not track them."""
        return commands.files_looked_at(self.root, self.manifest)

    @cached_property
    def programs(self) -> tuple[Program, ...]:
        """Return the tools at hand on this machine."""
        return located()

    def matching(self, *globs: str) -> tuple[str, ...]:
        """Return the listed files that any of some globs names, sorted; a path without wildcard also when unlisted."""
        if globs not in self._matched:
            self._matched[globs] = tuple(sorted(self._found(globs)))
        return self._matched[globs]

    @cached_property
    def _matched(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        return {}

    def _found(self, globs: tuple[str, ...]) -> set[str]:
        found: set[str] = set()
        for glob in globs:
            pattern = pattern_of(glob)
            if not pattern.is_literal:
                found.update(self.index.matching(pattern))
            elif self.is_file(pattern.text):
                found.add(pattern.text)
        return found

    def sample(self, globs: tuple[str, ...], most: int) -> tuple[str, ...]:
        """Return the files of some globs, evenly thinned out where they are more than `most`."""
        found = self.matching(*globs)
        if len(found) <= most:
            return found
        return tuple(found[number * len(found) // most] for number in range(most))

    def is_file(self, path: str) -> bool:
        """Say whether there is a regular file, or a link to one."""
        try:
            return (self.root / path).is_file()
        except (OSError, ValueError):
            return False

    def read(self, path: str, most_bytes: int = _MOST_BYTES) -> bytes | None:
        """Return a file's content, None when it is gone, a link, too large, or can't be read.

        Several probes read the same files: contents are kept up to 16 MiB together.
        """
        content = self._kept.by_path.get(path)
        if content is not None and len(content) <= most_bytes:
            return content
        content = self._read(path, most_bytes)
        if content is not None:
            self._kept.add(path, content)
        return content

    @cached_property
    def _kept(self) -> _Kept:
        return _Kept()

    def _read(self, path: str, most_bytes: int) -> bytes | None:
        try:
            descriptor = open_regular(f"{self.root}/{path}")
        except (OSError, ValueError):
            return None
        try:
            content = os.read(descriptor, most_bytes + 1)
        except OSError:
            return None
        finally:
            os.close(descriptor)
        return content if len(content) <= most_bytes else None

    def text(self, path: str) -> str:
        """Return a file's text, bytes that are no UTF-8 replaced; empty when there is none to read."""
        return (self.read(path) or b"").decode("utf-8", "replace")

    def content_id(self, path: str) -> str:
        """Return what stands for a file's content: git's own name of it where it is unchanged, else its digest."""
        return self.entries.content_ids.get(path) or file_digest(f"{self.root}/{path}")


def take(root: Path) -> RepoSnapshot:
    """Look at a repository: in a checkout its tracked files, elsewhere (or where git refuses) a walk.

    Args:
        root: a folder.
    """
    path = root.resolve()
    refused = ""
    if any(os.path.lexists(one / ".git") for one in (path, *path.parents)):
        try:
            return RepoSnapshot(root=path, listing=git_listing.listed(path))
        except git_listing.NoListing as error:
            refused = f"listed without git: {error}"
    found = walk.listed(path)
    if refused:
        found = Listing(
            kind=found.kind,
            digest=found.digest,
            entries=found.entries,
            is_complete=found.is_complete,
            problems=(refused, *found.problems),
        )
    return RepoSnapshot(root=path, listing=found)
