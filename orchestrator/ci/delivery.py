"""Takes the commits of a run where they belong: the checked-out branch, its remote, or a patch file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.ci.ground import Destination, Ground
from orchestrator.errors import NotWritable, OptimizeError
from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.layout import Layout
from orchestrator.workspace import worktree
from orchestrator.workspace.branch import identity
from orchestrator.workspace.checkout import fast_forward
from orchestrator.workspace.commands import Git, GitCommandFailed, Output
from orchestrator.workspace.repository import Repository

PATCH = "optimize.patch"
_PUSH_TIMEOUT_S = 300.0
_MOVED = ("fetch first", "non-fast-forward", "stale info")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Delivers the commits of one run.

    Attributes:
        repository, layout: of the checkout.
        ground: where the run stands.
        credentials: variables that let git reach the remote.
    """

    repository: Repository
    layout: Layout
    ground: Ground
    credentials: Mapping[str, str] = field(default_factory=dict)

    def tidied(self, result: str, standing: Sequence[str]) -> str:
        """Return the same state without what was kept and undone again: nobody wants to review it.

        Args:
            result: the commit with the fixes.
            standing: the commits that are part of it, in order.
        """
        if len(self.repository.log(self.ground.head, result)) == len(standing):
            return result
        try:
            with self._worktree(self.ground.head) as git:
                _pick(git, *standing)
                picked = git.run("rev-parse", "--verify", "HEAD^{commit}").text
        except GitCommandFailed:
            return result
        return picked if self.repository.tree_id(picked) == self.repository.tree_id(result) else result

    def deliver(self, result: str, *, dry_run: bool) -> str:
        """Write the patch, move the checkout, push; return what became of the commits, one sentence.

        Args:
            result: the commit with the fixes; a descendant of the ground's head.
            dry_run: neither the checkout nor the remote is touched.
        """
        patch = self._write_patch(result)
        if dry_run:
            return f"A dry run: nothing was committed or pushed; the fixes are in {patch}."
        try:
            given = fast_forward(self.repository.git, result, session="ci")
        except NotWritable as error:
            return f"Not committed: {error}; the fixes are in {patch}."
        advice = f" {given.advice}." if given is not None and given.advice else ""
        if self.ground.destination is None:
            return f"Not pushed: {self.ground.why_no_push}; the fixes are in {patch}.{advice}"
        return self._pushed(self.ground.destination, result, patch) + advice

    def _write_patch(self, result: str) -> str:
        between = f"{self.ground.head}..{result}"
        text = self.repository.git.run("format-patch", "--stdout", "--no-signature", between).stdout
        path = self.layout.reports / PATCH
        write_text(path, text.decode(errors="surrogateescape"))
        return path.relative_to(self.repository.root).as_posix()

    def _pushed(self, to: Destination, result: str, patch: str) -> str:
        first = self._push(to, result)
        if not first.exit_code:
            return f"Pushed to {to.branch}."
        if not _is_moved(first):
            return f"Not pushed: {first.reason}; the fixes are in {patch}."
        rebased = self._rebased(to, result)
        if rebased is None:
            return f"Not pushed: {to.branch} was moved meanwhile and the fixes conflict with it; they are in {patch}."
        second = self._push(to, rebased)
        if second.exit_code:
            return f"Not pushed: {to.branch} was moved meanwhile, and again: {second.reason}; the fixes are in {patch}."
        return f"Pushed to {to.branch}, onto commits that came meanwhile: all of this was measured without them."

    def _push(self, to: Destination, commit: str) -> Output:
        try:
            return self.repository.git.run(
                *("push", "--porcelain", to.remote, f"{commit}:refs/heads/{to.branch}"),
                env=self.credentials,
                accept=(0, 1, 128),
                timeout_s=_PUSH_TIMEOUT_S,
            )
        except OptimizeError as error:
            return Output(exit_code=128, stdout=b"", stderr=str(error))

    def _rebased(self, to: Destination, result: str) -> str | None:
        """Return the fixes on top of what the remote's branch has become, None where they conflict."""
        try:
            command = ("fetch", "--quiet", to.remote, f"refs/heads/{to.branch}")
            self.repository.git.run(*command, env=self.credentials, timeout_s=_PUSH_TIMEOUT_S)
            onto = self.repository.resolve("FETCH_HEAD")
            with self._worktree(onto) as git:
                _pick(git, f"{self.ground.head}..{result}")
                return git.run("rev-parse", "--verify", "HEAD^{commit}").text
        except GitCommandFailed:
            return None

    @contextmanager
    def _worktree(self, commit: str) -> Iterator[Git]:
        path: Path = self.layout.worktree("ci-push")
        made = worktree.create(self.repository, path, commit)
        try:
            yield made.git
        finally:
            with suppress(OptimizeError):
                worktree.remove(self.repository, path)


def _pick(git: Git, *commits: str) -> None:
    git.run("cherry-pick", *commits, env=identity(git), timeout_s=_PUSH_TIMEOUT_S)


def _is_moved(output: Output) -> bool:
    said = output.text + output.stderr
    return output.exit_code == 1 and any(words in said for words in _MOVED)
