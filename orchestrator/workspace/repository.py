"""The user's repository, read: where it is, what is checked out, what commits hold."""

import os
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import NotARepository, TargetError, UsageError
from orchestrator.workspace.commands import Git, GitCommandFailed

RECORDS_FOLDER = ".codeflash"
EXPERIMENT_TRAILER = "Ratchet-Experiment"

_LOG_FIELDS = 8
_LOG_FORMAT = (
    "--format=tformat:%H%x00%T%x00%P%x00%an <%ae>%x00%cI%x00%s%x00%B%x00"
    f"%(trailers:key={EXPERIMENT_TRAILER},valueonly,separator=%x2C)%x00"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitInfo:
    """One commit.

    Attributes:
        commit, tree: full hashes; parents: likewise, the first one first.
        author: `name <address>`.
        committed_at: ISO 8601 with its time zone.
        subject: first line; message: all of it.
        experiment: value of its `Ratchet-Experiment` trailer, empty when it has none.
    """

    commit: str
    tree: str
    parents: tuple[str, ...]
    author: str
    committed_at: str
    subject: str
    message: str
    experiment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A checkout of the user's: an ordinary one, a linked worktree or a submodule. It holds nothing open.

    Attributes:
        root: absolute, resolved path of the checkout.
    """

    root: Path

    @classmethod
    def open(cls, path: Path) -> "Repository":
        """Open the repository that `path` lies in.

        Raises:
            NotARepository: there is none, it is bare, it has no commit, it is ours, or git distrusts its owner.
            TargetError: git is not installed.
        """
        repository = cls(root=_root(path))
        if f"/{RECORDS_FOLDER}/work/" in repository.root.as_posix() + "/":
            raise NotARepository(
                f"{repository.root} is a worktree of a session, not your checkout",
                hint="run it in the repository that holds the .codeflash folder",
            )
        repository.head_commit()
        return repository

    @property
    def git(self) -> Git:
        """Return git in the checkout's root."""
        return Git(folder=self.root)

    def head_commit(self) -> str:
        """Return the hash of the commit that is checked out.

        Raises:
            NotARepository: there is no commit yet.
        """
        found = self.git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", accept=(0, 1))
        if found.exit_code:
            raise NotARepository(
                f"{self.root} has no commit yet", hint="commit the code first: git add … && git commit"
            )
        return found.text

    def branch(self) -> str | None:
        """Return the branch that is checked out, None for a detached HEAD."""
        found = self.git.run("symbolic-ref", "--quiet", "--short", "HEAD", accept=(0, 1))
        return found.text or None

    def branch_head(self, name: str) -> str | None:
        """Return the commit a local branch points at, None when there is no such branch."""
        found = self.git.run("rev-parse", "--verify", "--quiet", f"refs/heads/{name}^{{commit}}", accept=(0, 1))
        return found.text or None

    def resolve(self, revision: str) -> str:
        """Return the full hash of the commit that a revision names.

        Raises:
            UsageError: it names none.
        """
        if not revision.startswith("-"):
            found = self.git.run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", accept=(0, 1, 128))
            if not found.exit_code:
                return found.text
        raise UsageError(f"{revision!r} names no commit of {self.root}", hint="git log --oneline shows the commits")

    def tree_id(self, commit: str) -> str:
        """Return the hash of a commit's tree."""
        return self.git.run("rev-parse", "--verify", f"{self.resolve(commit)}^{{tree}}").text

    def is_ancestor(self, ancestor: str, commit: str) -> bool:
        """Say whether `commit` contains `ancestor` (or is it)."""
        command = ("merge-base", "--is-ancestor", self.resolve(ancestor), self.resolve(commit))
        return self.git.run(*command, accept=(0, 1)).exit_code == 0

    def commit_info(self, commit: str) -> CommitInfo:
        """Return what one commit says of itself."""
        command = ("log", "--max-count=1", _LOG_FORMAT, self.resolve(commit), "--")
        return _parse_log(self.git.run(*command).stdout)[0]

    def log(self, base: str, head: str) -> tuple[CommitInfo, ...]:
        """Return the commits of `head` that `base` does not contain, oldest first."""
        between = f"{self.resolve(base)}..{self.resolve(head)}"
        command = ("log", "--topo-order", "--reverse", _LOG_FORMAT, between, "--")
        return _parse_log(self.git.run(*command).stdout)

    def uncommitted(self) -> tuple[str, ...]:
        """Return the paths with uncommitted or untracked work, sorted; a folder without a tracked file ends in `/`."""
        command = ("status", "--porcelain=v1", "-z", "--untracked-files=normal", "--no-renames")
        paths = (line[3:] for line in self.git.run(*command).paths)
        return tuple(sorted(path for path in paths if path.partition("/")[0] != RECORDS_FOLDER))

    def changed_files(self, base: str, head: str) -> tuple[str, ...]:
        """Return the files that differ between two commits, sorted; a renamed file counts under both names."""
        command = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", self.resolve(base), self.resolve(head))
        return tuple(sorted(self.git.run(*command).paths))

    def diff(self, base: str, head: str) -> str:
        """Return the unified diff from one commit to another, decoded with replacement."""
        command = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--src-prefix=a/")
        output = self.git.run(*command, "--dst-prefix=b/", self.resolve(base), self.resolve(head), "--")
        return output.stdout.decode(errors="replace")

    def file_at(self, commit: str, path: str) -> bytes | None:
        """Return a file's content in a commit, None when that commit has no such file.

        Args:
            commit: revision.
            path: relative to the root, POSIX separators.
        """
        listed = self.git.run("ls-tree", "-z", "--full-tree", self.resolve(commit), "--", path).stdout
        kind, _, rest = listed.partition(b" ")[2].partition(b" ")
        if kind != b"blob":
            return None
        return self.git.run("cat-file", "blob", rest.partition(b"\t")[0].decode()).stdout


def _root(path: Path) -> Path:
    # GitPython runs git when it is imported and fails without it: not at the import of this module.
    try:
        import git  # noqa: PLC0415
    except ImportError as error:
        raise TargetError("git can't be run", hint="install git and put it on PATH") from error
    try:
        with git.Repo(path, search_parent_directories=True, expand_vars=False) as repo:
            folder = repo.working_tree_dir
    except (git.InvalidGitRepositoryError, git.NoSuchPathError, OSError, ValueError) as error:
        hint = "go to a repository, or make this one: git init && git add … && git commit"
        raise NotARepository(f"there is no git repository at {path}", hint=hint) from error
    if folder is None:
        raise NotARepository(f"{path} is a bare repository", hint="clone it and run optimize in the clone")
    return _toplevel(Path(os.path.realpath(folder)))


def _toplevel(folder: Path) -> Path:
    """Ask git itself: it refuses what GitPython overlooks (a foreign owner, a broken link)."""
    try:
        found = Git(folder=folder).run("rev-parse", "--show-toplevel").stdout
    except GitCommandFailed as error:
        raise NotARepository(str(error), hint=error.hint) from error
    return Path(os.path.realpath(os.fsdecode(found.removesuffix(b"\n"))))


def _parse_log(stdout: bytes) -> tuple[CommitInfo, ...]:
    fields = stdout.decode(errors="replace").split("\0")
    commits = []
    for start in range(0, len(fields) - _LOG_FIELDS, _LOG_FIELDS):
        commit, tree, parents, author, committed_at, subject, message, trailers = fields[start : start + _LOG_FIELDS]
        commits.append(
            CommitInfo(
                commit=commit.strip(),
                tree=tree,
                parents=tuple(parents.split()),
                author=author,
                committed_at=committed_at,
                subject=subject,
                message=message,
                experiment=trailers.strip().rpartition(",")[2],
            )
        )
    return tuple(commits)
