"""Print what a kept change costs in wall time: a session of one worker after the other against one of several.

Runs the real command twice a round, in random order, on copies of one generated repository that has the same kind of
fix in several files and tests that take a while, and reads the records and events it leaves.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

MODULES = 4

MODULE = '''"""Words of one shelf."""


def unknown{number}(words, known):
    """Return the words that are not known, in order."""
    names = [name.lower() for name in known]
    found = []
    for word in words:
        if word not in names:
            found.append(word)
    return found
'''
BENCH_HEAD = """import random
rng = random.Random(7)
known = [f"Name{n}" for n in range(300)]
text = [f"name{rng.randrange(360)}" for _ in range(24000)]
"""
TESTS = """import time
import unittest
{imports}


class Words(unittest.TestCase):
    def test_order(self):
        for unknown in ({names}):
            self.assertEqual(unknown(["b", "a", "x"], ["A"]), ["b", "x"])

    def test_something_slow(self):
        begun = time.process_time()
        while time.process_time() - begun < {seconds}:
            pass
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One session.

    Attributes:
        workers: that it might send out at a time.
        kept: changes.
        wall_s: of the whole command; begun_s: of it, until the first experiment began.
        dispatched: experiments that workers made.
    """

    workers: int
    kept: int
    wall_s: float
    begun_s: float
    dispatched: int

    @property
    def text(self) -> str:
        """Return it as one line."""
        each = f"{(self.wall_s - self.begun_s) / self.kept:6.1f} s a keep" if self.kept else "nothing kept"
        return (
            f"workers {self.workers}: {self.kept} kept, {self.dispatched} of the experiments by workers, "
            f"{self.wall_s:6.1f} s in all, {self.begun_s:5.1f} s to the first experiment, then {each}"
        )


def make_repository(root: Path, test_s: float) -> None:
    """Write the repository and commit it.

    Args:
        root: where; it does not exist yet.
        test_s: CPU seconds that its tests take.
    """
    numbers = range(MODULES)
    (root / "words").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "words" / "__init__.py").write_text("")
    for number in numbers:
        (root / "words" / f"shelf{number}.py").write_text(MODULE.format(number=number))
    imports = "\n".join(f"from words.shelf{number} import unknown{number}" for number in numbers)
    names = ", ".join(f"unknown{number}" for number in numbers)
    calls = "\n".join(f"print(len(unknown{number}(text, known)))" for number in numbers)
    (root / "bench.py").write_text(f"{imports}\n{BENCH_HEAD}{calls}\n")
    (root / "tests" / "test_words.py").write_text(TESTS.format(imports=imports, names=names, seconds=test_s))
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "words"]):
        subprocess.run(["git", "-C", str(root), *arguments], check=True)


def run(root: Path, workers: int, replay: str) -> Ran:
    """Run one session and read what it leaves."""
    python = getattr(sys, "_base_executable", sys.executable)
    command = [sys.executable, "-m", "orchestrator.cli.main", "run", "-C", str(root), "--python", python, "--json"]
    command += ["--workload", "python bench.py", "--tests", "python -m unittest discover -s tests"]
    variables = {"OPTIMIZE_WORKERS": str(workers), "OPTIMIZE_REPLAY_TIME": replay}
    begun = time.time()
    done = subprocess.run(
        command,
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
        text=True,
    )
    wall_s = time.time() - begun
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    first = next((event["time_s"] for event in events if event["kind"] == "experiment"), begun + wall_s)
    records = [json.loads(path.read_text()) for path in (root / ".codeflash" / "experiments").glob("*.json")]
    return Ran(
        workers=workers,
        kept=sum(record["verdict"]["status"] == "keep" for record in records),
        wall_s=wall_s,
        begun_s=first - begun,
        dispatched=sum(bool(record["dispatched"]) for record in records),
    )


def main() -> int:
    """Print every session, and the ratio of the two kinds; return 1 when one of them kept less than the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--test-seconds", type=float, default=4.0, help="CPU seconds that the tests take")
    parser.add_argument("--replay-time", default="0", help="as OPTIMIZE_REPLAY_TIME")
    asked = parser.parse_args()
    rng = random.Random(0)
    found: list[Ran] = []
    with tempfile.TemporaryDirectory() as scratch:
        original = Path(scratch, "original")
        make_repository(original, asked.test_seconds)
        for round_ in range(asked.rounds):
            for workers in rng.sample([1, asked.workers], 2):
                copy = Path(scratch, f"round-{round_}-{workers}")
                shutil.copytree(original, copy)
                found.append(run(copy, workers, asked.replay_time))
                print(found[-1].text, flush=True)
    serial, team = ([one for one in found if (one.workers == 1) is alone] for alone in (True, False))
    ratios = [_each(after) / _each(before) for before, after in zip(serial, team, strict=True)]
    print(f"wall time a keep, team / serial: {', '.join(f'{ratio:.2f}x' for ratio in ratios)}")
    return int(sum(one.kept for one in team) < sum(one.kept for one in serial))


def _each(ran: Ran) -> float:
    return (ran.wall_s - ran.begun_s) / max(ran.kept, 1)


if __name__ == "__main__":
    sys.exit(main())
