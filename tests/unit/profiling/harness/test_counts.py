"""The counts pass, run for real in every interpreter at hand."""

import subprocess
import sys
from pathlib import Path

import pytest

from profiling.injection import Harness, prepare
from profiling.model import Tree

PYTHONS = [sys.executable, *sorted(str(path) for path in Path.home().glob(".pyenv/versions/3.*/bin/python"))]
SUPPORTED = [python for python in PYTHONS if not any(f"/3.{minor}." in python for minor in (6, 7, 8))]


@pytest.mark.parametrize("python", SUPPORTED, ids=lambda path: "/".join(Path(path).parts[-3:-2]))
def test_calls_are_counted_and_the_program_is_left_alone(tmp_path: Path, python: str) -> None:
    root, folder = tmp_path / "tree", tmp_path / "injection"
    root.mkdir()
    folder.mkdir()
    (root / "words.py").write_text(
        "def f(n):\n    return n\n\n\nclass C:\n    def m(self):\n        return [f(n) for n in range(5)]\n"
    )
    (root / "bench.py").write_text("import sys, words\nwords.C().m()\nwords.f(1)\nprint('done')\nsys.exit(7)\n")
    tree = Tree(root=root, import_roots=(".",), packages=("words",), source_paths=("words.py",))
    injection = prepare(folder, tree, (Harness(name="ratchet_counts", options={}),))
    environment = {"PATH": "/usr/bin", "PYTHONPATH": injection.python_path, **injection.env}
    done = subprocess.run([python, "bench.py"], cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("done\n", "", 7)
    (report,) = injection.read("ratchet_counts")
    calls = {(line, name): count for _, line, name, count in report["calls"]}
    assert calls[1, "f"] == 6
    assert calls[6, "m"] == 1
    assert report["hook_errors"] == 0
