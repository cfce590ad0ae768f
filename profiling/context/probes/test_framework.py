"""How the project is tested: the framework, the command, and what says so."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import ClassVar

from profiling.context import commands
from profiling.context.probe import Confidence, Fact, Probe, ProbeOutput, Task
from profiling.context.snapshot import RepoSnapshot

_TEST_FILES = ("**/test_*.py", "**/*_test.py", "**/tests.py", "**/conftest.py")
_CONFIGURATION = ("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "tox.toml", "pytest.ini", ".pytest.ini")
_IMPORTS = (
    ("pytest", re.compile(rb"\n[ \t]*(?:import|from)[ \t]+pytest\b")),
    ("trial", re.compile(rb"\n[ \t]*(?:import|from)[ \t]+twisted\.trial\b")),
    ("django", re.compile(rb"\n[ \t]*(?:import|from)[ \t]+django\.test\b")),
    ("unittest", re.compile(rb"\n[ \t]*(?:import|from)[ \t]+unittest\b")),
)
_MAKE_TARGET = re.compile(r"^(?:test|tests|check)\s*:", re.MULTILINE)
_FOLDERS = frozenset({"tests", "test", "testing", "unittests"})
_MOST_FILES = 200


class TestFramework(Probe):
    """Configuration says it; where there is none, the imports of the test files do."""

    __test__ = False  # pytest takes every class that is named Test… for its own

    name: ClassVar[str] = "test_framework"
    declared_inputs: ClassVar[tuple[str, ...]] = (
        *_CONFIGURATION,
        *("noxfile.py", "Makefile", "manage.py", "*requirements*.txt", "requirements/*.txt", "Pipfile"),
    )
    sampled_inputs: ClassVar[tuple[str, ...]] = _TEST_FILES
    most_sampled: ClassVar[int] = _MOST_FILES
    declared_facts: ClassVar[tuple[Fact, ...]] = (Fact.NAMES,)
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SETUP})

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Read the configuration, and at most 200 test files."""
        configured = list(_configured(snapshot))
        imported = _imported(snapshot)
        framework = "pytest" if configured else next(iter(imported), None)
        evidence = configured or ([imported[framework]] if framework else [])
        files = [file for file in snapshot.matching(*_TEST_FILES) if not file.endswith("conftest.py")]
        confidence = Confidence.HIGH if configured else Confidence.MEDIUM if framework else Confidence.LOW
        command, error = _command(snapshot, framework, files)
        return ProbeOutput(
            schema_slice={
                "framework": framework,
                "command": command,
                "runners": list(_runners(snapshot)),
                "evidence": evidence[:10],
                "folders": _folders(files),
                "test_files": len(files),
            },
            confidence=Confidence.LOW if error else confidence,
            errors=(error,) if error else (),
        )


def _configured(snapshot: RepoSnapshot) -> Iterator[str]:
    manifest = snapshot.manifest
    if manifest.table("tool", "pytest"):
        yield "pyproject.toml: [tool.pytest]"
    if "tool:pytest" in manifest.setup_cfg:
        yield "setup.cfg: [tool:pytest]"
    if re.search(r"^\[pytest\]", snapshot.text("tox.ini"), re.MULTILINE):
        yield "tox.ini: [pytest]"
    yield from (name for name in ("pytest.ini", ".pytest.ini") if snapshot.is_file(name))
    yield from snapshot.matching("**/conftest.py")[:1]
    if "pytest" in manifest.requirements:
        yield "declared dependency: pytest"


def _imported(snapshot: RepoSnapshot) -> dict[str, str]:
    """Return each framework that test files import with the first that does, most telling framework first."""
    found: dict[str, str] = {}
    for file in snapshot.sample(_TEST_FILES, _MOST_FILES):
        content = b"\n" + (snapshot.read(file) or b"")
        for framework, pattern in _IMPORTS:
            if framework not in found and pattern.search(content):
                found[framework] = f"{file} imports it"
    return {framework: found[framework] for framework, _ in _IMPORTS if framework in found}


def _runners(snapshot: RepoSnapshot) -> Iterator[str]:
    manifest = snapshot.manifest
    has_file = snapshot.is_file("tox.ini") or snapshot.is_file("tox.toml")
    if has_file or manifest.table("tool", "tox") or "tox:tox" in manifest.setup_cfg:
        yield "tox"
    if snapshot.is_file("noxfile.py"):
        yield "nox"
    if manifest.table("tool", "hatch", "envs"):
        yield "hatch"
    if _MAKE_TARGET.search(snapshot.text("Makefile")):
        yield "make"


def _command(snapshot: RepoSnapshot, framework: str | None, files: list[str]) -> tuple[str | None, str]:
    """Return the command as the setup agent takes it, else as the framework is usually started; and what is wrong."""
    try:
        found = commands.tests(snapshot.root, snapshot.manifest, has_pytest=framework == "pytest")
    except commands.BadCommand as error:
        return None, f"the declared test command can't be used: {error}"
    if found is not None:
        return found.text, ""
    first = next(iter(_folders(files)), ".")
    usual = {
        "pytest": "python -m pytest -q",
        "django": "python manage.py test" if snapshot.is_file("manage.py") else None,
        "trial": "python -m twisted.trial",
        "unittest": f"python -m unittest discover -s {first}",
    }
    return (usual[framework] if framework else None), ""


def _folders(files: list[str]) -> list[str]:
    """Return the outermost folders that hold tests, at most 20: those that are named so, else where the files are."""
    folders = sorted({_test_folder(PurePosixPath(file).parent) for file in files})
    outermost: list[str] = []
    for folder in folders:
        if not any(folder.startswith(f"{above}/") for above in outermost):
            outermost.append(folder)
    return outermost[:20]


def _test_folder(folder: PurePosixPath) -> str:
    parts = folder.parts
    named = next((number for number, part in enumerate(parts, 1) if part in _FOLDERS), len(parts))
    return "/".join(parts[:named]) or "."
