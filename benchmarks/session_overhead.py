"""Print how much of an experiment is ours: all time that is not the workload's, the tests' or the profile's.

Runs the real command on a generated repository whose workload takes about a second, and reads the records it leaves.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

LIMIT_SHARE = 0.05

MODULE = '''"""Words."""


def unknown(words, known):
    """Return the words that are not known, in order."""
    names = [name.lower() for name in known]
    found = []
    for word in words:
        if word not in names:
            found.append(word)
    return found


def checksum(word):
    """Return a rolling checksum."""
    total = 7
    for character in word:
        total = (total * 31 + ord(character)) % 1000003
    return total
'''
BENCH = """import random
from words import checksum, unknown

rng = random.Random(7)
known = [f"Name{n}" for n in range(600)]
text = [f"name{rng.randrange(720)}" for _ in range(330000)]
print(len(unknown(text, known)), sum(map(checksum, text)) % 1000003)
"""
TESTS = """import unittest
from words import unknown


class Words(unittest.TestCase):
    def test_order(self):
        self.assertEqual(unknown(["b", "a", "x"], ["A"]), ["b", "x"])
"""


def make_repository(root: Path) -> None:
    """Write the repository and commit it."""
    (root / "words").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "words" / "__init__.py").write_text(MODULE)
    (root / "bench.py").write_text(BENCH)
    (root / "tests" / "test_words.py").write_text(TESTS)
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "words"]):
        subprocess.run(["git", "-C", str(root), *arguments], check=True)


def main() -> int:
    """Print seconds and share for every experiment; return 1 when the share is over the limit."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "words-repository")
        make_repository(root)
        python = getattr(sys, "_base_executable", sys.executable)
        command = [
            sys.executable,
            "-m",
            "orchestrator.cli.main",
            "-C",
            str(root),
            "--python",
            python,
            "--plain",
            "--yes",
        ]
        command += ["--workload", "python bench.py", "--tests", "python -m unittest discover -s tests"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        shares = []
        for path in sorted((root / ".codeflash" / "experiments").glob("*.json")):
            record = json.loads(path.read_text())
            if record["measurement"] is None:
                continue
            base = record["measurement"]["comparisons"]["wall_s"]["base_median"]
            shares.append(record["overhead_s"] / record["seconds"])
            print(
                f"experiment {record['number']}: {record['seconds']:.1f} s, of which ours {record['overhead_s']:.2f} s"
                f" ({shares[-1]:.1%}); workload {base:.2f} s"
            )
    worst = max(shares, default=1.0)
    print(f"orchestration overhead: {worst:.1%} at worst, limit {LIMIT_SHARE:.0%}")
    return int(worst > LIMIT_SHARE)


if __name__ == "__main__":
    sys.exit(main())
