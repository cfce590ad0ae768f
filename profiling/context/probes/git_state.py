"""Where the checkout stands."""

from typing import ClassVar

from profiling.context.probe import Confidence, Fact, Probe, ProbeOutput, Task
from profiling.context.snapshot import RepoSnapshot

_MOST = 50


class GitState(Probe):
    """Repeats what the listing learned from git: no command of its own. Addresses of remotes may hold passwords."""

    name: ClassVar[str] = "git_state"
    declared_facts: ClassVar[tuple[Fact, ...]] = (Fact.GIT, Fact.NAMES)
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SETUP})
    languages: ClassVar[frozenset[str]] = frozenset()

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Say it."""
        git = snapshot.git
        if git is None:
            return ProbeOutput(schema_slice={"is_checkout": False}, confidence=Confidence.HIGH)
        return ProbeOutput(
            schema_slice={
                "is_checkout": True,
                "head": git.head,
                "branch": git.branch,
                "changed_files": git.changed_files,
                "changed": list(git.changed[:_MOST]),
                "is_shallow": git.is_shallow,
                "is_linked": git.is_linked,
                "submodules": list(snapshot.entries.submodules[:_MOST]),
            }
        )
