"""How the project is tested: the framework, the command, and what says so."""

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
    version: ClassVar[int] = 2
    declared_inputs: ClassVar[tuple[str, ...]] = (
        *_CONFIGURATION,
        *("noxfile.py", "Makefile", "manage.py", "settings.ini", "*requirements*.txt", "requirements/*.txt", "Pipfile"),
    )
    sampled_inputs: ClassVar[tuple[str, ...]] = _TEST_FILES
    most_sampled: ClassVar[int] = _MOST_FILES
    declared_facts: ClassVar[tuple[Fact, ...]] = (Fact.NAMES, Fact.LAYOUT, Fact.USUAL_FILES)
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SETUP})

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Read the configuration, and at most 200 test files."""
        configured = list(_configured(snapshot))
        imported = _imported(snapshot)
        framework = _chosen(snapshot, configured, imported)
        evidence = configured if framework in ("pytest", "nbdev") else []
        if framework == "pytest" and "pytest" in snapshot.manifest.requirements:
            evidence.append("a declared dependency")
        if framework is not None and framework in imported:
            evidence.append(f"{imported[framework]} test files import it")
        files = [file for file in snapshot.matching(*_TEST_FILES) if not file.endswith("conftest.py")]
        confidence = Confidence.HIGH if configured else Confidence.MEDIUM if framework else Confidence.LOW
        command, runnable, error = None, _Runnable(), ""
        try:
            runnable = _runnable(snapshot)
            command = _command(snapshot, framework, files, runnable)
        except commands.BadCommand as bad:
            error = f"the declared test command can't be used: {bad}"
        return ProbeOutput(
            schema_slice={
                "framework": framework,
                "command": command,
                "runnable": {"with_pytest": runnable.with_pytest, "without_pytest": runnable.without_pytest},
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
    if _is_nbdev(snapshot):
        yield "nbdev is configured: notebooks are the tests"


def _is_nbdev(snapshot: RepoSnapshot) -> bool:
    return bool(snapshot.manifest.table("tool", "nbdev")) or "nbdev" in snapshot.text("settings.ini")


def _chosen(snapshot: RepoSnapshot, configured: list[str], imported: Mapping[str, int]) -> str | None:
    """Return the framework: as configured, else what most test files import, pytest where it is a dependency too."""
    if configured:
        return "nbdev" if _is_nbdev(snapshot) and len(configured) == 1 else "pytest"
    most = max(imported, key=lambda name: imported[name], default=None)
    is_declared = "pytest" in snapshot.manifest.requirements
    return "pytest" if is_declared and most in (None, "unittest", "django") else most


def _imported(snapshot: RepoSnapshot) -> Mapping[str, int]:
    """Return how many of at most 200 test files import each framework, the most telling one first."""
    found: Counter[str] = Counter()
    for file in snapshot.sample(_TEST_FILES, _MOST_FILES):
        content = b"\n" + (snapshot.read(file) or b"")
        found.update(framework for framework, pattern in _IMPORTS if pattern.search(content))
    return {framework: found[framework] for framework, _ in _IMPORTS if found[framework]}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runnable:
    """What a session would run the tests with, by whether the target's Python has pytest."""

    with_pytest: str | None = None
    without_pytest: str | None = None


def _runnable(snapshot: RepoSnapshot) -> _Runnable:
    found = [commands.tests(snapshot.root, snapshot.manifest, has_pytest=has_pytest) for has_pytest in (True, False)]
    with_pytest, without_pytest = (None if command is None else command.text for command in found)
    return _Runnable(with_pytest=with_pytest, without_pytest=without_pytest)


def _command(snapshot: RepoSnapshot, framework: str | None, files: list[str], runnable: _Runnable) -> str | None:
    """Return the command as a session takes it, else as the framework is usually started."""
    found = runnable.with_pytest if framework == "pytest" else runnable.without_pytest
    if found is not None:
        return found
    usual = {
        "pytest": "python -m pytest -q",
        "nbdev": "nbdev_test",
        "django": "python manage.py test" if snapshot.is_file("manage.py") else None,
        "trial": " ".join(["python -m twisted.trial", *_packages(snapshot)]),
        "unittest": _unittest(snapshot, _folders(files)),
    }
    return usual[framework] if framework else None


def _packages(snapshot: RepoSnapshot) -> tuple[str, ...]:
    return snapshot.tree.packages if snapshot.tree else ()


def _unittest(snapshot: RepoSnapshot, folders: list[str]) -> str:
    """Return the discovery of the one folder that holds tests, or of all that is above several.

    Tests in a package import each other by its name: then discovery has to know where imports begin.
    """
    above = PurePosixPath(os.path.commonpath(folders)) if folders else PurePosixPath()
    outside = next((one for one in (above, *above.parents) if not snapshot.is_file(f"{one}/__init__.py")), above)
    # A namespace package has no __init__.py: below src/ imports begin there.
    top = PurePosixPath("src") if above.parts[:1] == ("src",) else outside
    start = f"python -m unittest discover -s {shlex.quote(str(above))}"
    return start if top == above else f"{start} -t {shlex.quote(str(top))}"


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
