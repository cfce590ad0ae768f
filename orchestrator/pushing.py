"""Pushes the session branch to a remote that a person agreed to."""

from dataclasses import dataclass

from orchestrator.approvals.edited_diff import BadEdit
from orchestrator.approvals.question import Answer, Decision
from orchestrator.errors import OptimizeError
from orchestrator.workspace.repository import Repository

_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where commits go: a remote by name, and the branch on it."""

    remote: str
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pusher:
    """Pushes, never with force.

    Attributes:
        repository: the person's.
        branch: the session's.
    """

    repository: Repository
    branch: str

    def remote(self) -> str:
        """Return the remote that is proposed: `origin`, or the only one; empty where there is none."""
        remotes = self._remotes()
        return "origin" if "origin" in remotes else remotes[0] if len(remotes) == 1 else ""

    def commits(self, base: str, head: str) -> tuple[str, ...]:
        """Return what would be pushed, newest first: `<hash> <subject>`."""
        return tuple(f"{one.commit[:10]} {one.subject}" for one in self.repository.log(base, head))

    def target(self, remote: str, answer: Answer) -> Destination | None:
        """Return where the person wants it, None for nowhere.

        Raises:
            BadEdit: the edited text is no remote of this repository with a branch's name.
        """
        if answer.decision is Decision.REJECT:
            return None
        if answer.decision is Decision.APPROVE:
            return Destination(remote=remote, branch=self.branch)
        words = answer.text.split()
        if len(words) != 2 or words[0] not in self._remotes():
            known = ", ".join(self._remotes())
            raise BadEdit(
                f"{answer.text.strip()[:80]!r} is not a remote ({known}) and a branch with a blank between them"
            )
        named = self.repository.git.run("check-ref-format", "--branch", words[1], accept=(0, 1, 128))
        if named.exit_code or words[1].startswith("-"):
            raise BadEdit(f"{words[1]!r} can't be the name of a branch")
        return Destination(remote=words[0], branch=words[1])

    def push(self, commit: str, to: Destination) -> str:
        """Push one commit with all before it; return what became of it, one sentence."""
        reference = f"{commit}:refs/heads/{to.branch}"
        try:
            pushed = self.repository.git.run(
                "push", "--porcelain", to.remote, reference, accept=(0, 1, 128), timeout_s=_TIMEOUT_S
            )
            said = pushed.reason if pushed.exit_code else ""
        except OptimizeError as error:
            said = " ".join(str(error).split())[-300:]
        by_hand = f"by hand: git push {to.remote} {self.branch}:{to.branch}"
        return f"not pushed to {to.remote}: {said}; {by_hand}" if said else f"pushed to {to.remote} as {to.branch}"

    def _remotes(self) -> list[str]:
        return self.repository.git.run("remote").text.splitlines()
