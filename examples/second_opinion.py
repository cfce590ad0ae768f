"""Measure two commits against each other with none of our code: whole processes, CPU time as the kernel counts it.

    python examples/second_opinion.py REPO BASE HEAD -- python bench.py

Base and head run from fresh clones, both at once on one core (where processes can be pinned), so that whatever slows
one slows the other; the starting order is swapped every pair. In how many pairs was head cheaper? Under "no difference"
each pair is a coin toss: 9 or 10 of 10 happen in 1.1% of all cases.
"""

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PAIRS = 10
CERTAIN = 0.02


def start(command, folder, import_root):
    """Start one run on the first core we may use."""
    path = [str(folder / import_root), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
    pin = None
    if hasattr(os, "sched_setaffinity"):
        core = min(os.sched_getaffinity(0))

        def pin():
            os.sched_setaffinity(0, {core})

    return subprocess.Popen(  # this program has one thread, so the pinning may run in the child
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        preexec_fn=pin,  # noqa: PLW1509
    )


def cpu_seconds(process):
    """Wait for a run and return its user plus system seconds."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{process.args} ended with exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def clone(repository, commit, folder):
    """Check a commit out into a fresh clone."""
    for arguments in (
        ["clone", "-q", "--no-checkout", str(repository), str(folder)],
        ["-C", str(folder), "checkout", "-q", commit],
    ):
        subprocess.run(["git", *arguments], check=True)
    return folder


def measure(repository, commits, command, import_root, pairs):
    """Return head / base for every pair."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = [clone(repository, commit, Path(scratch, side)) for commit, side in zip(commits, "ab", strict=True)]
        for folder in folders:
            cpu_seconds(start(command, folder, import_root))
        ratios = []
        for pair in range(pairs):
            order = (0, 1) if pair % 2 == 0 else (1, 0)
            runs = {side: start(command, folders[side], import_root) for side in order}
            seconds = {side: cpu_seconds(run) for side, run in runs.items()}
            ratios.append(seconds[1] / seconds[0])
        return ratios


def chance(wins, pairs):
    """Return how likely at least this many wins are when nothing changed."""
    return sum(math.comb(pairs, k) for k in range(wins, pairs + 1)) / 2**pairs


def main():
    """Print the pairs and the answer; exit 1 when the gain is not confirmed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("base")
    parser.add_argument("head")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--import-root", default=".")
    parser.add_argument("command", nargs="+")
    asked = parser.parse_args()
    command = [sys.executable if word == "python" else word for word in asked.command]
    ratios = measure(asked.repository, (asked.base, asked.head), command, asked.import_root, asked.pairs)
    wins = sum(ratio < 1 for ratio in ratios)
    print("head / base, CPU seconds of whole processes:", " ".join(f"{ratio:.3f}" for ratio in ratios))
    by_chance = chance(wins, len(ratios))
    count = f"{wins} of {len(ratios)} pairs"
    print(f"median {statistics.median(ratios):.3f}x; head was cheaper in {count} ({by_chance:.1%} by chance)")
    if by_chance > CERTAIN:
        raise SystemExit("not confirmed: the machine may be busy; run it again with more --pairs")
    print("confirmed")


if __name__ == "__main__":
    main()
