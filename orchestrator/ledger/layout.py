"""Every path of `.codeflash/`, in one place."""

from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import NotWritable
from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.damaged import read_record

# Large, or of this machine alone. What a person reads (results.tsv, HANDOFF.md, experiments/, …) can be committed.
IGNORED = tuple(
    "session.db* work/ profiles/ bench/ cache/ audit/ claude/ context/ inbox/ events.jsonl *.lock *.tmp".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a session's records are.

    Attributes:
        root: absolute path of the user's checkout.
    """

    root: Path

    @property
    def folder(self) -> Path:
        """Return `.codeflash`."""
        return self.root / ".codeflash"

    @property
    def gitignore(self) -> Path:
        """Return the file that keeps the bulky records out of git."""
        return self.folder / ".gitignore"

    @property
    def setup(self) -> Path:
        """Return what was found out about the project."""
        return self.folder / "setup.md"

    @property
    def conventions(self) -> Path:
        """Return the maintainers' preferences."""
        return self.folder / "conventions.md"

    @property
    def parent_conventions(self) -> Path:
        """Return the preferences of the folder above, shared by several projects."""
        return self.root.parent / "conventions.md"

    @property
    def results(self) -> Path:
        """Return the table with one row an experiment."""
        return self.folder / "results.tsv"

    @property
    def experiments(self) -> Path:
        """Return the folder of whole experiment records."""
        return self.folder / "experiments"

    @property
    def handoff(self) -> Path:
        """Return the text that lets another machine go on."""
        return self.folder / "HANDOFF.md"

    @property
    def learnings(self) -> Path:
        """Return what holds beyond a session."""
        return self.folder / "learnings.md"

    @property
    def metrics(self) -> Path:
        """Return the figures that are tracked over sessions."""
        return self.folder / "metrics.jsonl"

    @property
    def session_db(self) -> Path:
        """Return the graph's checkpoints."""
        return self.folder / "session.db"

    @property
    def events(self) -> Path:
        """Return the log of everything that happened."""
        return self.folder / "events.jsonl"

    @property
    def lock(self) -> Path:
        """Return the lock of the running session."""
        return self.folder / "session.lock"

    @property
    def bench(self) -> Path:
        """Return the folder of scripts written for measuring."""
        return self.folder / "bench"

    @property
    def profiles(self) -> Path:
        """Return the folder of profiles."""
        return self.folder / "profiles"

    @property
    def reports(self) -> Path:
        """Return the folder of reports."""
        return self.folder / "reports"

    @property
    def context(self) -> Path:
        """Return the folder of gathered context."""
        return self.folder / "context"

    @property
    def audit(self) -> Path:
        """Return the folder of audits."""
        return self.folder / "audit"

    @property
    def cache(self) -> Path:
        """Return the folder of what can be made anew."""
        return self.folder / "cache"

    @property
    def work(self) -> Path:
        """Return the folder of worktrees."""
        return self.folder / "work"

    @property
    def processes(self) -> Path:
        """Return the note of the target's processes that run."""
        return self.work / "processes.json"

    @property
    def merge(self) -> Path:
        """Return what the merge under way came to."""
        return self.bench / "merge.json"

    @property
    def inbox(self) -> Path:
        """Return the folder through which other processes speak with a session that runs."""
        return self.folder / "inbox"

    @property
    def steering(self) -> Path:
        """Return what the person said on the way."""
        return self.bench / "steering.json"

    @property
    def claude(self) -> Path:
        """Return the folder of conversations with a model, and of what they cost."""
        return self.folder / "claude"

    @property
    def overlay(self) -> Path:
        """Return the copy of untracked files that worktrees get."""
        return self.work / "overlay"

    def worktree(self, name: str) -> Path:
        """Return where the worktree of that name is.

        Raises:
            ValueError: the name is not one folder's name, or that of the overlay.
        """
        if name in ("", ".", "..", self.overlay.name) or Path(name).name != name:
            raise ValueError(f"{name!r} can't name a worktree")
        return self.work / name

    def create(self) -> None:
        """Make the folders and the `.gitignore`; lines that are already in it stay.

        Raises:
            NotWritable: they can't be made, or one of them is a symbolic link out of our hands.
        """
        bulky = (self.work, self.bench, self.profiles, self.cache, self.claude, self.inbox)
        for folder in (self.folder, self.experiments, self.reports, *bulky):
            _make(folder)
        self.hide_bulk_from_git()

    def profiles_folder(self) -> Path:
        """Make the folder of profiles, hidden from git, and return it.

        Raises:
            NotWritable: it can't be made, or is a symbolic link out of our hands.
        """
        self.hide_bulk_from_git()
        _make(self.profiles)
        return self.profiles

    def hide_bulk_from_git(self) -> None:
        """Make `.codeflash` with its `.gitignore`, and nothing else; lines that are already in it stay.

        Raises:
            NotWritable: it can't be made, or is a symbolic link out of our hands.
        """
        _make(self.folder)
        present = (read_record(self.gitignore) or "").splitlines()
        missing = [line for line in IGNORED if line not in present]
        if missing:
            write_text(self.gitignore, "\n".join([*present, *missing]) + "\n")


def _make(folder: Path) -> None:
    # A repository may bring the link along: records and worktrees would be written wherever it points.
    if folder.is_symlink():
        raise NotWritable(f"{folder} is a symbolic link", hint=f"replace it by a folder: rm {folder}")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        hint = f"make {folder.parent} writable for this user; records are kept there"
        raise NotWritable(f"{folder} can't be made: {error}", hint=hint) from error
