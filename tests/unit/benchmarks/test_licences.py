import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from agents.recipes import chained_lists, regex_hoist
from agents.recipes.project import load
from benchmarks.licences import __main__ as command
from benchmarks.licences.everywhere import rewritten_everywhere
from benchmarks.licences.packages import PACKAGES, Package
from benchmarks.licences.proof import prove, tree_of, write
from benchmarks.licences.suites import Outcomes, Suite, SuiteError

PACKAGE = Package(name="words", version="1", sources=("src/words",))
TWICE = "import re\n\n\ndef a(s):\n    return re.search('a+', s)\n\n\ndef b(s):\n    return re.search('b+', s)\n"
LATIN = "# coding: latin-1\nimport re\n\n\ndef c(s):\n    return re.search('é+', s)\n"


class Recorded:
    """A prepared suite whose runs end as they are given, one after the other."""

    def __init__(self, tree: Path, *endings: dict[str, str]) -> None:
        self.tree = tree
        self._endings = iter(endings)

    def restore(self) -> None:
        folder = self.tree / "src" / "words"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").write_text(TWICE)

    def run(self) -> Outcomes:
        ended = next(self._endings)
        return Outcomes(by_test=ended, texts={test: "why" for test in ended if ended[test] == "failed"})


def test_every_file_is_rewritten_until_nothing_is_left_and_keeps_its_encoding(tmp_path: Path) -> None:
    Recorded(tmp_path).restore()
    other = tmp_path / "src" / "words" / "other.py"
    other.write_bytes(LATIN.encode("latin-1"))

    rewritten = rewritten_everywhere((regex_hoist.RECIPE, chained_lists.RECIPE), load(tree_of(PACKAGE, tmp_path)))
    write(rewritten)

    assert rewritten.applied == {"regex-hoist": 3}
    assert rewritten.changed == ("src/words/__init__.py", "src/words/other.py")
    assert "re.compile('é+')" in other.read_bytes().decode("latin-1")
    again = rewritten_everywhere((regex_hoist.RECIPE,), load(tree_of(PACKAGE, tmp_path)))
    assert not again.applied


def test_only_tests_that_ended_alike_twice_before_are_compared(tmp_path: Path) -> None:
    before = {"kept": "passed", "broken": "passed", "red": "failed", "lost": "passed", "shaky": "passed"}
    suite = Recorded(
        tmp_path,
        before,
        {**before, "shaky": "failed"},
        {"kept": "passed", "broken": "failed", "red": "failed", "shaky": "failed", "new": "failed"},
    )

    proof = prove(PACKAGE, (regex_hoist.RECIPE,), suite)  # type: ignore[arg-type]  # what it needs of a suite

    assert proof.differing == {"broken": "passed -> failed", "lost": "passed -> not run", "new": "not run -> failed"}
    assert (proof.passed_before, proof.passed_after, proof.failing, proof.unstable) == (3, 1, 1, 1)
    assert proof.texts == {"broken": "why", "new": "why"}
    assert proof.applied == {"regex-hoist": 2}
    assert json.loads(json.dumps(proof.as_row()))["files"] == 1


def test_what_is_proved_in_the_file_is_not_run_again_but_an_error_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_suite: Suite) -> None:
        raise SuiteError("no registry here")

    results = tmp_path / "results.jsonl"
    tree, ended = tmp_path / "tree", {"test": "passed"}
    idna = next(package for package in PACKAGES if package.name == "idna")
    proof = prove(replace(idna, sources=PACKAGE.sources), (), Recorded(tree, ended, ended, ended))  # type: ignore[arg-type]
    results.write_text(json.dumps({**proof.as_row(), "error": None, "recipes": ["regex-hoist"]}) + "\n")
    monkeypatch.setattr(Suite, "prepare", fails)
    chosen = ["--only", "idna", "--only", "h11", "--recipe", "regex-hoist"]
    monkeypatch.setattr(sys, "argv", ["licences", str(results), *chosen])

    assert [command.main(), command.main()] == [1, 1]

    assert [json.loads(line)["package"] for line in results.read_text().splitlines()] == ["idna", "h11", "h11"]
    assert "| idna | 3.20 | 1 | 9 | 0 |  | 1 | 1 | 0 failed or skipped, 0 unstable | 0 |" in capsys.readouterr().out


def test_a_suite_is_run_in_its_tree_with_every_outcome_recorded(tmp_path: Path) -> None:
    package = replace(PACKAGE, arguments=("tests",))
    suite = Suite(package, tmp_path, limit_s=60)
    tests = tmp_path / "pristine" / "tests"
    tests.mkdir(parents=True)
    Recorded(tmp_path / "pristine").restore()
    (tests / "test_words.py").write_text(
        "import pytest, words\n\ndef test_a():\n    assert words.a('aa')\n\ndef test_b():\n    assert words.b('aa')\n\n"
        "@pytest.mark.skip\ndef test_c():\n    pass\n"
    )
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").symlink_to(sys.executable)
    suite.add_recorder()
    suite.restore()

    ended = suite.run()

    assert {test.partition("::")[2]: outcome for test, outcome in ended.by_test.items()} == {
        "test_a": "passed",
        "test_b": "failed",
        "test_c": "skipped",
    }
    assert "assert None" in ended.texts["tests/test_words.py::test_b"]


def test_twenty_packages_and_more_are_proved() -> None:
    assert len({package.name for package in PACKAGES}) == len(PACKAGES) >= 20
