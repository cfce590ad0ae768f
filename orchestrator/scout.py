"""Looks at the repository before anything is measured: its setup, its branch, its worktrees."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from agents.specialists import setup as setup_agent
from agents.specialists.setup import Setup, SetupImpossible, Wishes
from orchestrator.errors import SettingsError, SetupFailed, WorkloadFailed
from orchestrator.ledger import conventions, experiment_json, setup_md
from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.setup_md import SetupFile
from orchestrator.services import Start
from orchestrator.trial_book import told
from orchestrator.workspace import branch, worker_branches
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.overlay import Overlay
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.shelf import give_back_leftovers
from profiling.context.commands import BadCommand

_SHOWN_NAMES = 3


class SetupHelper(Protocol):
    """Finds commands that nobody declared."""

    def complete(self, found: Setup) -> Setup:
        """Return the setup with what was missing, as it stands where nothing is found.

        Raises:
            WorkloadFailed: the person has to agree first.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryScout:
    """The real scout.

    Attributes:
        repository, layout, checkouts: of the user's repository.
        wishes: what the person named.
        session_branch: that keeps are committed to.
        helper: is asked where no workload is found; None where nobody can be.
    """

    repository: Repository
    layout: Layout
    checkouts: PairedCheckouts
    wishes: Wishes
    session_branch: str = branch.SESSION_BRANCH
    helper: SetupHelper | None = None

    def setup(self) -> tuple[Setup, bool]:
        """Return the setup, from `.codeflash/setup.md` while its fingerprint fits, else looked for and written there.

        Raises:
            SetupFailed: no source, no interpreter.
            WorkloadFailed: no workload was named or found.
            SettingsError: a named or declared command can't be split.
            RecordsDamaged: setup.md can't be read.
        """
        stored = setup_md.load(self.layout.setup)
        try:
            found = setup_agent.look(self.repository.root, self.wishes)
        except SetupImpossible as error:
            raise SetupFailed(str(error), hint=error.hint) from error
        except BadCommand as error:
            raise SettingsError(str(error), hint="name one command without shell syntax") from error
        found = self._completed(found, stored)
        if found.workload is None:
            raise WorkloadFailed(
                "no workload was named, and no benchmark was found",
                hint="name what should become faster: optimize --workload 'python bench.py'",
            )
        if not self.layout.conventions.exists():
            write_text(self.layout.conventions, conventions.render_default())
        written = _as_file(replace(found, workload=None) if found.proposed else found)
        if stored == written:
            return found, True
        setup_md.save(written, self.layout.setup)
        return found, False

    def agree(self, setup: Setup) -> None:
        """Write down a setup whose commands a person agreed to: they are not asked about again."""
        setup_md.save(_as_file(setup), self.layout.setup)

    def _completed(self, found: Setup, stored: SetupFile | None) -> Setup:
        """Return the setup with commands that were agreed to before, or that somebody finds now."""
        if found.workload is not None:
            return found
        if stored is not None and stored.workload is not None and stored.fingerprint == found.fingerprint:
            return replace(found, workload=stored.workload, tests=found.tests or stored.test_command)
        return self.helper.complete(found) if self.helper is not None else found

    def begin(self, setup: Setup, session_id: str) -> Start:
        """Take the session branch (made at HEAD when there is none) and its worktrees.

        Raises:
            RecordsDamaged: what earlier sessions wrote can't be read: said before anything is run.
        """
        records = experiment_json.load_all(self.layout.experiments)
        elsewhere = told(self.layout)
        numbers = [len(elsewhere), *(one.number for one in records), *(one.number for one in elsewhere)]
        notes = [given.advice for given in give_back_leftovers(self.repository.git) if given.advice]
        head, was_there = self.repository.head_commit(), self.repository.branch_head(self.session_branch)
        start, remote_notes = _start(self.repository, self.session_branch, head)
        base = branch.ensure(self.repository, self.session_branch, start)
        overlay = self.checkouts.begin(base)
        worker_branches.remove_all(self.repository)
        notes += remote_notes + _branch_notes(self.repository, base, head) + _checkout_notes(self.repository, overlay)
        del setup, session_id
        return Start(
            base_commit=base,
            base_tree=self.repository.tree_id(base),
            first_number=max(numbers) + 1,
            resumed_branch=was_there is not None or base != head,
            notes=tuple(notes),
            branch=self.session_branch,
        )


def _as_file(setup: Setup) -> SetupFile:
    return SetupFile(
        interpreter=replace(setup.interpreter, executable=_relative(setup.interpreter.executable, setup.tree.root)),
        package_manager=setup.package_manager,
        runner=setup.tests.argv[0] if setup.tests else "python",
        test_command=setup.tests,
        workload=setup.workload,
        workload_candidates=setup.workload_candidates,
        import_roots=setup.tree.import_roots,
        packages=setup.tree.packages,
        source_paths=setup.tree.source_paths,
        tools=setup.tools,
        fingerprint=setup.fingerprint,
        problems=setup.problems,
        documents=setup.documents,
        speed_dependencies=setup.speed_dependencies,
    )


def _relative(executable: str, root: Path) -> str:
    """Return a path inside the repository without the repository's own, so that the file can be committed."""
    path = Path(executable)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else executable


def _start(repository: Repository, name: str, head: str) -> tuple[str, list[str]]:
    """Return where a session branch that is not here begins: at a remote's, where that goes on from HEAD; else at HEAD.

    A clone has the branch of another machine only as its remote's.
    """
    found = branch.remote_heads(repository, name) if repository.branch_head(name) is None else {}
    ahead = {ref: commit for ref, commit in found.items() if not repository.is_ancestor(commit, head)}
    following = {ref: commit for ref, commit in ahead.items() if repository.is_ancestor(head, commit)}
    if len(set(following.values())) == 1:
        ref, commit = next(iter(following.items()))
        return commit, [f"{name} was made from {ref}; to begin without it: git branch -f {name} HEAD"]
    hint = f"to go on with one of them: git branch {name} {next(iter(ahead), '')}"
    return head, [f"{name} is here only as {', '.join(ahead)}; it begins at HEAD ({hint})"] if ahead else []


def _branch_notes(repository: Repository, base: str, head: str) -> list[str]:
    if base == head or repository.is_ancestor(head, base):
        return []
    ahead = len(repository.log(base, head))
    name = repository.branch() or "HEAD"
    lacks = f"{branch.SESSION_BRANCH} lacks {ahead} commit{'s' if ahead != 1 else ''} of {name}"
    advice = f"to begin at {name}: git branch -m {branch.SESSION_BRANCH} codeflash/earlier"
    return [f"{lacks}; it is worked on as it is ({advice})"]


def _checkout_notes(repository: Repository, overlay: Overlay) -> list[str]:
    notes = []
    untracked = {file.path for file in overlay.files}
    changed = [path for path in repository.uncommitted() if path not in untracked]
    if changed:
        notes.append(f"uncommitted changes stay in your checkout and are no part of this: {_some(changed)}")
    if overlay.files:
        size = overlay.total_bytes / 2**20
        names = _some(sorted(untracked))
        notes.append(f"untracked files the workload may need are copied along ({size:.1f} MiB): {names}")
    large = [one.path for one in overlay.left_out if not one.path.endswith("/")]
    if large:
        notes.append(f"too large or out of reach to be copied along: {_some(large)}")
    return notes


def _some(names: list[str]) -> str:
    more = len(names) - _SHOWN_NAMES
    return ", ".join(names[:_SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")
