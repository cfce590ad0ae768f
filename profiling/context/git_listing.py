"""Lists the tracked files of a checkout, with what git knows of their contents; nothing of the repository is run."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from profiling.context.git_settings import CONFIGURED, NO_HOOKS
from profiling.context.hashing import digest, stat_digest
from profiling.context.listing import Entries, GitState, Kind, Listing
from profiling.context.walk import MOST_FILES

MOST_S = 30.0
_MOST_NAMED = 1000
_RECORD = re.compile(rb"([0-7]{6}) ([0-9a-f]{40,64}) [0-3]\t([^\0]+)\0")
_OURS = b".codeflash/"
_LINK, _SUBMODULE = b"120000", b"160000"
# Only these of our own variables: none of them is a secret, none sends git elsewhere.
_VARIABLES = frozenset(
    "PATH HOME XDG_CONFIG_HOME TMPDIR GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM GIT_CONFIG_NOSYSTEM".split()
)
_FILTERS = ("config", "--null", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$")
_PLACE = ("rev-parse", "--is-shallow-repository", "--show-prefix")
_FILES = ("ls-files", "--stage", "-z")
_STATUS = (
    *("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=no", "--no-renames", "--ignore-submodules=all"),
    *("--no-ahead-behind", "--", "."),
)


class NoListing(Exception):
    """Git can't list the files; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changes:
    """What status told.

    Attributes:
        changed: paths that differ from the commit, each with what became of the file itself: `.` for nothing, `M`, `D`
            and so on as git says it.
    """

    head: str | None
    branch: str | None
    changed: Mapping[str, str]


def listed(root: Path) -> Listing:
    """List the tracked files under a folder of a checkout.

    Raises:
        NoListing: no git, no checkout, one that git refuses, or no tracked file at all.
    """
    running: list[subprocess.Popen[bytes]] = []
    ends_at = time.monotonic() + MOST_S
    try:
        filters, place, files = (_started(root, words, running) for words in (_FILTERS, _PLACE, _FILES))
        names = _answer(filters, _FILTERS, ends_at, accept=(0, 1))
        status = _started(root, _STATUS, running, settings=tuple(_without_filters(names)))
        shallow, prefix = _answer(place, _PLACE, ends_at).split(b"\n")[:2]
        raw = _answer(files, _FILES, ends_at)
        told = _answer(status, _STATUS, ends_at)
    finally:
        _end(running)
    if not raw:
        raise NoListing("git tracks no file here")
    changes = _changes(told, os.fsdecode(prefix))
    return _listing(root, raw, changes, digest(raw, told, shallow), is_shallow=shallow == b"true")


def _listing(root: Path, raw: bytes, changes: _Changes, known: str, *, is_shallow: bool) -> Listing:
    marks = (f"{path}\0{stat_digest(root / path)}" for path, became in changes.changed.items() if became != ".")
    count = raw.count(b"\0")
    cut_off = count > MOST_FILES
    return Listing(
        kind=Kind.GIT,
        digest=digest(known, *marks),
        entries=lambda: _entries(raw, changes.changed),
        git=GitState(
            head=changes.head,
            branch=changes.branch,
            changed=tuple(changes.changed)[:_MOST_NAMED],
            changed_files=len(changes.changed),
            is_shallow=is_shallow,
            is_linked=not (root / ".git").is_dir(),
        ),
        is_complete=not cut_off,
        brings_answers=b"\t.codeflash/cache/" in raw,
        problems=(f"{count:,} files are tracked: those beyond {MOST_FILES:,} are not looked at",) if cut_off else (),
    )


def _entries(raw: bytes, changed: Mapping[str, str]) -> Entries:
    content_ids: dict[str, str] = {}
    submodules: list[str] = []
    links = 0
    for number, (mode, blob, name) in enumerate(_RECORD.findall(raw)):
        if number >= MOST_FILES:
            break
        if mode == _SUBMODULE:
            submodules.append(os.fsdecode(name))
        elif mode == _LINK:
            links += 1
        elif not name.startswith(_OURS):
            content_ids[os.fsdecode(name)] = blob.decode()
    files = tuple(path for path in content_ids if changed.get(path) != "D")
    for path, became in changed.items():
        if became != ".":
            content_ids.pop(path, None)
    return Entries(files=files, content_ids=content_ids, links=links, submodules=tuple(submodules))


def _changes(told: bytes, prefix: str) -> _Changes:
    head = branch = None
    changed: dict[str, str] = {}
    for record in os.fsdecode(told).split("\0"):
        if record.startswith("# branch.oid "):
            head = record.removeprefix("# branch.oid ")
        elif record.startswith("# branch.head "):
            branch = record.removeprefix("# branch.head ")
        elif record.startswith("1 "):
            path = record.split(" ", 8)[-1]
            changed[path.removeprefix(prefix)] = record[3]
        elif record.startswith("u "):
            changed[record.split(" ", 10)[-1].removeprefix(prefix)] = "U"
    ours = os.fsdecode(_OURS)
    changed = {path: became for path, became in changed.items() if not path.startswith(ours)}
    return _Changes(
        head=None if head == "(initial)" else head,
        branch=None if branch == "(detached)" else branch,
        changed=changed,
    )


def _without_filters(names: bytes) -> Iterator[str]:
    """Yield settings that keep status from running a filter: the repository's configuration may name any program."""
    for name in os.fsdecode(names).split("\0"):
        if name:
            yield from ("-c", f"{name}={'false' if name.endswith('required') else ''}")


def _started(
    root: Path, words: tuple[str, ...], running: list[subprocess.Popen[bytes]], *, settings: tuple[str, ...] = ()
) -> subprocess.Popen[bytes]:
    argv = ("git", *NO_HOOKS, *CONFIGURED, *settings, "--literal-pathspecs", "--no-optional-locks", *words)
    environment = {name: value for name, value in os.environ.items() if name in _VARIABLES}
    quiet = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    try:
        process = subprocess.Popen(
            argv,
            cwd=root,
            env=environment | quiet,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise NoListing(f"git can't be run: {error}") from error
    running.append(process)
    return process


def _answer(
    process: subprocess.Popen[bytes], words: tuple[str, ...], ends_at: float, *, accept: tuple[int, ...] = (0,)
) -> bytes:
    try:
        out, err = process.communicate(timeout=max(ends_at - time.monotonic(), 0.01))
    except subprocess.TimeoutExpired as error:
        raise NoListing(f"git {words[0]} did not end within {MOST_S:g} s") from error
    if process.returncode not in accept:
        said = err.decode(errors="replace").strip().partition("\n")[0]
        raise NoListing(f"git {words[0]} failed: {said[:300] or f'exit {process.returncode}'}")
    return out


def _end(running: list[subprocess.Popen[bytes]]) -> None:
    """Leave nothing running, and no pipe open."""
    for process in running:
        if process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        with suppress(OSError, ValueError, subprocess.TimeoutExpired):
            process.communicate(timeout=2)
