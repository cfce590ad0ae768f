import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from profiling.injection import Harness, prepare
from profiling.measure.environment import launch
from profiling.measure.processes import Finished, Processes
from profiling.model import Command, Interpreter, Tree

pytestmark = pytest.mark.flaky(reruns=3)

Report = Mapping[str, object]
Write = Callable[[str, str], Path]
Record = Callable[..., tuple[Finished, list[Report]]]
PLAIN = (("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"),)
BURN = """
import time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
"""


@pytest.fixture
def record(tree: Tree, tmp_path: Path) -> Record:
    """Run pytest's arguments under the recorder of bodies."""

    def run(
        *argv: str, calls: Mapping[str, int] | None = None, env: tuple[tuple[str, str], ...] = PLAIN
    ) -> tuple[Finished, list[Report]]:
        folder = tmp_path / "injection"
        folder.mkdir()
        options = {"calls": calls, "claim": str(tmp_path / "claim"), "cache": str(tmp_path / "cache")}
        harnesses = (Harness(name="ratchet_run", options={}), Harness(name="ratchet_bodies", options=options))
        injection = prepare(folder, tree, harnesses)
        command = Command(argv=("python", "-m", "pytest", *argv), env=env)
        target = Interpreter(executable=sys.executable, version=(3, 11, 0))
        finished = Processes().run(launch(command, tree, target, injection=injection))
        return finished, list(injection.read("ratchet_bodies"))

    return run


def figures(report: Report) -> list[float]:
    found = report["figures"]
    assert isinstance(found, list)
    return [float(each) for each in found]


def test_only_what_tests_do_themselves_is_their_bodies(record: Record, write: Write, tree: Tree) -> None:
    write("burning.py", BURN)
    write(
        "test_it.py",
        """
        import gc, subprocess, sys, pytest
        from burning import burn
        burn(0.2)

        @pytest.fixture
        def slow():
            burn(0.2)
            yield
            burn(0.1)

        def test_a(slow):
            burn(0.1)
            gc.collect()

        def test_child():
            subprocess.run([sys.executable, "-c", "from burning import burn; burn(0.1)"], check=True)
        """,
    )

    finished, reports = record("-q", "test_it.py")

    [report] = [each for each in reports if each["bodies"]]
    cpu_s, wall_s, _, collections, gc_s = figures(report)
    assert finished.usage.exit_code == 0
    assert report["bodies"] == 2
    assert 0.2 <= cpu_s < 0.4 <= finished.usage.cpu_s
    assert wall_s >= 0.2
    assert collections >= 1
    assert 0 < gc_s < cpu_s
    phases = report["phases"]
    assert isinstance(phases, dict)
    assert 0.2 <= phases["setup"] < 0.3
    assert 0.1 <= phases["teardown"] < 0.2
    assert not (tree.root / ".pytest_cache").exists()


def test_no_option_or_plugin_of_the_project_takes_us_away(record: Record, write: Write) -> None:
    write("test_it.py", "def test_a(): pass\n")
    write("pytest.ini", "[pytest]\naddopts = -p no:ratchet-bodies -p no:cacheprovider --strict-markers\n")

    finished, [report] = record("-q", env=(*PLAIN, ("PYTEST_ADDOPTS", "-k test_a")))

    assert finished.usage.exit_code == 0, finished.stdout
    assert report["bodies"] == 1


def test_what_tests_run_is_part_of_their_bodies_and_no_body_of_its_own(record: Record, write: Write) -> None:
    write("inner.py", "def test_inner(): pass\n")
    write(
        "test_it.py",
        """
        import os, subprocess, sys, pytest

        def test_child():
            subprocess.run([sys.executable, "-m", "pytest", "-q", "inner.py"], check=True)

        def test_inside():
            assert pytest.main(["-q", "-p", "no:cacheprovider", "inner.py"]) == 0

        def test_fork():
            child = os.fork()
            if child == 0:
                os._exit(0)
            os.waitpid(child, 0)
        """,
    )

    finished, reports = record("-q", "test_it.py")

    assert finished.usage.exit_code == 0, finished.stdout
    assert sorted(int(str(report["bodies"])) for report in reports) == [0, 0, 3]


def test_tests_of_unittest_and_skipped_ones_are_heard_through_pytest(record: Record, write: Write) -> None:
    write(
        "test_it.py",
        """
        import unittest, pytest

        class Case(unittest.TestCase):
            def test_a(self): pass

        @pytest.mark.skip
        def test_skipped(): pass

        def test_fails(): assert False
        """,
    )

    finished, [report] = record("-q", "test_it.py")

    assert finished.usage.exit_code == 1
    assert report["bodies"] == 2


@pytest.mark.slow
def test_workers_of_xdist_are_seen_to_leave_the_controller_without_bodies(record: Record, write: Write) -> None:
    pytest.importorskip("xdist")
    write("test_it.py", "def test_a(): pass\n")

    finished, reports = record("-q", "-p", "xdist", "-n", "1", "test_it.py")

    assert finished.usage.exit_code == 0, finished.stdout
    assert [report["bodies"] for report in reports] == [0] * len(reports)


BENCHMARKS = """
    import pathlib
    CALLS = pathlib.Path("calls")

    def work():
        with CALLS.open("a") as file:
            file.write("x")
        return 7

    def test_filled(benchmark):
        assert benchmark(work) == 7

    def test_pedantic(benchmark):
        benchmark.pedantic(lambda: None, rounds=3)
"""


def test_benchmarks_call_as_often_as_was_set_whatever_the_time(record: Record, write: Write, tree: Tree) -> None:
    pytest.importorskip("pytest_benchmark", reason="pytest-benchmark is not installed here")
    write("test_it.py", BENCHMARKS)

    finished, [report] = record(
        "-q", "-p", "pytest_benchmark.plugin", "test_it.py", calls={"test_it.py::test_filled": 5}
    )

    assert finished.usage.exit_code == 0, finished.stdout
    assert (report["bodies"], report["units"]) == (2, {})
    assert (tree.root / "calls").read_text(encoding="utf-8") == "xxxxx"


def test_a_benchmarks_call_is_priced_where_no_number_is_set(record: Record, write: Write) -> None:
    pytest.importorskip("pytest_benchmark", reason="pytest-benchmark is not installed here")
    write("test_it.py", BENCHMARKS)

    _, [report] = record("-q", "-p", "pytest_benchmark.plugin", "test_it.py")

    assert isinstance(report["units"], dict)
    assert list(report["units"]) == ["test_it.py::test_filled"]
    assert 0 < report["units"]["test_it.py::test_filled"] < 0.01
