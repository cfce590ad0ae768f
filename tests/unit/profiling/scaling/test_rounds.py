from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from profiling.collect.runs import Workload, WorkloadError
from profiling.measure.processes import Processes
from profiling.model import Interpreter, Tree
from profiling.scaling.rounds import Rounds, Runner
from profiling.scaling.template import Template

Run = Callable[..., Rounds]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def run(tree: Callable[[str], Tree], interpreter: Interpreter, scratch: Path, said: list[str]) -> Run:
    """Run a script at sizes until `enough` says so, which is asked after the third round for the first time."""

    def go(bench: str, sizes: tuple[int, ...], *, budget_s: float = 60.0, enough: str = "enough") -> Rounds:
        made, template = tree(bench), Template.parse("bench.py {n}")
        workloads = {
            float(size): Workload(tree=made, command=template.at(size), interpreter=interpreter, processes=Processes())
            for size in sizes
        }
        runner = Runner(
            injection=workloads[sizes[0]].injection("ratchet_time", {}, scratch),
            budget_s=budget_s,
            deadline_s=monotonic() + budget_s,
            on_progress=said.append,
        )
        return runner.run(workloads, lambda _: enough)

    return go


def sizes_of(rounds: Rounds) -> list[float]:
    return [each.size for each in rounds.sizes]


def test_sizes_grow_first_and_then_take_turns_with_the_time_pass(run: Run, said: list[str]) -> None:
    rounds = run("work.spin(n * 500_000)", (1, 2, 4))
    assert (rounds.count, rounds.ended, rounds.notes, sizes_of(rounds)) == (3, "enough", [], [1, 2, 4])
    assert said[:3] == [f"first run: python bench.py {size}" for size in (1, 2, 4)]
    assert said[-1] == "stopped: enough"
    assert [len(each.usages) for each in rounds.sizes] == [3, 3, 3]
    assert [len(each.passes) for each in rounds.sizes] == [2, 2, 2]
    assert rounds.sizes[2].samples > rounds.sizes[0].samples > 0
    assert not any(each.is_seen for each in rounds.sizes)


def test_the_order_of_the_sizes_is_mixed(run: Run, said: list[str]) -> None:
    run("pass", (1, 2, 3, 4, 5))
    second, third = ([line[-1] for line in said if line.startswith(f"round {number}: ")] for number in (2, 3))
    assert sorted(second) == sorted(third) == ["1", "2", "3", "4", "5"]
    assert second != third


def test_a_size_that_takes_too_long_ends_the_growing(run: Run) -> None:
    rounds = run("import time; time.sleep(30 * (n > 2))", (1, 2, 3, 4), budget_s=12.0)
    assert sizes_of(rounds) == [1, 2]
    assert rounds.notes == ["size 3 and larger ones left out: a run took longer than its limit of 2 s"]


def test_a_size_that_fails_ends_the_growing_with_what_it_said(run: Run) -> None:
    rounds = run("assert n < 3, 'too\\nlarge'", (1, 2, 3, 4))
    assert sizes_of(rounds) == [1, 2]
    assert "size 3 and larger ones left out: a run ended with exit code 1 (" in rounds.notes[0]
    assert "AssertionError: too large)" in rounds.notes[0]


def test_a_command_that_fails_at_the_smallest_size_is_an_error(run: Run) -> None:
    with pytest.raises(WorkloadError, match="ended with exit code 3"):
        run("sys.exit(3)", (1, 2, 3))


def test_a_run_that_fails_later_leaves_its_size_out(run: Run) -> None:
    bench = """
import pathlib
runs = pathlib.Path("runs")
if n == 2:
    assert not runs.exists(), "no more"
    runs.write_text("1")
"""
    rounds = run(bench, (1, 2, 3))
    assert sizes_of(rounds) == [1, 3]
    assert rounds.notes[0].startswith("size 2 left out: a run ended with exit code 1 (")


def test_it_stops_when_its_time_is_used_up(run: Run) -> None:
    rounds = run("pass", (1, 2), budget_s=1.0, enough="")
    assert rounds.ended == "its time of 1 s was used up"


@pytest.mark.flaky(reruns=3)
def test_sizes_for_which_no_time_is_left_are_said(run: Run) -> None:
    rounds = run("import time; time.sleep(0.6)", (1, 2, 3), budget_s=1.0)
    assert sizes_of(rounds) == [1]
    assert rounds.notes == ["size 2 and larger ones left out: its time of 1 s was used up"]
