"""Where a run in CI stands: the base it is compared with, the commit it works on, and where its commits may go."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from orchestrator.ci.event import PullRequest
from orchestrator.errors import UsageError
from orchestrator.workspace.commands import GitCommandFailed
from orchestrator.workspace.repository import Repository

_FETCH_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A branch of a remote that commits are pushed to."""

    remote: str
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where a run stands.

    Attributes:
        head: the commit that is checked out.
        merge_base: where its branch left the base; None without a base.
        destination: None when nothing is pushed.
        why_no_push: one sentence where nothing is pushed; empty otherwise.
        pull_request: None outside of one.
    """

    head: str
    merge_base: str | None
    destination: Destination | None
    why_no_push: str
    pull_request: PullRequest | None

    @property
    def private_branch(self) -> str:
        """Return the branch that the session works on; the one that is checked out is moved when all is done."""
        return f"codeflash/ci-{self.head[:12]}"


def stand(
    repository: Repository,
    found: PullRequest | None,
    base: str | None,
    *,
    dry_run: bool,
    env: Mapping[str, str] | None = None,
) -> Ground:
    """Return where a run stands.

    Args:
        repository: the checkout.
        found: the pull request it is about.
        base: named by the person: wins over the pull request's.
        dry_run: nothing may be pushed.
        env: lets git reach the remote.

    Raises:
        UsageError: the base is no commit, or has no history in common with what is checked out.
    """
    head = repository.head_commit()
    destination, why = _destination(repository, found, head)
    if dry_run:
        destination, why = None, "nothing is pushed in a dry run"
    return Ground(
        head=head,
        merge_base=_merge_base(_Base(repository=repository, found=found, named=base, env=env or {}), head),
        destination=destination,
        why_no_push=why,
        pull_request=found,
    )


def _destination(repository: Repository, found: PullRequest | None, head: str) -> tuple[Destination | None, str]:
    if found is not None and found.is_fork:
        return None, "the pull request comes from a fork, whose branch this run may not push to"
    if found is not None and found.head_commit != head:
        return None, (
            f"{head[:12]} is checked out, not the head of the pull request, {found.head_commit[:12]}:"
            " let the workflow check out ref: ${{ github.event.pull_request.head.sha }}"
        )
    remotes = repository.git.run("remote").text.splitlines()
    branch = found.head_ref if found is not None else repository.branch()
    if branch is None:
        return None, "no branch is checked out, and no pull request says which one this is"
    remote = _setting(repository, f"branch.{branch}.remote") or ("origin" if "origin" in remotes else "")
    if remote not in remotes:
        return None, f"there is no remote to push {branch} to"
    merge = _setting(repository, f"branch.{branch}.merge").removeprefix("refs/heads/")
    return Destination(remote=remote, branch=merge or branch), ""


def _setting(repository: Repository, name: str) -> str:
    return repository.git.run("config", "--get", name, accept=(0, 1)).text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """What a branch is compared with: as named, or as the pull request says."""

    repository: Repository
    found: PullRequest | None
    named: str | None
    env: Mapping[str, str]

    @property
    def text(self) -> str:
        return self.named or (self.found.base_ref if self.found is not None else "")

    def commit(self) -> str:
        """Return its commit, empty when it is not here."""
        told = (self.found.base_commit, f"origin/{self.found.base_ref}") if self.found is not None else ()
        for name in (self.named,) if self.named is not None else told:
            with suppress(UsageError):
                return self.repository.resolve(name)
        return ""

    def parted_from(self, head: str) -> str:
        """Return the newest commit that it and `head` have in common, empty when none is known here."""
        commit = self.commit()
        command = ("merge-base", commit, head)
        lines = self.repository.git.run(*command, accept=(0, 1)).text.splitlines() if commit else []
        return lines[0] if lines else ""

    def complete(self) -> None:
        """Fetch the rest of a shallow history, where there is a remote that gives it."""
        with suppress(GitCommandFailed):
            command = ("fetch", "--quiet", "--unshallow", "origin")
            self.repository.git.run(*command, env=self.env, timeout_s=_FETCH_TIMEOUT_S)


def _merge_base(base: _Base, head: str) -> str | None:
    """Return where the branches part; a shallow history is completed once, when that is what is missing."""
    if not base.text:
        return None
    parted = base.parted_from(head)
    if not parted and _is_shallow(base.repository):
        base.complete()
        parted = base.parted_from(head)
    if parted:
        return parted
    if not base.commit():
        hint = "fetch it: git fetch origin; actions/checkout does with fetch-depth: 0"
        raise UsageError(f"the base {base.text!r} names no commit here", hint=hint)
    why = ": the history is shallow" if _is_shallow(base.repository) else ""
    hint = "check out the whole history (actions/checkout with fetch-depth: 0), or name another --base"
    raise UsageError(f"{base.text!r} and {head[:12]} have no commit in common{why}", hint=hint)


def _is_shallow(repository: Repository) -> bool:
    return repository.git.run("rev-parse", "--is-shallow-repository").text == "true"
