"""Two commits side by side: a worktree each, the layout of each, and an environment each where they need one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath

from agents.specialists.setup import SetupImpossible, describe_tree
from orchestrator.comparing import dependencies
from orchestrator.comparing.environments import Environments
from orchestrator.comparing.refs import Ref
from orchestrator.errors import SetupFailed, UsageError
from orchestrator.ledger.layout import Layout
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.lock import SessionLock
from orchestrator.workspace.repository import Repository
from profiling.context import interpreter as interpreters
from profiling.measure.failures import Side
from profiling.model import Interpreter, Tree

_COMPILED = (".so", ".pyd", ".dylib")
_COMPILED_FROM = frozenset({".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".pyx", ".pxd", ".rs", ".f", ".f90"})
_SHOWN = 5


class Sharing(StrEnum):
    """Whether the sides run in one environment: `auto` as long as they declare the same."""

    AUTO = "auto"
    SHARED = "shared"
    SEPARATE = "separate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One side, ready to run.

    Attributes:
        ref: its commit.
        tree: its worktree with its layout.
        interpreter: runs it.
    """

    ref: Ref
    tree: Tree
    interpreter: Interpreter


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Both sides.

    Attributes:
        base, head: each ready to run.
        notes: what a person should know of how they were prepared, one sentence each.
    """

    base: Seat
    head: Seat
    notes: tuple[str, ...]

    @property
    def seats(self) -> dict[Side, Seat]:
        """Return the seats by the engine's names."""
        return {Side.BASE: self.base, Side.CHANGE: self.head}


@contextmanager
def reserved(repository: Repository, purpose: str) -> Iterator[Layout]:
    """Hold the repository's lock and its folder of worktrees, which is emptied again at the end.

    What was not there before is not there afterwards: records of ours are left only where some are kept.

    Args:
        repository: the person's.
        purpose: shown to who finds the repository locked.

    Raises:
        SessionLocked: a session or another comparison runs here.
        NotWritable: the folders can't be made.
    """
    layout = Layout(root=repository.root)
    was_there = layout.folder.exists()
    layout.create()
    started = datetime.now().astimezone().isoformat(timespec="seconds")
    with SessionLock(layout.lock, session=purpose, started=started):
        try:
            yield layout
        finally:
            PairedCheckouts(repository=repository, folder=layout.work).remove()
            if not was_there and not any(layout.cache.iterdir()):
                shutil.rmtree(layout.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What sides are made of.

    Attributes:
        repository: the person's.
        checkouts: the two worktrees.
        environments: makes what an environment each asks for.
        python: interpreter the person wants, None to have one found.
        sharing: of the environment.
        injected: files and folders of the person's checkout that both sides get, relative to its root.
    """

    repository: Repository
    checkouts: PairedCheckouts
    environments: Environments
    python: str | None
    sharing: Sharing
    injected: tuple[str, ...]

    def sides(self, base: Ref, head: Ref) -> Sides:
        """Make both worktrees and what they need.

        Raises:
            SetupFailed: nothing importable, no interpreter, or dependencies that can't be installed.
            UsageError: an injected path is not there, leads out of the repository, or is source.
        """
        overlay = self.checkouts.begin(head.commit)
        roots = {base: self.checkouts.base_at(base.commit), head: self.checkouts.work_at(head.commit)}
        trees = {ref: _described(ref, root) for ref, root in roots.items()}
        for path in self.injected:
            for tree in trees.values():
                _inject(self.repository.root, path, tree)
        pythons, notes = self._interpreters(roots)
        compiled = [file.path for file in overlay.files if file.path.endswith(_COMPILED)]
        changed = [PurePosixPath(file) for file in self.repository.changed_files(base.commit, head.commit)]
        if compiled and any(file.suffix in _COMPILED_FROM for file in changed):
            notes.append(
                f"both sides run the extensions built in your checkout, whatever their source says: {_some(compiled)}"
            )
        uncommitted = [
            path for path in self.repository.uncommitted() if path not in {one.path for one in overlay.files}
        ]
        if uncommitted:
            notes.append(f"uncommitted changes are part of neither side: {_some(uncommitted)}")
        seats = {ref: Seat(ref=ref, tree=trees[ref], interpreter=pythons[ref]) for ref in (base, head)}
        return Sides(base=seats[base], head=seats[head], notes=tuple(notes))

    def _interpreters(self, roots: dict[Ref, Path]) -> tuple[dict[Ref, Interpreter], list[str]]:
        """Return the interpreter of each side, and what to say of it."""
        try:
            found = interpreters.find(self.repository.root, self.python)
        except interpreters.NoInterpreter as error:
            hint = "name one with --python PATH"
            raise SetupFailed(f"no Python to run the commits with: {error}", hint=hint) from error
        declared = {ref: dependencies.read(root) for ref, root in roots.items()}
        base, head = declared.values()
        differs = base.digest != head.digest
        if self.sharing is Sharing.SHARED or (self.sharing is Sharing.AUTO and not differs):
            note = f"the dependencies differ, but both sides run in {found.executable}"
            return dict.fromkeys(roots, found), [note] if differs else []
        what = _some(dependencies.differences(base, head)) if differs else "as asked"
        self.environments.say(f"an environment for each side: {what}")
        made = {ref: self.environments.made(declared[ref], found, root, ref.text) for ref, root in roots.items()}
        return made, [f"an environment for each side, installed from its own declaration: {what}"]


def _described(ref: Ref, root: Path) -> Tree:
    try:
        return describe_tree(root)
    except SetupImpossible as error:
        raise SetupFailed(f"{ref.text}: {error}", hint=error.hint) from error


def _inject(checkout: Path, path: str, tree: Tree) -> None:
    """Copy a file or folder of the checkout into a worktree, in place of what stands there."""
    name, source = PurePosixPath(path), checkout / path
    if (
        name.is_absolute()
        or ".." in name.parts
        or source.is_symlink()
        or name.parts[:1] in ((".git",), (".codeflash",))
    ):
        raise UsageError(f"{path!r} can't be put into both sides", hint="name a file or folder inside the repository")
    if not source.exists():
        raise UsageError(f"{path!r} is not in your checkout", hint="name it relative to the repository's root")
    own = [PurePosixPath(one) for one in tree.source_paths]
    if any(name.is_relative_to(one) or one.is_relative_to(name) for one in own):
        raise UsageError(
            f"{path!r} is source: both sides would run the same code", hint="inject benchmarks and data only"
        )
    target = tree.root / path
    if any(above.is_symlink() for above in (target, *target.parents) if above.is_relative_to(tree.root)):
        raise UsageError(f"{path!r} is, or lies below, a link in {tree.root.name}", hint="inject it under another name")
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, symlinks=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _some(names: tuple[str, ...] | list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
