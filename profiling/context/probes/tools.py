"""Which tools are at hand on this machine, and in which version."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from profiling.context.asking import version_of
from profiling.context.probe import Fact, Probe, ProbeOutput, Task
from profiling.context.programs import TOOLS, Program
from profiling.context.snapshot import RepoSnapshot

_ASKED = frozenset({"git", "uv", "cc", "ruff", "py-spy", "perf", "valgrind", "hyperfine"})
_DAY_S = 24 * 3600.0


class Tools(Probe):
    """Asks those whose version tells what they can do; no scripts, which are slow, and none of the repository."""

    name: ClassVar[str] = "tools"
    declared_facts: ClassVar[tuple[Fact, ...]] = (Fact.TOOLS,)
    ttl_seconds: ClassVar[float | None] = _DAY_S
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SETUP})
    languages: ClassVar[frozenset[str]] = frozenset()

    async def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Look for them and ask."""
        import asyncio  # noqa: PLC0415  a second run asks nobody, and does without

        found = snapshot.programs
        versions = await asyncio.gather(*(_version(one, snapshot.root) for one in found))
        at_hand: list[Mapping[str, object]] = [
            {"name": one.name, "path": one.path, "version": version}
            for one, version in zip(found, versions, strict=True)
        ]
        names = {one.name for one in found}
        return ProbeOutput(schema_slice={"at_hand": at_hand, "missing": [name for name in TOOLS if name not in names]})


async def _version(program: Program, root: Path) -> str | None:
    is_asked = program.name in _ASKED and _may_be_asked(Path(program.path), root)
    return await version_of(program.path) if is_asked else None


def _may_be_asked(path: Path, root: Path) -> bool:
    return not path.resolve().is_relative_to(root) and not _is_script(path)


def _is_script(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return True
