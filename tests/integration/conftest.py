"""A small real repository with three planted slow places, and the real command run on it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

TEXT = '''"""Words of orders."""


def checksum(word):
    """Return a rolling checksum of a word."""
    total = 7
    for character in word:
        total = (total * 31 + ord(character)) % 1000003
    return total


def unknown(words, known):
    """Return the words that are not known, in order."""
    names = [name.lower() for name in known]
    found = []
    for word in words:
        if word not in names:
            found.append(word)
    return found


def describe(words, known):
    """Return how many words are unknown and a checksum of all."""
    return len(unknown(words, known)), sum(checksum(word) for word in words) % 1000003
'''

BENCH = """import random
from shop.text import describe

rng = random.Random(7)
known = [f"Name{n}" for n in range(400)]
words = [f"name{rng.randrange(480)}-with-a-rather-long-tail" if rng.random() < 0.5 else f"name{rng.randrange(480)}"
         for _ in range(20000)]
print(describe(words, known))
"""

TESTS = """import unittest
from shop.text import checksum, describe, unknown


class Words(unittest.TestCase):
    def test_unknown_words_keep_their_order(self):
        self.assertEqual(unknown(["b", "a", "x", "b"], ["A"]), ["b", "x", "b"])

    def test_nothing_is_unknown_of_nothing(self):
        self.assertEqual(unknown([], ["A"]), [])

    def test_checksums_differ(self):
        self.assertNotEqual(checksum("ab"), checksum("ba"))

    def test_a_description_counts(self):
        self.assertEqual(describe(["a"], ["A"]), (0, checksum("a")))

    @unittest.expectedFailure
    def test_that_is_expected_to_fail(self):
        self.assertEqual(1, 2)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One run of the command."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "orchestrator.cli.main", *arguments]


def environment() -> dict[str, str]:
    names = {name: value for name, value in os.environ.items() if not name.startswith(("OPTIMIZE_", "COV_", "PYTEST_"))}
    # Replaying takes longer than all else here, and has tests of its own.
    return {**names, "PYTHONPATH": str(ROOT), "OPTIMIZE_REPLAY_TIME": "0"}


def target_python() -> str:
    return getattr(sys, "_base_executable", sys.executable)


def make_shop(folder: Path) -> Path:
    """Make a git repository with a package, a workload and tests."""
    root = folder / "shop-repository"
    (root / "shop").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "shop" / "__init__.py").write_text("")
    (root / "shop" / "text.py").write_text(TEXT)
    (root / "bench.py").write_text(BENCH)
    (root / "tests" / "test_text.py").write_text(TESTS)
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Someone")
    git(root, "config", "user.email", "someone@localhost")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "a shop")
    return root


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a fresh repository."""
    return make_shop(tmp_path)


@pytest.fixture
def optimize(tmp_path: Path) -> Iterator[Callable[..., Finished]]:
    """Return a function that runs the real command from another folder."""

    def run(*arguments: str, timeout: float = 240.0) -> Finished:
        done = subprocess.run(
            command(*arguments),
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Finished(code=done.returncode, out=done.stdout, err=done.stderr)

    return run
