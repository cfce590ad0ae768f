import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from profiling.collect.runs import Workload
from profiling.deep.run import DeepRun
from profiling.measure.processes import Processes
from profiling.model import Command, FunctionKey, Interpreter, RunUsage, Tree
from profiling.profile import FunctionProfile

PLAIN = RunUsage(wall_s=0.1, cpu_s=0.1, max_rss_mib=20.0, exit_code=0)
MakeRun = Callable[..., DeepRun]


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
def deep_run(tree: Tree, tmp_path: Path) -> MakeRun:
    """Make what a tool is given: `functions` as (file, first line, name) with CPU, most first."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def make(
        *argv: str,
        functions: tuple[tuple[str, int, str], ...] = (),
        executable: str = sys.executable,
        version: tuple[int, int, int] = (3, 11, 0),
        free_threaded: bool = False,
        plain: tuple[RunUsage, ...] = (PLAIN,),
        timeout_s: float = 60.0,
    ) -> DeepRun:
        interpreter = Interpreter(executable=executable, version=version, free_threaded=free_threaded)
        command = Command(argv=argv or ("python", "bench.py"), timeout_s=timeout_s)
        workload = Workload(tree=tree, command=command, interpreter=interpreter, processes=Processes(), tolerant=True)
        profiles = tuple(
            FunctionProfile(key=FunctionKey(file=file, first_line=line, qualname=name), cpu_self_s=1.0 / (index + 1))
            for index, (file, line, name) in enumerate(functions)
        )
        return DeepRun(
            workload=workload,
            plain=plain,
            timed_out=False,
            functions=profiles,
            scratch=scratch,
            on_progress=lambda _: None,
        )

    return make


@pytest.fixture
def environment(tmp_path: Path) -> Callable[..., str]:
    """Make an environment of its own with a distribution that a test writes; return its interpreter."""

    def make(distribution: str, source: str) -> str:
        folder = tmp_path / "environment"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=60)
        (packages,) = folder.glob("lib/python3.*/site-packages")
        (packages / f"{distribution}.py").write_text(dedent(source))
        metadata = packages / f"{distribution}-9.9.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 9.9\n")
        return str(folder / "bin" / "python")

    return make


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Put an executable on PATH, a Python program that a test writes."""

    def make(name: str, source: str) -> None:
        folder = tmp_path / "programs"
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_text(f"#!{sys.executable}\n{dedent(source)}")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", os.pathsep.join((str(folder), os.environ.get("PATH", os.defpath))))

    return make
