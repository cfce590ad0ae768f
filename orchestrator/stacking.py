"""Puts changes that were made beside each other one upon the other, in a worktree; no branch is moved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.ledger.record import ExperimentRecord
from orchestrator.workspace import branch
from orchestrator.workspace.branch import Refused
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.repository import Repository

_NO_MEMORY = ("-c", "rerere.enabled=false", "-c", "merge.conflictStyle=merge")
"""How a person once resolved a conflict elsewhere is no proof for this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A change that does not go upon the others, and why."""

    record: ExperimentRecord
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Changes one upon the other.

    Attributes:
        base: commit they begin at; head: the last one's.
        placed: their records as they stand now: each on the one before.
        misfits: those that conflict.
    """

    base: str
    head: str
    placed: tuple[ExperimentRecord, ...]
    misfits: tuple[Misfit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacker:
    """Builds stacks in the lead's work tree.

    Attributes:
        repository, checkouts: of the session.
    """

    repository: Repository
    checkouts: PairedCheckouts

    def stack(self, base: str, records: Sequence[ExperimentRecord]) -> Stack:
        """Put kept changes upon a base in this order; one that conflicts is left out.

        A change that was made on the very commit it comes to lie on stays the commit it is: hooks and all.
        """
        head, placed, misfits = base, [], []
        for record in records:
            made = record.commit if record.base_commit == head else self._picked(record, head)
            if isinstance(made, Misfit):
                misfits.append(made)
                continue
            tree = self.repository.tree_id(head)
            placed.append(replace(record, commit=made, base_commit=head, base_tree=tree))
            head = made
        return Stack(base=base, head=head, placed=tuple(placed), misfits=tuple(misfits))

    def _picked(self, record: ExperimentRecord, head: str) -> str | Misfit:
        work = self.checkouts.work(head)
        picked = work.git.run(*_NO_MEMORY, "cherry-pick", "--no-commit", record.commit, accept=(0, 1))
        if picked.exit_code:
            files = ", ".join(record.proposal.patch.files)
            return Misfit(record=record, why=f"it changes the same lines of {files} as what was merged before it")
        made = branch.commit_files(
            work, record.proposal.patch.files, self.repository.commit_info(record.commit).message
        )
        if isinstance(made, Refused):
            return Misfit(record=record, why=f"it can't be committed upon the others: {made.reason}")
        return made.commit
