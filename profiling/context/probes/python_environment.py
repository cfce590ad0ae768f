"""Which Python the project wants and finds here, who installs its dependencies, and where its code is."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import ClassVar

from profiling.context import interpreter, layout
from profiling.context.asking import version_of
from profiling.context.documents import PACKAGE_MANAGERS, package_manager
from profiling.context.manifest import text_of
from profiling.context.probe import Confidence, Fact, Probe, ProbeOutput, Task
from profiling.context.snapshot import RepoSnapshot

_LOCK_FILES = (
    *("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "conda-lock.yml", "pixi.lock"),
    *("requirements.lock", "requirements.txt"),
)
_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")
_VERSION = re.compile(r"^version(?:_info)?\s*=\s*(\d+\.\d+(?:\.\d+)?)", re.MULTILINE)
_DAY_S = 24 * 3600.0
_SAMPLES = frozenset("tests test testing testdata fixtures examples example samples docs doc".split())
_MOST_PROJECTS = 100


class PythonEnvironment(Probe):
    """Reads declarations; an environment in the repository is read too, never started."""

    name: ClassVar[str] = "python_environment"
    version: ClassVar[int] = 2
    declared_inputs: ClassVar[tuple[str, ...]] = (
        *_PROJECT_FILES,
        *_LOCK_FILES,
        *(f"{name}/{interpreter.MARK}" for name in interpreter.ENVIRONMENTS),
        *(f"{name}/bin/python" for name in interpreter.ENVIRONMENTS),
        *("Pipfile", "environment.yml", ".python-version", "*requirements*.txt", "requirements/*.txt"),
    )
    declared_facts: ClassVar[tuple[Fact, ...]] = (Fact.NAMES, Fact.TOOLS, Fact.LAYOUT)
    ttl_seconds: ClassVar[float | None] = _DAY_S
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SETUP, Task.SCAN, Task.AUDIT})

    async def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Read the declarations and ask the Python on PATH for its version."""
        manifest = snapshot.manifest
        tree = snapshot.tree
        found = await _interpreter(snapshot)
        projects = _projects(snapshot)
        source = None
        if tree is not None:
            paths = (tree.import_roots, tree.packages, tree.source_paths)
            source = dict(zip(("import_roots", "packages", "paths"), map(list, paths), strict=True))
        is_declared = bool(projects) and not manifest.problems
        return ProbeOutput(
            schema_slice={
                "interpreter": found,
                "requires_python": _requires_python(snapshot),
                "package_manager": _package_manager(snapshot),
                "lock_files": list(_lock_files(snapshot)),
                "build_backend": _build_backend(snapshot),
                "source": source,
                "namespace_packages": _namespace_packages(snapshot, projects),
                "projects": projects[:_MOST_PROJECTS],
                "project_count": len(projects),
            },
            confidence=Confidence.HIGH if is_declared else Confidence.MEDIUM if tree else Confidence.LOW,
            errors=manifest.problems,
        )


async def _interpreter(snapshot: RepoSnapshot) -> Mapping[str, object] | None:
    """Return the Python that a session would take first. Environments are read; the one on PATH is asked."""
    for one in interpreter.candidates(snapshot.root):
        on_path = one.origin is interpreter.Origin.PATH
        if one.origin is interpreter.Origin.OURS or (on_path and Path(one.path).is_relative_to(snapshot.root)):
            continue
        version = await version_of(one.path) if on_path else _declared_version(Path(one.path))
        return {"path": _shown(one, snapshot), "version": version, "origin": one.origin.value}
    return None


def _declared_version(executable: Path) -> str | None:
    match = _VERSION.search(text_of(executable.parent.parent / interpreter.MARK) or "")
    return match[1] if match else None


def _shown(one: interpreter.Candidate, snapshot: RepoSnapshot) -> str:
    path = Path(one.path)
    return path.relative_to(snapshot.root).as_posix() if path.is_relative_to(snapshot.root) else one.path


def _lock_files(snapshot: RepoSnapshot) -> tuple[str, ...]:
    """Return those of the root; where there is none, those of the projects below it."""
    here = tuple(name for name in _LOCK_FILES if snapshot.is_file(name))
    return here or snapshot.matching(*(f"**/{name}" for name in _LOCK_FILES))[:_MOST_PROJECTS]


def _package_manager(snapshot: RepoSnapshot) -> str:
    """Return the package manager by lock file, in the root or below it, else by its table in pyproject.toml."""
    found = package_manager(snapshot.root)
    if found != "pip":
        return found
    locked = {PurePosixPath(file).name for file in _lock_files(snapshot)}
    by_lock = (name for file, name in PACKAGE_MANAGERS if file in locked)
    by_table = (name for name in ("poetry", "pdm", "uv") if snapshot.manifest.table("tool", name))
    return next(by_lock, next(by_table, found))


def _requires_python(snapshot: RepoSnapshot) -> str | None:
    manifest = snapshot.manifest
    declared = (
        manifest.table("project").get("requires-python"),
        manifest.table("tool", "poetry", "dependencies").get("python"),
        manifest.setup_cfg.get("options", {}).get("python_requires"),
        manifest.setup_py.get("python_requires"),
    )
    return next((text for text in declared if isinstance(text, str)), None)


def _build_backend(snapshot: RepoSnapshot) -> str | None:
    table = snapshot.manifest.table("build-system")
    backend = table.get("build-backend")
    if isinstance(backend, str):
        return backend
    # What installers take where nothing is said.
    is_old = table or any(snapshot.is_file(name) for name in ("setup.py", "setup.cfg"))
    return "setuptools.build_meta:__legacy__" if is_old else None


def _projects(snapshot: RepoSnapshot) -> list[str]:
    """Return the folders that can be installed, each a project of its own; a module may be called setup.py too."""
    files = snapshot.matching(*_PROJECT_FILES, *(f"**/{name}" for name in _PROJECT_FILES[:2]))
    packages = {str(PurePosixPath(file).parent) for file in snapshot.index.by_name.get("__init__.py", ())}
    folders = ((str(PurePosixPath(file).parent), file) for file in files if not _is_sample(file))
    return sorted({folder for folder, file in folders if folder not in packages or file.endswith(".toml")})


def _is_sample(file: str) -> bool:
    """Say whether a file is one of tests or examples: many a packaging tool has a hundred such projects."""
    return bool(_SAMPLES & set(PurePosixPath(file).parts))


def _namespace_packages(snapshot: RepoSnapshot, projects: list[str]) -> list[str]:
    """Return folders where imports begin (`src/`, else the root) that are no packages themselves and hold packages."""
    inits = set(snapshot.index.by_name.get("__init__.py", ()))
    has_src = any(file.startswith("src/") for file in inits)
    depth = 2 if has_src else 1
    found: set[str] = set()
    for file in inits:
        parts = PurePosixPath(file).parts
        holder = "/".join(parts[:depth])
        is_held = len(parts) == depth + 2 and (parts[0] == "src") == has_src
        if is_held and f"{holder}/__init__.py" not in inits and layout.is_source_name(parts[depth - 1]):
            found.add(holder)
    return sorted(found - set(projects))
