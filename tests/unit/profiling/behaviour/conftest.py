import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from profiling.behaviour.tests import TestOutcomes, run_tests
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, Tree


@pytest.fixture
def processes() -> Iterator[Processes]:
    pool = Processes()
    yield pool
    pool.stop()


@pytest.fixture
def run(tmp_path: Path, processes: Processes) -> Callable[..., TestOutcomes]:
    """Write files into a tree and run a test command in it."""

    def run_in(files: dict[str, str], *argv: str, timeout_s: float = 60.0, **env: str) -> TestOutcomes:
        tree = Tree(root=tmp_path / "tree", import_roots=(".",), packages=("proj",), source_paths=("proj",))
        for file, text in {"proj/__init__.py": "", **files}.items():
            target = tree.root / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        interpreter = Interpreter(
            executable=sys.executable,
            version=(sys.version_info.major, sys.version_info.minor, sys.version_info.micro),
            implementation=platform.python_implementation().lower(),
        )
        scratch = tmp_path / f"scratch{len(list(tmp_path.iterdir()))}"
        scratch.mkdir()
        command = Command(argv=argv, env=tuple(env.items()), timeout_s=timeout_s)
        return run_tests(command, tree, interpreter, processes, scratch)

    return run_in
