"""The two commits that are compared, resolved with errors that help: unknown, the same, cut off by a shallow clone."""

import difflib
from dataclasses import dataclass

from orchestrator.errors import UsageError
from orchestrator.workspace.repository import Repository

_MOST_NAMES = 500
_SHORT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """One side.

    Attributes:
        name: as the person wrote it.
        commit, tree: full hashes.
    """

    name: str
    commit: str
    tree: str

    @property
    def text(self) -> str:
        """Return `main (3f2a91c0de)`; a hash alone where that was written."""
        short = self.commit[:_SHORT]
        return short if self.commit.startswith(self.name) else f"{self.name} ({short})"


def resolve_pair(repository: Repository, base: str, head: str) -> tuple[Ref, Ref]:
    """Return both refs.

    Raises:
        UsageError: one names no commit, or both name the same.
    """
    found = resolve(repository, base), resolve(repository, head)
    if found[0].commit == found[1].commit:
        both = f"{base} and {head} are the same commit, {found[0].commit[:_SHORT]}"
        hint = "name two that differ; how far identical programs lie apart here is told by: optimize doctor"
        raise UsageError(f"{both}: there is nothing to compare", hint=hint)
    return found


def resolve(repository: Repository, name: str) -> Ref:
    """Return what a name stands for.

    Raises:
        UsageError: no commit.
    """
    try:
        commit = repository.resolve(name)
    except UsageError as error:
        raise UsageError(str(error), hint=_hint(repository, name)) from error
    return Ref(name=name, commit=commit, tree=repository.tree_id(commit))


def _hint(repository: Repository, name: str) -> str:
    close = difflib.get_close_matches(name, _names(repository), n=3, cutoff=0.6)
    meant = f"did you mean {' or '.join(close)}? " if close else ""
    if repository.git.run("rev-parse", "--is-shallow-repository").text == "true":
        return (
            f"{meant}this is a shallow clone, which lacks older commits: git fetch --unshallow, or git fetch origin REF"
        )
    return f"{meant}git branch --all and git log --oneline show what there is; what is only on the remote: git fetch"


def _names(repository: Repository) -> list[str]:
    command = ("for-each-ref", f"--count={_MOST_NAMES}", "--format=%(refname:short)")
    listed = repository.git.run(*command, "refs/heads", "refs/remotes", "refs/tags").text.splitlines()
    remote = (name.partition("/")[2] for name in listed if "/" in name)
    return [*listed, *(name for name in remote if name != "HEAD")]
