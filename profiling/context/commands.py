"""How the project is tested, and what it could be measured on."""

import ast
import re
import shlex
from pathlib import Path
from typing import Literal

from profiling.context.manifest import Manifest, strings, text_of
from profiling.context.parsing import parsed
from profiling.model import Command

_BENCH_FILE = re.compile(r"^(bench|benchmark|perf)[\w-]*\.py$|^[\w-]*_(bench|benchmark)\.py$")
_BENCH_FOLDERS = (".", "benchmarks", "benchmark", "bench", "perf", "scripts")
_TEST_FOLDERS = ("tests", "test")
ASV_FILES = ("asv.conf.json", "asv.conf.jsonc", "benchmarks/asv.conf.json")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


class BadCommand(ValueError):
    """A command line that can't be split; the message says why."""


def parse(text: str, *, timeout_s: float = 600.0) -> Command:
    """Split a command line as a shell would, leading `NAME=value` included; no shell ever sees it.

    Raises:
        BadCommand: unbalanced quotes, nothing to run, or shell syntax (pipes, redirections, `&&`).
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise BadCommand(f"{text!r}: {error}") from error
    env: list[tuple[str, str]] = []
    while words and _ASSIGNMENT.match(words[0]):
        name, _, value = words.pop(0).partition("=")
        env.append((name, value))
    if not words:
        raise BadCommand(f"{text!r} holds no command")
    shell = [word for word in words if word in {"|", "||", "&&", ";", "&"} or word.startswith((">", "<", "2>"))]
    if shell:
        raise BadCommand(f"{text!r} needs a shell ({shell[0]}): put it in a script and name the script")
    return Command(argv=tuple(words), env=tuple(env), timeout_s=timeout_s)


def declared(manifest: Manifest, name: Literal["tests", "workload"]) -> tuple[Command, ...]:
    """Return the commands that `[tool.optimize]` declares.

    Raises:
        BadCommand: one can't be split.
    """
    return tuple(parse(text) for text in strings(manifest.table("tool", "optimize").get(name)))


def tests(root: Path, manifest: Manifest, *, has_pytest: bool) -> Command | None:
    """Return the project's test command, or None when it has no tests that can be run here."""
    named = declared(manifest, "tests")
    if named:
        return named[0]
    folders = [name for name in _TEST_FOLDERS if (root / name).is_dir()]
    folders = [name for name in _tests_root(manifest) if (root / name).is_dir()] or folders
    files = [path for name in folders for path in _python_files(root / name)] or _top_level_tests(root)
    configured = bool(manifest.table("tool", "pytest")) or "tool:pytest" in manifest.setup_cfg
    configured = configured or (root / "pytest.ini").exists()
    if not files and not configured:
        return None
    if has_pytest:
        testpaths = strings(manifest.table("tool", "pytest", "ini_options").get("testpaths"))
        where = () if configured and testpaths else tuple(folders)
        return Command(argv=("python", "-m", "pytest", "-q", *where))
    if any(_uses_unittest(path) for path in files):
        return Command(argv=("python", "-m", "unittest", "discover", "-s", folders[0] if folders else "."))
    return None


def workloads(root: Path, manifest: Manifest) -> tuple[Command, ...]:
    """Return what could serve as a workload, best first: declared, benchmark scripts, pytest benchmarks, asv's."""
    named = declared(manifest, "workload")
    scripts = [
        Command(argv=("python", path.relative_to(root).as_posix()))
        for folder in _BENCH_FOLDERS
        for path in _python_files(root / folder)
        if _BENCH_FILE.match(path.name) and is_script(path)
    ]
    suites = []
    if "pytest-benchmark" in manifest.requirements:
        suites = [
            Command(argv=("python", "-m", "pytest", "-q", path.relative_to(root).as_posix(), "--benchmark-only"))
            for folder in (*_BENCH_FOLDERS, *_TEST_FOLDERS)
            for path in _python_files(root / folder)
            if "bench" in path.name and path.name.startswith("test_")
        ]
    configured = next((name for name in ASV_FILES if (root / name).is_file()), None)
    if configured is not None:
        suites.append(Command(argv=("asv", "run", "--config", configured)))
    return tuple(dict.fromkeys([*named, *scripts, *suites]))


def files_looked_at(root: Path, manifest: Manifest) -> tuple[str, ...]:
    """Return the Python files that tests and workloads are found by, relative to the root, tracked by git or not."""
    folders = dict.fromkeys((*_BENCH_FOLDERS, *_TEST_FOLDERS, *_tests_root(manifest)))
    inside = [folder for folder in folders if not Path(folder).is_absolute() and ".." not in Path(folder).parts]
    return tuple(path.relative_to(root).as_posix() for folder in inside for path in _python_files(root / folder))


def is_script(path: Path) -> bool:
    """Say whether a file does something when run: it has statements beyond definitions, or a main guard."""
    tree = parsed(text_of(path) or "")
    return tree is not None and any(
        isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Expr) and not _is_docstring(node)
        for node in tree.body
    )


def _python_files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.glob("*.py") if path.is_file())
    except (OSError, ValueError):
        return []


def _tests_root(manifest: Manifest) -> tuple[str, ...]:
    return strings(manifest.table("tool", "codeflash").get("tests-root"))


def _top_level_tests(root: Path) -> list[Path]:
    return [path for path in _python_files(root) if path.name.startswith("test_") or path.stem.endswith("_test")]


def _uses_unittest(path: Path) -> bool:
    return "unittest" in (text_of(path) or "")


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
