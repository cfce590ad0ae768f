"""What `optimize clean` does: look, under the session's lock, then remove, and say what it freed."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from orchestrator.cli.standing import State, look
from orchestrator.ledger.layout import Layout
from orchestrator.live.plain_text import one_line
from orchestrator.workspace.leftovers import Leftover, Leftovers
from orchestrator.workspace.lock import SessionLock
from orchestrator.workspace.repository import Repository

_RESUMABLE = frozenset({State.KILLED, State.INTERRUPTED})


def cleaned(repo: str, *, everything: bool, dry_run: bool, as_json: bool) -> str:
    """Clean a repository and return what to print.

    Raises:
        SessionLocked: a session runs there.
        OptimizeError: something can't be removed; what was removed before it is gone.
    """
    repository = Repository.open(Path(repo).resolve())
    layout = Layout(root=repository.root)
    if not layout.folder.exists():
        return _rendered((), (), dry_run=dry_run, as_json=as_json)
    with _locked(layout):
        keeps_state = not everything and look(repository.root).state in _RESUMABLE
        leftovers = Leftovers(repository=repository, layout=layout, keeps_state=keeps_state)
        found = (*leftovers.found(), *(leftovers.records() if everything else ()))
        if not dry_run:
            for one in found:
                one.remove()
            leftovers.sweep()
        return _rendered(found, leftovers.kept(), dry_run=dry_run, as_json=as_json)


@contextmanager
def _locked(layout: Layout) -> Iterator[None]:
    if layout.folder.is_symlink():
        # What looks for leftovers refuses it; no lock file is written behind it.
        yield
        return
    with SessionLock(layout.lock, session="optimize clean", started=datetime.now().astimezone().isoformat()):
        yield


def _rendered(found: Sequence[Leftover], kept: Sequence[str], *, dry_run: bool, as_json: bool) -> str:
    total = sum(one.size_bytes for one in found)
    if as_json:
        rows = [{"name": one.name, "bytes": one.size_bytes} for one in found]
        what = {"dry_run": dry_run, "removed": rows, "freed_bytes": total, "kept": list(kept)}
        return json.dumps(what, indent=2)
    verb = "would remove" if dry_run else "removed"
    lines = [f"{verb} {one_line(one.name)}{_size(one.size_bytes)}" for one in found]
    lines += [f"kept: {one_line(note)}" for note in kept]
    if not found:
        return "\n".join([*lines, "nothing to clean"])
    return "\n".join([*lines, f"{'would free' if dry_run else 'freed'} {_mib(total)}"])


def _size(size_bytes: int) -> str:
    return f"  {_mib(size_bytes)}" if size_bytes else ""


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / 2**20:.1f} MiB" if size_bytes >= 2**20 / 10 else f"{size_bytes / 1024:.1f} KiB"
