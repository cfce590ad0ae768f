import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.behaviour.tests import Outcome, TestOutcomes, compare
from profiling.model import RunUsage

Run = Callable[..., TestOutcomes]

MIXED = """
import pytest
import proj

@pytest.fixture
def broken():
    raise RuntimeError("set-up")

@pytest.fixture
def broken_after():
    yield
    raise RuntimeError("tear-down")

def test_passes(): pass
def test_fails(): assert False
def test_errors(broken): pass
def test_errors_after(broken_after): pass
@pytest.mark.skip
def test_skipped(): pass
@pytest.mark.xfail
def test_expected_failure(): assert False
@pytest.mark.xfail(strict=False)
def test_unexpected_pass(): pass
@pytest.mark.xfail(strict=True)
def test_strict_pass(): pass
@pytest.mark.parametrize("n", [1, 2])
def test_each(n): assert n == 1
"""
MIXED_OUTCOMES = {
    "test_m.py::test_passes": Outcome.PASSED,
    "test_m.py::test_fails": Outcome.FAILED,
    "test_m.py::test_errors": Outcome.ERROR,
    "test_m.py::test_errors_after": Outcome.ERROR,
    "test_m.py::test_skipped": Outcome.SKIPPED,
    "test_m.py::test_expected_failure": Outcome.SKIPPED,
    "test_m.py::test_unexpected_pass": Outcome.PASSED,
    "test_m.py::test_strict_pass": Outcome.FAILED,
    "test_m.py::test_each[1]": Outcome.PASSED,
    "test_m.py::test_each[2]": Outcome.FAILED,
}


@pytest.mark.parametrize(
    "argv", [("pytest", "-q"), pytest.param(("python", "-m", "pytest", "-q", "-n", "2"), marks=pytest.mark.slow)]
)
def test_every_pytest_test_has_the_outcome_of_its_worst_phase(run: Run, argv: tuple[str, ...]) -> None:
    outcomes = run({"test_m.py": MIXED}, *argv)

    assert outcomes.by_test == MIXED_OUTCOMES
    assert (outcomes.runner, outcomes.usage.exit_code, outcomes.timed_out) == ("pytest", 1, False)
    assert outcomes.origins == {"proj": "proj/__init__.py"}
    assert "failed" in outcomes.tail


@pytest.mark.slow
def test_tests_behind_make_are_seen(run: Run) -> None:
    if shutil.which("make") is None:
        pytest.skip("no make here")
    files = {"test_m.py": MIXED, "Makefile": "test:\n\t@python -m pytest -q test_m.py\n"}

    assert run(files, "make", "test").by_test == MIXED_OUTCOMES


def test_a_file_that_cannot_be_collected_is_an_error_of_its_id(run: Run) -> None:
    outcomes = run({"test_a.py": "import no_such_module\n", "test_b.py": "def test_b(): pass\n"}, "pytest", "-q")

    assert outcomes.by_test == {"test_a.py": Outcome.ERROR}


@pytest.mark.slow
def test_pytest_leaves_no_cache_in_the_tree_and_its_cache_fixture_still_works(run: Run, tmp_path: Path) -> None:
    text = (
        "def test_cache(cache):\n    cache.set('a/b', 1)\n    assert cache.get('a/b', 0) == 1\ndef test_f(): assert 0\n"
    )

    outcomes = run({"test_c.py": text}, "pytest", "-q")

    assert outcomes.by_test["test_c.py::test_cache"] is Outcome.PASSED
    assert not (tmp_path / "tree" / ".pytest_cache").exists()


@pytest.mark.slow
def test_a_command_that_turns_the_cache_off_itself_is_left_alone(run: Run, tmp_path: Path) -> None:
    files = {
        "test_c.py": "def test_c(): pass\n",
        "pytest.ini": "[pytest]\naddopts = -p no:cacheprovider --strict-config\n",
    }

    outcomes = run(files, "pytest", "-q", "-W", "error")

    assert outcomes.by_test == {"test_c.py::test_c": Outcome.PASSED}
    assert outcomes.usage.exit_code == 0


@pytest.mark.slow
def test_tests_that_tests_run_are_not_counted(run: Run) -> None:
    text = """
import subprocess, sys, unittest
import pytest

def test_in_process(tmp_path):
    (tmp_path / "test_inner.py").write_text("def test_inner(): assert False")
    assert pytest.main(["-q", str(tmp_path)]) == 1

def test_in_child(tmp_path):
    (tmp_path / "test_inner.py").write_text("def test_inner(): assert False")
    assert subprocess.run([sys.executable, "-m", "pytest", "-q", str(tmp_path)]).returncode == 1

def test_unittest():
    class Inner(unittest.TestCase):
        def test_fails(self): self.fail()
    result = unittest.TestResult()
    Inner("test_fails").run(result)
    assert len(result.failures) == 1
"""

    outcomes = run({"test_o.py": text}, "pytest", "-q")

    assert outcomes.by_test == dict.fromkeys(
        ("test_o.py::test_in_child", "test_o.py::test_in_process", "test_o.py::test_unittest"), Outcome.PASSED
    )


@pytest.mark.slow
def test_two_sessions_of_one_process_are_both_heard(run: Run) -> None:
    files = {
        "test_a.py": "def test_a(): pass\n",
        "test_b.py": "def test_b(): pass\n",
        "both.py": "import pytest\npytest.main(['test_a.py'])\npytest.main(['test_b.py'])\n",
    }

    assert set(run(files, "python", "both.py").by_test) == {"test_a.py::test_a", "test_b.py::test_b"}


def test_a_test_whose_process_leaves_in_the_middle_is_an_error(run: Run) -> None:
    outcomes = run({"test_x.py": "import os\ndef test_a(): pass\ndef test_b(): os._exit(0)\n"}, "pytest", "-q")

    assert outcomes.by_test == {"test_x.py::test_a": Outcome.PASSED, "test_x.py::test_b": Outcome.ERROR}


def test_every_unittest_test_has_its_outcome(run: Run) -> None:
    text = """
import unittest
import proj

class T(unittest.TestCase):
    def test_passes(self): pass
    def test_fails(self): self.fail()
    def test_errors(self): raise RuntimeError
    @unittest.skip("why")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_expected_failure(self): self.fail()
    @unittest.expectedFailure
    def test_unexpected_pass(self): pass
    def test_sub_tests(self):
        for n in range(3):
            with self.subTest(n=n): self.assertNotEqual(n, 1)
    def test_good_sub_tests(self):
        with self.subTest(n=1): pass

class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise RuntimeError
    def test_never(self): pass
"""

    outcomes = run({"test_u.py": text}, "python", "-m", "unittest")

    assert outcomes.by_test == {
        "test_u.T.test_passes": Outcome.PASSED,
        "test_u.T.test_fails": Outcome.FAILED,
        "test_u.T.test_errors": Outcome.ERROR,
        "test_u.T.test_skipped": Outcome.SKIPPED,
        "test_u.T.test_expected_failure": Outcome.SKIPPED,
        "test_u.T.test_unexpected_pass": Outcome.FAILED,
        "test_u.T.test_sub_tests": Outcome.FAILED,
        "test_u.T.test_good_sub_tests": Outcome.PASSED,
        "setUpClass (test_u.Broken)": Outcome.ERROR,
    }
    assert outcomes.runner == "unittest"
    assert outcomes.origins == {"proj": "proj/__init__.py"}


def test_of_another_command_only_the_exit_code_is_known(run: Run) -> None:
    outcomes = run({"check.py": "import sys; print('bad thing'); sys.exit(4)\n"}, "python", "check.py")

    assert (outcomes.by_test, outcomes.runner, outcomes.usage.exit_code) == ({}, "command", 4)
    assert outcomes.tail == "bad thing"


def test_a_test_command_that_hangs_is_killed_and_said_to_have_timed_out(run: Run) -> None:
    outcomes = run({"hang.py": "import time; time.sleep(60)\n"}, "python", "hang.py", timeout_s=1.0)

    assert outcomes.timed_out


def test_an_edit_of_equal_length_in_the_same_second_is_what_runs(run: Run, tmp_path: Path) -> None:
    test = "import proj.a\ndef test_a(): assert proj.a.VALUE == 1\n"
    run({"proj/a.py": "VALUE = 1\n", "test_a.py": test}, "pytest", "-q", PYTHONDONTWRITEBYTECODE="")
    source = tmp_path / "tree" / "proj" / "a.py"
    then = source.stat().st_mtime_ns
    source.write_text("VALUE = 2\n")
    os.utime(source, ns=(then, then))

    outcomes = run({}, "pytest", "-q", PYTHONDONTWRITEBYTECODE="")

    assert outcomes.by_test == {"test_a.py::test_a": Outcome.FAILED}


def outcomes_of(
    by_test: Mapping[str, Outcome], *, exit_code: int = 0, timed_out: bool = False, tail: str = ""
) -> TestOutcomes:
    usage = RunUsage(wall_s=1.0, cpu_s=1.0, max_rss_mib=10.0, exit_code=exit_code)
    runner = "pytest" if by_test else "command"
    return TestOutcomes(by_test=by_test, usage=usage, runner=runner, timed_out=timed_out, tail=tail, origins={})


OUTCOMES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(Outcome))
BAD = {Outcome.FAILED, Outcome.ERROR}


@given(OUTCOMES)
def test_nothing_is_worse_than_itself(by_test: dict[str, Outcome]) -> None:
    run_once = outcomes_of(by_test, exit_code=int(bool(BAD & set(by_test.values()))))

    assert compare(run_once, run_once) is None


@given(OUTCOMES, OUTCOMES)
def test_exactly_new_failures_and_lost_passes_are_held_against_a_change(
    before: dict[str, Outcome], after: dict[str, Outcome]
) -> None:
    found = compare(outcomes_of(before), outcomes_of(after))

    failing = {test for test in after if after[test] in BAD and before.get(test) not in BAD}
    gone = {test for test in before if before[test] not in BAD and test not in after}
    unseen = {test for test in before if before[test] is Outcome.PASSED and after.get(test) is Outcome.SKIPPED}
    assert (found is None) == (not failing and not gone and not unseen)
    if found is not None:
        assert set(found.newly_failing) == failing
        assert set(found.missing) == gone | unseen


def test_a_failure_from_before_is_not_held_against_the_change() -> None:
    before = outcomes_of({"a": Outcome.FAILED, "b": Outcome.PASSED}, exit_code=1)

    assert compare(before, outcomes_of({"a": Outcome.ERROR, "b": Outcome.PASSED}, exit_code=1)) is None
    assert compare(before, outcomes_of({"b": Outcome.PASSED})) is None


def test_a_new_failure_is_named() -> None:
    found = compare(outcomes_of({"a": Outcome.PASSED}), outcomes_of({"a": Outcome.FAILED}, exit_code=1))

    assert found is not None
    assert found.explanation == "1 test newly failing: a"


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [(0, 0, False), (0, 2, True), (3, 1, False), (3, 0, False), (1, -11, True), (-6, -11, False)],
)
def test_of_a_plain_command_the_exit_code_is_compared(before: int, after: int, worse: bool) -> None:
    found = compare(outcomes_of({}, exit_code=before), outcomes_of({}, exit_code=after, tail="x\nlast words\n"))

    assert (found is not None) is worse
    if found is not None:
        assert found.explanation == f"the test command ended with exit code {after} ({before} before): last words"


def test_a_time_out_that_is_new_is_a_regression() -> None:
    before = outcomes_of({"a": Outcome.PASSED})

    found = compare(before, outcomes_of({}, exit_code=-9, timed_out=True))

    assert found is not None
    assert found.missing == ("a",)
    assert found.explanation == "the tests did not end within 1s (1s before)"


def test_a_crash_is_said_with_the_tests_it_cost() -> None:
    found = compare(outcomes_of({"a": Outcome.PASSED}), outcomes_of({}, exit_code=-11, tail="Segmentation fault"))

    assert found is not None
    assert found.explanation == (
        "1 test no longer run: a; the test command ended with exit code -11 (0 before): Segmentation fault"
    )
