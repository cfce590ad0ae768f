"""Which of the declared dependencies often decide how fast a program is."""

from typing import ClassVar

from profiling.context.documents import speed_dependencies
from profiling.context.probe import Confidence, Probe, ProbeOutput, Task
from profiling.context.snapshot import RepoSnapshot


class SpeedDependencies(Probe):
    """Reads declarations only: what is imported and not declared is not seen."""

    name: ClassVar[str] = "speed_dependencies"
    declared_inputs: ClassVar[tuple[str, ...]] = (
        *("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "*requirements*.txt", "requirements/*.txt"),
    )
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SETUP, Task.SCAN})

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Read the declarations."""
        manifest = snapshot.manifest
        own_name = manifest.table("project").get("name")
        is_declared = bool(manifest.requirements or manifest.table("project"))
        return ProbeOutput(
            schema_slice={
                "dependencies": [name for name in speed_dependencies(manifest) if name != own_name],
                "declared": len(manifest.requirements),
            },
            confidence=Confidence.HIGH if is_declared else Confidence.LOW,
        )
