"""The setup agent, embedded form: finds out how a repository is run, tested and measured, from its files alone."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from profiling.context import commands, documents, interpreter, layout, manifest
from profiling.context.answering import Wishes as Questions
from profiling.context.knowledge import Knowledge, know
from profiling.context.probe import Task
from profiling.model import Command, Interpreter, Tree

_QUESTIONS = Questions(
    task=Task.SETUP,
    probes=frozenset(
        {
            *("python_environment", "test_framework", "benchmark_candidates"),
            *("project_documents", "speed_dependencies", "tools"),
        }
    ),
)


class SetupImpossible(LookupError):
    """The repository can't be set up; the message says what is missing, `hint` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How this repository is run.

    Attributes:
        tree: the user's checkout with its layout.
        interpreter: runs the target's code.
        package_manager: by lock file.
        tests: test command, or None.
        workload: what is measured, or None when none was given or found.
        workload_candidates: what else could be.
        documents: relative paths of what people wrote for maintainers.
        speed_dependencies: declared dependencies that often decide speed.
        tools: profilers and tools at hand.
        problems: what could not be read or found, one sentence each.
        fingerprint: digest of the files this was derived from; another one means: look again.
        proposed: an agent proposes the commands, and no person agreed to them yet.
    """

    tree: Tree
    interpreter: Interpreter
    package_manager: str
    tests: Command | None
    workload: Command | None
    workload_candidates: tuple[Command, ...]
    documents: tuple[str, ...]
    speed_dependencies: tuple[str, ...]
    tools: tuple[str, ...]
    problems: tuple[str, ...]
    fingerprint: str
    proposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the person asked for; None means: find it."""

    python: str | None = None
    workload: str | None = None
    tests: str | None = None


def describe_tree(root: Path) -> Tree:
    """Return the layout of the repository at `root`.

    Raises:
        SetupImpossible: nothing importable was found.
    """
    tree = layout.describe(root, manifest.read(root))
    if tree is None:
        raise _nothing_importable(root)
    return tree


def importable(known: Knowledge) -> Tree:
    """Return the layout of a repository that the probes know.

    Raises:
        SetupImpossible: nothing importable was found.
    """
    if known.tree is None:
        raise _nothing_importable(known.root)
    return known.tree


def look(root: Path, wishes: Wishes) -> Setup:
    """Find out how the repository at `root` is run, tested and measured. Nothing of it is executed.

    Raises:
        SetupImpossible: no source or no interpreter was found.
        profiling.context.commands.BadCommand: a given or declared command can't be split.
    """
    _refuse_bad_commands(root)
    known = know(root, _QUESTIONS)
    tree = importable(known)
    try:
        python = interpreter.find(root, wishes.python)
    except interpreter.NoInterpreter as error:
        raise SetupImpossible(f"no Python to run the target: {error}", "name one with --python PATH") from error
    candidates = known.workloads
    has_pytest = interpreter.has_module(python, "pytest")
    tests = commands.parse(wishes.tests) if wishes.tests else known.tests(has_pytest=has_pytest)
    workload = commands.parse(wishes.workload) if wishes.workload else next(iter(candidates), None)
    return Setup(
        tree=tree,
        interpreter=python,
        package_manager=known.package_manager,
        tests=tests,
        workload=workload,
        workload_candidates=candidates,
        documents=documents.with_profile(root, known.documents),
        speed_dependencies=known.speed_dependencies,
        tools=known.tools,
        problems=(*known.problems, *_problems(tests, has_pytest=has_pytest, root=root)),
        fingerprint=fingerprint(root, python, wishes),
    )


def fingerprint(root: Path, python: Interpreter, wishes: Wishes) -> str:
    """Return a digest of what the setup depends on: declarations, top-level names, interpreter, wishes."""
    executable = python.executable.removeprefix(f"{root}/")
    digest = hashlib.sha256(repr((executable, python.version, wishes)).encode())
    for name in ("pyproject.toml", "setup.cfg", "setup.py", "pytest.ini", "tox.ini", "requirements.txt"):
        digest.update(f"\0{name}\0{manifest.text_of(root / name)}".encode())
    for folder in (".", "src", "tests", "test", "benchmarks"):
        path = root / folder
        names = sorted(entry.name for entry in path.iterdir()) if path.is_dir() else []
        digest.update(repr((folder, [name for name in names if not name.startswith(".")])).encode())
    return digest.hexdigest()[:16]


def _refuse_bad_commands(root: Path) -> None:
    """A declared command that can't be used is the person's to correct: nothing else is taken in its place."""
    declarations = manifest.read(root)
    commands.declared(declarations, "tests")
    commands.declared(declarations, "workload")


def _nothing_importable(root: Path) -> SetupImpossible:
    return SetupImpossible(
        f"no importable package or module was found in {root}",
        "name it in pyproject.toml: [tool.optimize] source = 'path/to/package'",
    )


def _problems(tests: Command | None, *, has_pytest: bool, root: Path) -> tuple[str, ...]:
    if tests is not None:
        return ()
    if any((root / name).is_dir() for name in ("tests", "test")) and not has_pytest:
        return ("there are tests, but the target's interpreter has no pytest: install it there, or name --tests",)
    return ("no test command was found: proposals are judged by the workload's output alone; name one with --tests",)
