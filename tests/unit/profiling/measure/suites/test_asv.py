import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from profiling.measure.environment import launch
from profiling.measure.kinds import detect
from profiling.measure.processes import Finished, Processes
from profiling.measure.suites.asv import Selection, install, select
from profiling.model import Command, Interpreter, Tree

CONFIGURATION = (
    '{\n  // where they are\n  "benchmark_dir": "bench", /* "benchmark_dir": "x" */\n  "url": "https://x",\n}\n'
)
SUITE = """
import proj

def time_plain():
    proj.note("plain")

class Suite:
    params = [[1, 2], ["a", "b"]]
    param_names = ["n", "s"]
    number = 3

    def setup_cache(self):
        proj.note("cache")
        return {"made": []}

    def setup(self, cache, n, s):
        if (n, s) == (2, "b"):
            raise NotImplementedError
        assert cache == {"made": []}
        proj.note("setup")

    def time_it(self, cache, n, s):
        cache["made"].append(n)
        proj.note(f"time {n}{s}")

    def teardown(self, cache, n, s):
        proj.note("teardown")

def mem_block():
    return bytearray(1000)

def peakmem_block():
    bytearray(1000)

def track_size():
    return 42

class TimeNames:
    def helper_time_not(self):
        raise AssertionError
"""
FILES = {
    "asv.conf.json": CONFIGURATION,
    "bench/__init__.py": "",
    "bench/suite.py": SUITE,
    "bench/deep/more.py": "from bench.suite import time_plain\ndef time_deep(): pass\n",
    "proj/__init__.py": "import os\ndef note(what):\n    with open('log', 'a') as file: file.write(what + '\\n')\n",
}
Run = Callable[..., tuple[Finished, Mapping[str, object] | None, list[str]]]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root = tmp_path / "tree"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return Tree(root=root, import_roots=(".",), packages=("proj",), source_paths=("proj",))


@pytest.fixture
def run(tree: Tree, processes: Processes, interpreter: Interpreter, tmp_path: Path) -> Run:
    """Run an asv command by our runner."""

    def run(
        *words: str, calls: Mapping[str, tuple[int, int]] | None = None
    ) -> tuple[Finished, Mapping[str, object] | None, list[str]]:
        folder, report, log = tmp_path / "runner", tmp_path / "report.json", tree.root / "log"
        folder.mkdir()
        command = Command(argv=("asv", "run", *words))
        ready = install(command, select(detect(command), tree), folder, calls=calls, report=report)
        finished = processes.run(launch(ready, tree, interpreter))
        found = json.loads(report.read_text(encoding="utf-8")) if report.exists() else None
        return finished, found, log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    return run


def test_benchmarks_are_found_by_asvs_rules_and_run_as_often_as_was_set(run: Run) -> None:
    calls = {"suite.time_plain": (2, 3), "suite.Suite.time_it(1, 'a')": (1, 3)}

    finished, report, log = run(calls=calls)

    assert finished.usage.exit_code == 0, finished.stderr
    assert finished.stdout == "suite.track_size = 42\n"
    assert log.count("plain") == 6
    assert log.count("time 1a") == 3
    assert log.count("cache") == 1
    assert log.count("setup") == log.count("teardown") == 3
    assert "time 2b" not in log
    assert report is not None
    assert report["bodies"] == 2 + 3 + 1 + 3  # samples of plain, of Suite, of deep; one each of mem, peakmem and track


def test_without_set_calls_the_cost_of_one_is_found_out(run: Run) -> None:
    _, report, _ = run("--bench", "time_")

    assert report is not None
    units = report["units"]
    assert isinstance(units, dict)
    assert set(units) == {
        "deep.more.time_deep",
        "suite.time_plain",
        *(f"suite.Suite.time_it({n}, '{s}')" for n, s in [(1, "a"), (1, "b"), (2, "a")]),
    }
    assert all(0 < cost < 0.1 for cost, _ in units.values())
    assert units["suite.Suite.time_it(1, 'a')"][1] == 3
    assert units["suite.time_plain"][1] == 0


def test_a_pattern_that_matches_nothing_says_so(run: Run) -> None:
    finished, report, _ = run("-b", "nowhere")

    assert finished.usage.exit_code == 2
    assert "matches ['nowhere']" in finished.stderr
    assert report is None


@pytest.mark.parametrize("executable", [str(path) for path in Path.home().glob(".pyenv/versions/3.9*/bin/python3.9")])
def test_the_oldest_python_runs_them_too(tree: Tree, processes: Processes, tmp_path: Path, executable: str) -> None:
    ready = install(Command(argv=("asv", "run")), Selection(folder="bench", patterns=("plain",)), tmp_path, calls={})

    finished = processes.run(launch(ready, tree, Interpreter(executable=executable, version=(3, 9, 0))))

    assert (finished.usage.exit_code, finished.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "patterns"),
    [
        ((), ()),
        (("--bench", "a", "--quick", "-b", "b"), ("b", "a")),
        (("--bench=a.*", "HEAD^!"), ("a.*",)),
        (("-bx",), ("x",)),
    ],
)
def test_a_command_names_its_benchmarks_as_for_asv(
    tree: Tree, words: tuple[str, ...], patterns: tuple[str, ...]
) -> None:
    selection = select(detect(Command(argv=("python", "-m", "asv", "run", *words))), tree)

    assert (selection.folder, selection.patterns) == ("bench", patterns)


def test_the_runners_own_command_is_understood_again(tree: Tree, tmp_path: Path) -> None:
    written = Command(argv=("asv", "run", "-b", "plain"), env=(("A", "1"),), timeout_s=5)
    ready = install(written, select(detect(written), tree), tmp_path)

    assert select(detect(ready), tree) == Selection(folder="bench", patterns=("plain",))
    assert (ready.env, ready.timeout_s) == (written.env, written.timeout_s)


@pytest.mark.parametrize("folder", ["../outside", "missing", "/"])
def test_a_folder_outside_the_tree_is_refused(tree: Tree, folder: str) -> None:
    (tree.root / "asv.conf.json").write_text(json.dumps({"benchmark_dir": folder}), encoding="utf-8")
    (tree.root.parent / "outside").mkdir()

    with pytest.raises(FileNotFoundError, match="none inside the tree"):
        select(detect(Command(argv=("asv", "run"))), tree)


def test_without_a_configuration_there_is_nothing_to_run(tree: Tree) -> None:
    (tree.root / "asv.conf.json").unlink()

    with pytest.raises(FileNotFoundError, match=r"no asv\.conf\.json"):
        select(detect(Command(argv=("asv", "run"))), tree)


def test_a_configuration_that_is_no_json_means_the_usual_folder(tree: Tree) -> None:
    (tree.root / "asv.conf.json").write_text("[", encoding="utf-8")
    (tree.root / "bench").rename(tree.root / "benchmarks")

    assert select(detect(Command(argv=("asv", "run"))), tree).folder == "benchmarks"


def test_whatever_runs_a_command_runs_our_runner_for_asv(tree: Tree, interpreter: Interpreter) -> None:
    command = Command(argv=("asv", "run", "--bench", "Suite"))
    started = launch(command, tree, interpreter)
    assert started.argv[0] == interpreter.executable
    assert started.argv[1].endswith("ratchet_asv.py")
    assert launch(command, tree, interpreter).argv == started.argv
