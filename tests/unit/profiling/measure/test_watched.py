import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.measure.conduct import Conduct
from profiling.measure.processes import Processes
from profiling.measure.watched import watch
from profiling.model import Command, Interpreter, Tree

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


@pytest.fixture
def conduct_of(
    make_tree: Callable[..., Tree], processes: Processes, interpreter: Interpreter, tmp_path: Path
) -> Callable[[str], Conduct]:
    """Run a text as `proj/work.py` under watch."""

    def run(text: str) -> Conduct:
        tree = make_tree("tree", {"proj/__init__.py": "", "proj/work.py": text})
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        command = Command(argv=("python", "-m", "proj.work"), timeout_s=30)
        return watch(command, tree, interpreter, processes=processes, scratch=scratch).conduct

    return run


def test_a_run_that_only_works_leaves_nothing(conduct_of: Callable[[str], Conduct]) -> None:
    conduct = conduct_of("print(sum(range(1000)))\n")
    assert (conduct.written, conduct.patched, conduct.left_behind) == (frozenset(), frozenset(), False)
    assert conduct.reports == 1
    assert conduct.settings["gc.isenabled"] == "True"


def test_files_left_in_tree_home_and_temporary_folder_are_seen(conduct_of: Callable[[str], Conduct]) -> None:
    text = (
        "import pathlib, tempfile\n"
        "pathlib.Path('memo.pkl').write_text('x')\n"
        "(pathlib.Path.home() / 'memo.pkl').write_text('x')\n"
        "(pathlib.Path(tempfile.gettempdir()) / 'memo.pkl').write_text('x')\n"
    )
    assert conduct_of(text).written == {"tree/memo.pkl", "home/memo.pkl", "tmp/memo.pkl"}


def test_temporary_names_are_put_the_same(conduct_of: Callable[[str], Conduct]) -> None:
    assert conduct_of("import tempfile\ntempfile.mkstemp()\n").written == {"tmp/*"}


def test_patched_clocks_builtins_and_foreign_modules_are_named(conduct_of: Callable[[str], Conduct]) -> None:
    text = (
        "import builtins, json, time, unittest\n"
        "time.perf_counter = lambda: 0.0\n"
        "builtins.len = lambda value: 0\n"
        "json.dumps = lambda value: ''\n"
        "unittest.TestCase.assertEqual = lambda *args: None\n"
    )
    patched = conduct_of(text).patched
    assert {"time.perf_counter", "builtins.len", "json.dumps", "unittest.case.TestCase.assertEqual"} <= patched


def test_settings_of_the_interpreter_are_reported_as_they_end(conduct_of: Callable[[str], Conduct]) -> None:
    settings = conduct_of("import gc, sys\ngc.disable()\nsys.setrecursionlimit(4321)\n").settings
    assert (settings["gc.isenabled"], settings["sys.getrecursionlimit"]) == ("False", "4321")


def test_a_child_of_the_group_that_outlives_the_run_is_found(conduct_of: Callable[[str], Conduct]) -> None:
    assert conduct_of("import subprocess, sys\nsubprocess.Popen(['sleep', '20'])\n").left_behind


@LINUX
def test_a_child_that_left_the_session_is_found(conduct_of: Callable[[str], Conduct]) -> None:
    text = "import subprocess\nsubprocess.Popen(['sleep', '20'], start_new_session=True)\n"
    assert conduct_of(text).left_behind


def test_children_that_are_waited_for_leave_nothing(conduct_of: Callable[[str], Conduct]) -> None:
    conduct = conduct_of("import subprocess\nsubprocess.run(['sleep', '0.01'])\n")
    assert not conduct.left_behind


def test_cpu_of_children_that_the_system_was_told_to_forget_is_seen(conduct_of: Callable[[str], Conduct]) -> None:
    text = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "if os.fork() == 0:\n"
        "    while time.process_time() < 0.5:\n"
        "        pass\n"
        "    raise SystemExit\n"
        "try:\n"
        "    os.wait()\n"
        "except ChildProcessError:\n"
        "    pass\n"
    )
    conduct = conduct_of(text)
    assert conduct.seen_cpu_s - conduct.cpu_s > 0.3
    assert conduct.settings["children reaped unseen"] == "False, True" or "True" in conduct.settings.values()


def test_a_process_that_leaves_behind_the_interpreters_back_reports_nothing(
    conduct_of: Callable[[str], Conduct],
) -> None:
    conduct = conduct_of("import ctypes\nctypes.CDLL(None)._exit(0)\n")
    assert conduct.reports == 0


def test_a_pool_of_processes_that_is_closed_raises_nothing(conduct_of: Callable[[str], Conduct]) -> None:
    text = (
        "import multiprocessing\n\n\n"
        "def double(n):\n    return 2 * n\n\n\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        pool.map(double, [1, 2])\n"
        "        pool.close()\n"
        "        pool.join()\n"
    )
    conduct = conduct_of(text)
    assert (conduct.patched, conduct.left_behind) == (frozenset(), False)
    assert conduct.seen_cpu_s - conduct.cpu_s < 0.15
