"""Time reading a tree against `ast.parse` of the same files: `python -m benchmarks.callgraph_speed FOLDER`.

CPU seconds of this process, in rounds (parse, then ours), medians. With `--edit` a copy of the tree is read with kept
results, a comment and a function are put into one file, and it is read again. `--rival COMMAND` is timed as a child.
"""

import argparse
import ast
import contextlib
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.turn import turn
from profiling.audit.graph import ReadOptions, build_call_graph
from profiling.audit.reading.source import DEFAULT_EXCLUDED, Unreadable, python_files, read_bytes

_COLD, _PEAK_MIB, _AFTER_EDIT = 5.0, 400.0, 0.15


def main() -> int:
    """Print the figures; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--edit", help="file to edit, relative to the folder")
    parser.add_argument("--rival", action="append", default=[], help="command line of another tool")
    asked = parser.parse_args()
    sources = _sources(asked.folder)
    # All parsing first: beside a large live graph the collector would make it look slower than it is.
    parses = [_cpu_s(lambda: _parse(sources)) for _ in range(asked.rounds)]
    count = len(sources)
    # What follows is to show the peak of reading the tree alone.
    sources.clear()
    ours = [_cpu_s(lambda: build_call_graph(asked.folder)) for _ in range(asked.rounds)]
    ratio = median(ours) / median(parses)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(f"{count} files; parse {median(parses):.2f} s, ours {median(ours):.2f} s")
    print(f"cold {ratio:.2f} x parse (bar {_COLD}); peak {peak_mib:.0f} MiB (bar {_PEAK_MIB:.0f})")
    reached = ratio <= _COLD and peak_mib <= _PEAK_MIB
    for command in asked.rival:
        print(f"{command}: {_child_cpu_s(command):.2f} s")
    if asked.edit:
        share = _after_edit(asked.folder, asked.edit)
        print(f"after one edit {share:.3f} x cold (bar {_AFTER_EDIT})")
        reached = reached and share <= _AFTER_EDIT
    return 0 if reached else 1


def _sources(folder: Path) -> list[bytes]:
    found: list[bytes] = []
    for file in python_files(folder, DEFAULT_EXCLUDED):
        with contextlib.suppress(Unreadable):
            found.append(read_bytes(file))
    return found


def _parse(sources: list[bytes]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for source in sources:
            with contextlib.suppress(SyntaxError, ValueError):
                ast.parse(source)


def _cpu_s(action: Callable[[], object]) -> float:
    before = time.process_time()
    action()
    return time.process_time() - before


def _child_cpu_s(command: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(shlex.split(command), capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _after_edit(folder: Path, name: str) -> float:
    with tempfile.TemporaryDirectory(prefix="callgraph-") as scratch:
        root = Path(scratch) / folder.name
        shutil.copytree(folder, root)
        options = ReadOptions(cache=Path(scratch) / "cache")
        cold_s = _cpu_s(lambda: build_call_graph(root, options=options))
        edited = root / name
        edited.write_text(f"# edited\n{edited.read_text()}\n\ndef _added_by_benchmark(a):\n    return sorted(a)\n")
        return _cpu_s(lambda: build_call_graph(root, options=options)) / cold_s


if __name__ == "__main__":
    with turn():
        sys.exit(main())
