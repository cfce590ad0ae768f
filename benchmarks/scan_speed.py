"""How fast the scanner is: lines a second of one processor, and a large tree by the real command.

The source is what this interpreter has: installed packages, then its library, tests left out. CPU seconds are those of
one process with reading and parsing; wall seconds those of `optimize scan` on all processors, its start included.

Run: python -m benchmarks.scan_speed [--lines N] [--large N] [FOLDER …]
"""

import argparse
import ast
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path

from agents.scan.aside import processors
from agents.scan.heat import Temperature
from agents.scan.tree import Wanted, rule_ids, scan_tree
from benchmarks import cold_start
from benchmarks.source_lines import copied
from benchmarks.turn import turn
from profiling.model import Tree

_LINES_A_S, _LARGE_S = 25_000, 20.0
_LARGE = 1_000_000


def main() -> int:
    """Print figures beside their bars; exit 1 when one is missed."""
    paths = sysconfig.get_paths()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", default=[Path(paths["purelib"]), Path(paths["stdlib"])])
    parser.add_argument("--lines", type=int, default=100_000, help="of the tree that one process scans")
    parser.add_argument("--large", type=int, default=_LARGE, help="lines of the large tree; 0 leaves it out")
    asked = parser.parse_args()
    _parse_alone(asked.folders, asked.lines)
    is_met = [
        _one_process(
            asked.folders, asked.lines, "every rule and matcher, every file", Wanted(rules=frozenset(rule_ids()))
        ),
        _one_process(asked.folders, asked.lines, "what is heard without a profile", Wanted()),
    ]
    if asked.large:
        is_met.append(_command(asked.folders, asked.large))
    return 0 if all(is_met) else 1


def _parse_alone(folders: list[Path], lines: int) -> None:
    """Print what parsing alone takes, the collector as it is: bars are for a machine that parses 118,000 lines/s."""
    with tempfile.TemporaryDirectory() as folder:
        copied(folders, Path(folder), lines, has_tests=False)
        texts = [path.read_bytes() for path in Path(folder).rglob("*.py")]
    began = time.process_time()
    for text in texts:
        with warnings.catch_warnings(), suppress(SyntaxError):
            warnings.simplefilter("ignore")
            ast.parse(text)
    cpu_s = time.process_time() - began
    there = sum(text.count(b"\n") for text in texts)
    print(f"{'ast.parse alone':36} {there:9,} lines in {cpu_s:5.1f} s CPU: {there / cpu_s:9,.0f} lines/s", flush=True)


def _one_process(folders: list[Path], lines: int, what: str, wanted: Wanted) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        copied(folders, Path(folder), lines, has_tests=False)
        tree = Tree(root=Path(folder), import_roots=(".",), packages=(), source_paths=(".",))
        began = time.process_time()
        seen = scan_tree(tree, wanted, Temperature())
        cpu_s = time.process_time() - began
    speed = seen.lines / cpu_s
    print(
        f"{what:36} {seen.lines:9,} lines in {cpu_s:5.1f} s CPU: {speed:9,.0f} lines/s,"
        f" bar {_LINES_A_S:,}: {_verdict(speed >= _LINES_A_S)}",
        flush=True,
    )
    return speed >= _LINES_A_S


def _command(folders: list[Path], lines: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        there = copied(folders, Path(folder, "large"), lines, has_tests=False)
        for package in (Path(folder, "large"), *Path(folder, "large").iterdir()):
            if package.is_dir():
                (package / "__init__.py").touch()
        Path(folder, "pyproject.toml").write_text('[tool.optimize]\nsource = "large"\n')
        subprocess.run(["git", "init", "-q", folder], check=True)
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", cold_start.SCRIPT, "-C", folder, "scan"], check=True, capture_output=True, text=True
        )
        wall_s = time.monotonic() - began
    found = next(line for line in done.stdout.splitlines() if " in " in line and " files, " in line)
    bar_s = _LARGE_S * there / _LARGE
    print(f"optimize scan, {processors()} processors: {found}")
    print(f"{wall_s:5.1f} s wall of {there:,} lines, bar {bar_s:.0f} s: {_verdict(wall_s <= bar_s)}")
    return wall_s <= bar_s


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


if __name__ == "__main__":
    with turn():
        sys.exit(main())
