import ast
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import orchestrator
from orchestrator.workspace.slot import MeasuringSlot, slot_path
from orchestrator.workspace.turns import timed_processes
from profiling.audit import microbench
from profiling.audit.microbench import MicroBenchmark
from profiling.collect import unified
from profiling.measure import engine
from profiling.measure.engine import Plan
from profiling.measure.processes import Finished, Launch, Processes, Stopped
from profiling.model import Command, Dimension, Interpreter, Tree
from profiling.scaling.collect import collect_growth
from profiling.scaling.template import Template

COMMAND = Command(argv=("python", "main.py"))
PYTHON = Interpreter(executable="/usr/bin/python3", version=(3, 11, 0))


def own_slot(environ: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    environ.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(environ))
    path = slot_path({"XDG_RUNTIME_DIR": str(environ)})
    assert path is not None
    return path


def test_a_turn_is_the_slot_of_the_machine_and_a_wait_for_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, said = own_slot(tmp_path / "runtime", monkeypatch), []
    processes = timed_processes(said.append)

    with MeasuringSlot(path).held(say=said.append, still_wanted=processes.stop):
        processes.stop()
        with pytest.raises(Stopped), processes.turn():
            raise AssertionError("two have their turn at once")
    assert [line.partition(" held by pid ")[0] for line in said] == ["waiting for the measuring slot"]


def test_workers_of_a_session_have_turns_of_one_slot(tmp_path: Path) -> None:
    slot, said = MeasuringSlot(tmp_path / "slot"), []
    one, other = timed_processes(said.append, slot=slot), timed_processes(said.append, slot=slot)
    other.stop()
    with one.turn(), pytest.raises(Stopped), other.turn():
        raise AssertionError("two have their turn at once")
    assert said == ["waiting for the measuring slot held by another worker"]


def test_nobody_makes_processes_that_take_times_out_of_turn() -> None:
    root = Path(orchestrator.__file__).parent
    naming = [file for file in root.rglob("*.py") if "Processes(" in file.read_text()]
    made = {
        file.relative_to(root).as_posix()
        for file in naming
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Processes"
    }
    assert made == {"workspace/turns.py"}


class Reached(Exception):
    """A process would be started now."""


class Noting(Processes):
    """Starts nothing, and knows whether it was its turn when it should have."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = self.taken
        self.is_turn = False
        self.seen: list[bool] = []

    @contextmanager
    def taken(self) -> Iterator[None]:
        assert not self.is_turn, "a turn within a turn would wait for itself"
        self.is_turn = True
        yield
        self.is_turn = False

    def run(self, launch: Launch) -> Finished:
        self.seen.append(self.is_turn)
        raise Reached

    def run_together(self, first: Launch, second: Launch) -> tuple[Finished, Finished]:
        self.run(first)
        raise Reached


def pairs(tree: Tree, processes: Processes, scratch: Path) -> None:
    plan = Plan(target=Dimension.CPU_S)
    rng = random.Random(1)
    engine.measure(
        tree, tree, COMMAND, PYTHON, plan, processes=processes, scratch=scratch, rng=rng, on_pair=lambda _: None
    )


def plain(tree: Tree, processes: Processes, _scratch: Path) -> None:
    unified.plain_runs(tree, COMMAND, PYTHON, processes, count=3)


def profile(tree: Tree, processes: Processes, scratch: Path) -> None:
    unified.profile(
        tree, COMMAND, PYTHON, processes=processes, scratch=scratch, tree_id="t", on_progress=lambda _: None
    )


def growth(tree: Tree, processes: Processes, scratch: Path) -> None:
    collect_growth(
        tree,
        Template.parse("python main.py {n}"),
        (1.0, 2.0, 4.0),
        PYTHON,
        processes=processes,
        scratch=scratch,
        budget_s=9.0,
        on_progress=lambda _: None,
    )


def micro(tree: Tree, processes: Processes, scratch: Path) -> None:
    benchmark = MicroBenchmark(name="b", statement="pass")
    microbench.run(benchmark, tree, PYTHON, processes=processes, scratch=scratch, on_progress=lambda _: None)


@pytest.mark.parametrize("timed", [pairs, plain, profile, growth, micro])
def test_whoever_takes_times_does_so_in_turn(timed: Callable[[Tree, Processes, Path], None], tmp_path: Path) -> None:
    root, scratch, processes = tmp_path / "tree", tmp_path / "scratch", Noting()
    root.mkdir()
    scratch.mkdir()
    (root / "main.py").write_text("print(1)\n")
    tree = Tree(root=root, import_roots=(".",), packages=(), source_paths=(".",))
    with pytest.raises(Reached):
        timed(tree, processes, scratch)
    assert processes.seen == [True]
