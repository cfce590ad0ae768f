"""What people wrote down for those who change the project."""

from typing import ClassVar

from profiling.context.documents import DOCUMENTS
from profiling.context.probe import Confidence, Fact, Probe, ProbeOutput, Task
from profiling.context.snapshot import RepoSnapshot

_README = ("README", "README.md", "README.rst", "README.txt")
_CONTRIBUTING = ("CONTRIBUTING*", ".github/CONTRIBUTING*", "docs/CONTRIBUTING*", "docs/contributing*", "DEVELOPMENT*")
_AGENTS = ("**/CLAUDE.md", "**/AGENTS.md", ".github/copilot-instructions.md", ".cursorrules", "codeflash_profile.md")
_LICENCE = ("LICENSE*", "LICENCE*", "COPYING*")
_CHANGES = ("CHANGELOG*", "CHANGES*", "HISTORY*", "NEWS*", "docs/changelog*")
_MOST = 50


class ProjectDocuments(Probe):
    """Names them; what they say is for whoever works on the code."""

    name: ClassVar[str] = "project_documents"
    version: ClassVar[int] = 2
    declared_inputs: ClassVar[tuple[str, ...]] = DOCUMENTS
    declared_facts: ClassVar[tuple[Fact, ...]] = (Fact.NAMES,)
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SETUP})
    languages: ClassVar[frozenset[str]] = frozenset()

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Look for the usual names."""
        groups = {
            "readme": _README,
            "for_contributors": _CONTRIBUTING,
            "for_agents": _AGENTS,
            "licence": _LICENCE,
            "changes": _CHANGES,
        }
        found = {name: list(snapshot.matching(*globs)[:_MOST]) for name, globs in groups.items()}
        found["for_sessions"] = [name for name in DOCUMENTS if snapshot.is_file(name)]
        return ProbeOutput(schema_slice=found, confidence=Confidence.HIGH if any(found.values()) else Confidence.LOW)
