import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from profiling.measure.processes import Launch, Processes
from profiling.model import Interpreter, Tree


@pytest.fixture
def processes() -> Iterator[Processes]:
    pool = Processes()
    yield pool
    pool.stop()


@pytest.fixture
def interpreter() -> Interpreter:
    return Interpreter(
        executable=sys.executable,
        version=(sys.version_info.major, sys.version_info.minor, sys.version_info.micro),
        implementation=platform.python_implementation().lower(),
    )


@pytest.fixture
def script_launch(tmp_path: Path) -> Callable[..., Launch]:
    """Make the launch of a Python text."""

    def make(text: str, *, timeout_s: float = 30.0, core: int | None = None) -> Launch:
        argv = (sys.executable, "-c", text)
        return Launch(argv=argv, cwd=tmp_path, env={"LC_ALL": "C"}, timeout_s=timeout_s, core=core)

    return make


@pytest.fixture
def make_tree(tmp_path: Path) -> Callable[..., Tree]:
    """Make a tree of the files given, under a name."""

    def make(name: str, files: dict[str, str], packages: tuple[str, ...] = ("proj",)) -> Tree:
        root = tmp_path / name
        for file, text in files.items():
            target = root / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return Tree(root=root, import_roots=(".",), packages=packages, source_paths=("proj",))

    return make
