import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]


@pytest.fixture
def optimize(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `optimize` as a process of its own, from a folder that is not the project's."""

    def run(*arguments: str, cwd: Path = tmp_path, **environ: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OPTIMIZE_")}
        return subprocess.run(
            [sys.executable, "-m", "orchestrator.cli.main", *arguments],
            cwd=cwd,
            env={**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **environ},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small project with a benchmark script, committed."""
    root = tmp_path / "project"
    (root / "pkg").mkdir(parents=True)
    (root / "pkg" / "__init__.py").write_text("def f():\n    return sum(range(200_000))\n")
    (root / "bench.py").write_text("import pkg\nprint(sum(pkg.f() for _ in range(20)))\n")
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", str(root)]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    return root
