import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from profiling.injection import Harness, Injection, prepare
from profiling.model import Tree


@dataclass(frozen=True, kw_only=True)
class Outcome:
    stdout: str
    stderr: str
    code: int
    reports: list[Mapping[str, Any]]
    injection: Injection


Run = Callable[..., Outcome]


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A short path: multiprocessing makes sockets below the temporary folder."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root = tmp_path / "tree"
    root.mkdir()
    return Tree(root=root, import_roots=(".",), packages=("shop",), source_paths=(".",))


@pytest.fixture
def write(tree: Tree) -> Callable[[str, str], Path]:
    def write_file(name: str, text: str) -> Path:
        path = tree.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
        return path

    return write_file


@pytest.fixture
def run(tree: Tree, scratch: Path) -> Run:
    def run_injected(
        *argv: str,
        harness: str = "ratchet_time",
        options: Mapping[str, object] | None = None,
        replaced: str | None = None,
        python: str = sys.executable,
        python_path: tuple[str, ...] = (),
        injected: bool = True,
    ) -> Outcome:
        """Run Python with a harness; `replaced` is source that takes the harness's place."""
        injection = prepare(Path(tempfile.mkdtemp(dir=scratch)), tree, (Harness(name=harness, options=options or {}),))
        if replaced is not None:
            (Path(injection.python_path) / f"{harness}.py").write_text(dedent(replaced))
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
        paths = [injection.python_path, *python_path] if injected else list(python_path)
        env |= {"PYTHONPATH": os.pathsep.join(paths)} if paths else {}
        env |= injection.env if injected else {}
        done = subprocess.run(
            [python, *argv], cwd=tree.root, env=env, capture_output=True, text=True, timeout=60, check=False
        )
        return Outcome(
            stdout=done.stdout,
            stderr=done.stderr,
            code=done.returncode,
            reports=list(injection.read(harness)),
            injection=injection,
        )

    return run_injected
