"""Where the project's programs begin."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import ClassVar

from profiling.context.probe import Confidence, Fact, Probe, ProbeOutput, Task
from profiling.context.scripts import console_scripts
from profiling.context.snapshot import RepoSnapshot

_SERVERS = ("**/wsgi.py", "**/asgi.py", "manage.py", "**/manage.py")
_FOREIGN = frozenset({"vendor", "_vendor", "third_party", "tests", "test"})
_MOST = 100
_MOST_SCRIPTS = 1000


class EntryPoints(Probe):
    """Commands it installs, modules that are run by name, servers' modules, and groups that plugins are found by."""

    name: ClassVar[str] = "entry_points"
    version: ClassVar[int] = 2
    declared_inputs: ClassVar[tuple[str, ...]] = ("pyproject.toml", "setup.cfg", "setup.py")
    declared_facts: ClassVar[tuple[Fact, ...]] = (Fact.NAMES,)
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SETUP, Task.AUDIT})

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Read the declarations and the names of files."""
        projects = {str(PurePosixPath(file).parent) for file in snapshot.matching("**/pyproject.toml")}
        targets = {script.name: script.target for script in console_scripts(snapshot.manifest)}
        scripts = [{"name": name, "target": target} for name, target in sorted(targets.items())]
        mains = (file for file in snapshot.matching("**/__main__.py") if not _FOREIGN & set(file.split("/")))
        modules = [_module(file, projects) for file in mains][:_MOST]
        servers = list(snapshot.matching(*_SERVERS)[:_MOST])
        groups = _groups(snapshot)
        is_known = bool(scripts or modules or servers or groups)
        return ProbeOutput(
            schema_slice={
                "scripts": scripts[:_MOST_SCRIPTS],
                "modules": modules,
                "servers": servers,
                "plugin_groups": groups[:_MOST],
            },
            confidence=Confidence.HIGH if is_known else Confidence.LOW,
        )


def _module(file: str, projects: set[str]) -> str:
    """Return what follows `python -m` in the project that the file belongs to: dotted, `src/` left out."""
    folder = PurePosixPath(file).parent
    above = next((str(parent) for parent in folder.parents if str(parent) in projects), ".")
    parts = folder.relative_to(above).parts
    return ".".join(parts[1:] if parts[:1] == ("src",) else parts) or "."


def _groups(snapshot: RepoSnapshot) -> list[str]:
    manifest = snapshot.manifest
    groups = {*manifest.table("project", "entry-points"), *manifest.table("tool", "poetry", "plugins")}
    groups |= set(manifest.setup_cfg.get("options.entry_points", {}))
    of_setup_py = manifest.setup_py.get("entry_points")
    if isinstance(of_setup_py, Mapping):
        groups |= {str(name) for name in of_setup_py}
    return sorted(groups - {"console_scripts", "gui_scripts"})
