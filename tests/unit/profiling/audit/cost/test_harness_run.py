import sys

import pytest

from profiling.audit.contamination import CONTAMINATED
from profiling.audit.harness_run import measured_costs, run_action
from profiling.audit.model import Action
from profiling.audit.trace import trace_action
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, Tree

BUSY = """
import sys, threading


def work():
    total = 0
    for number in range(300_000):
        total = total * 31 % 1_000_003 + number
    return total


def lose():
    raise ValueError("lost in a thread")


work()
if sys.argv[1:] == ["bad"]:
    thread = threading.Thread(target=lose, name="loser")
    thread.start()
    thread.join()
"""


@pytest.fixture
def profiled(tmp_path):
    root, scratch = tmp_path / "tree", tmp_path / "scratch"
    root.mkdir()
    scratch.mkdir()
    (root / "app.py").write_text(BUSY)

    def run(*arguments):
        return run_action(
            Tree(root=root, import_roots=(".",), packages=("app",), source_paths=(".",)),
            Command(argv=("python", "app.py", *arguments), timeout_s=60),
            Interpreter(executable=sys.executable, version=sys.version_info[:3]),
            processes=Processes(),
            scratch=scratch,
            tree_id="t",
            budget_s=0.0,
            on_progress=lambda _: None,
        )

    return run


@pytest.mark.slow
def test_an_exception_in_a_thread_marks_the_profile(profiled):
    run = profiled("bad")

    assert run.mark == CONTAMINATED
    assert {each.thread for each in run.stray} == {"loser"}
    assert run.advice is not None
    assert "run it again" in run.advice
    assert "lost in a thread" in run.stray[0].text


@pytest.mark.slow
def test_a_clean_run_joins_measured_to_estimated(profiled, read_tree):
    run = profiled()
    graph, sources = read_tree({"app.py": BUSY})
    traced = trace_action(graph, Action(name="a", entry_points=("app",)), sources=sources)

    found = {each.function: each for each in measured_costs(traced, run.profile)}

    assert (run.mark, run.advice, run.stray) == (None, None, ())
    assert found["app.work"].calls == 1
    assert found["app.work"].cpu_self_s > 0
