import subprocess
from pathlib import Path

import pytest

from orchestrator.trial_book import HistoryOfHead
from orchestrator.workspace.repository import Repository
from profiling.model import FunctionKey

BEFORE = "import os\n\n\ndef f():\n    return 1\n\n\nclass A:\n    def g(self):\n        return 2\n"


class History:
    """A real repository whose file `a.py` is committed again and again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        options = ("-c", "user.name=Ada", "-c", "user.email=ada@localhost")
        done = subprocess.run(("git", *options, *arguments), cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, text: str) -> str:
        (self.root / "a.py").write_text(text)
        self.git("add", "a.py")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def ground(self) -> HistoryOfHead:
        return HistoryOfHead(repository=Repository.open(self.root), head=self.git("rev-parse", "HEAD"))


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def key(name: str) -> FunctionKey:
    return FunctionKey(file="a.py", first_line=1, qualname=name)


def test_a_commit_that_was_reset_away_or_is_not_here_is_not_in_the_history(history: History) -> None:
    first, second = history.commit(BEFORE), history.commit(f"{BEFORE}x = 1\n")
    assert history.ground().contains(first)
    assert history.ground().contains(second[:12])
    history.git("reset", "-q", "--hard", first)
    assert not history.ground().contains(second)
    assert not history.ground().contains("f" * 40)
    assert not history.ground().contains("--help")
    assert not history.ground().contains("a\0b")
    assert history.ground().reads_as_in(key("f"), ("a\0b",)) is None


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("return 1", "return 3", {"f"}),
        ("return 2", "return 3", {"A.g"}),
        ("return 1", "return 1  # of all", set()),
        ("import os", "import os\nimport sys", {"<module>"}),
        ("def f():", '@os.fsencode\ndef f():\n    """Say one."""', {"f"}),
        ("def f():", 'def f():\n    """Say one."""', set()),
    ],
)
def test_a_function_reads_as_then_unless_its_own_code_changed(
    history: History, old: str, new: str, changed: set[str]
) -> None:
    then = history.commit(BEFORE)
    history.commit(BEFORE.replace(old, new))
    ground = history.ground()
    for name in ("f", "A.g", "<module>", "f.<locals>.inner"):
        expected = name.partition(".<locals>")[0] not in changed
        assert ground.reads_as_in(key(name), (then,)) is expected, name


def test_one_state_that_reads_the_same_is_enough(history: History) -> None:
    first = history.commit(BEFORE)
    second = history.commit(BEFORE.replace("return 1", "return 3"))
    history.commit(BEFORE)
    ground = history.ground()
    assert ground.reads_as_in(key("f"), (second, first)) is True
    assert ground.reads_as_in(key("f"), (second,)) is False


def test_what_is_not_here_or_no_python_says_nothing(history: History) -> None:
    broken = history.commit("def f(:\n")
    history.commit(BEFORE)
    assert history.ground().reads_as_in(key("f"), ()) is None
    assert history.ground().reads_as_in(key("f"), ("e" * 40, broken)) is None
