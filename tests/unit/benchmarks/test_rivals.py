import contextlib
import cProfile
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.rivals import outputs
from benchmarks.rivals.bench import Bench, cpu_s, failure_of, paired_ratios, ratios, runs_of
from benchmarks.rivals.outputs import Unreadable
from benchmarks.rivals.program import Program, Run
from benchmarks.rivals.sections import peaks
from benchmarks.rivals.sections.children import covered_percent, seen_percent
from benchmarks.rivals.sections.loop import slow_callbacks
from benchmarks.rivals.sections.shares import misattributed, shares
from benchmarks.rivals.sections.shortest import top
from benchmarks.rivals.table import Finding, Section, Spread, at_least, at_most, rendered, summary
from benchmarks.rivals.tools import RIVALS
from benchmarks.rivals.venv import requirements
from profiling.model import RunUsage, Tree

PHASES = {"outer": ("helper",), "other": ()}


def helper() -> int:
    return sum(range(2000))


def outer() -> int:
    return sum(helper() for _ in range(200))


def written(folder: Path, content: object) -> Path:
    file = folder / "output.json"
    file.write_text(json.dumps(content))
    return file


def run(cpu_s: float, failure: str = "") -> Run:
    return Run(usage=RunUsage(wall_s=2 * cpu_s, cpu_s=cpu_s, max_rss_mib=1.0, exit_code=0), failure=failure)


class Scripted:
    """A tool whose runs are given beforehand."""

    def __init__(self, name: str, *runs: Run) -> None:
        self.name = name
        self.left = list(runs)

    def run(self, machine: object, program: Program) -> Run:
        return self.left.pop(0)


def test_pstats_give_cumulative_seconds_of_the_functions_asked_for_alone(tmp_path: Path) -> None:
    profiler = cProfile.Profile()
    profiler.runcall(outer)
    profiler.dump_stats(tmp_path / "out")

    found = outputs.from_pstats(tmp_path / "out", PHASES)

    assert set(found) == {"outer"}
    assert 0 < found["outer"] <= sum(row.totaltime for row in profiler.getstats())


def test_pyinstrument_gives_the_outermost_frame_of_a_function_that_recurs(tmp_path: Path) -> None:
    inner = {"function": "Class.outer", "time": 0.5, "children": []}
    root = {
        "function": "<module>",
        "time": 2.0,
        "children": [{"function": "outer", "time": 1.5, "children": [inner]}, {"function": "other", "time": 0.25}],
    }

    with pytest.raises(Unreadable, match="no list"):
        outputs.from_pyinstrument(written(tmp_path, {"root_frame": {"function": "x", "time": 1, "children": 3}}), {})
    root["children"][1]["children"] = []
    found = outputs.from_pyinstrument(written(tmp_path, {"root_frame": root}), PHASES)

    assert found == {"outer": 1.5, "other": 0.25}


def test_scalene_seconds_of_helpers_are_those_of_their_phase(tmp_path: Path) -> None:
    def function(name: str, python: float, native: float) -> dict[str, object]:
        return {"line": name, "n_cpu_percent_python": python, "n_cpu_percent_c": native, "n_sys_percent": 0}

    file = written(
        tmp_path,
        {
            "elapsed_time_sec": 2.0,
            "files": {"a.py": {"functions": [function("outer", 10, 5), function("helper", 20, 0)]}},
        },
    )

    assert outputs.from_scalene(file, PHASES) == pytest.approx({"outer": 0.7})


def test_a_scalene_profile_without_samples_names_no_function(tmp_path: Path) -> None:
    assert outputs.from_scalene(written(tmp_path, {}), PHASES) == {}
    assert outputs.from_scalene(written(tmp_path, {"elapsed_time_sec": None, "files": {}}), PHASES) == {}


def test_raw_stacks_count_each_sample_once_for_its_outermost_phase(tmp_path: Path) -> None:
    file = tmp_path / "raw"
    file.write_text(
        'process 1:"python x.py";<module> (x.py:9);outer (x.py:3);helper (x.py:1) 30\n'
        "<module> (x.py:9);other (x.py:5);Thing.outer (x.py:3) 20\n"
        "<module> (x.py:12) 7\n"
    )

    assert outputs.from_raw_stacks(file, PHASES, 100) == {"outer": 0.3, "other": 0.2}


@given(content=st.binary(max_size=200))
def test_whatever_text_a_profiler_wrote_is_read_or_called_unreadable(tmp_path_factory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("torn") / "out"
    file.write_bytes(content)

    for read in (
        outputs.from_pyinstrument,
        outputs.from_scalene,
        lambda each, phases: outputs.from_raw_stacks(each, phases, 100),
    ):
        found = {}
        with contextlib.suppress(Unreadable):
            found = read(file, PHASES)
        assert set(found) <= set(PHASES)


def test_a_torn_pstats_file_is_unreadable(tmp_path: Path) -> None:
    profiler = cProfile.Profile()
    profiler.runcall(outer)
    profiler.dump_stats(tmp_path / "out")
    (tmp_path / "torn").write_bytes((tmp_path / "out").read_bytes()[:-20])

    with pytest.raises(Unreadable, match="no pstats file"):
        outputs.from_pstats(tmp_path / "torn", PHASES)


def test_an_output_that_is_missing_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no output: No such file"):
        outputs.from_raw_stacks(tmp_path / "none", PHASES, 100)


def test_the_share_charged_to_the_wrong_phase_counts_once() -> None:
    truth = shares({"a": 3.0, "b": 1.0}, ("a", "b"))

    assert truth == {"a": 0.75, "b": 0.25}
    assert misattributed({"a": 0.5, "b": 0.5}, truth) == pytest.approx(25)


@given(st.lists(st.floats(0.01, 1e6), min_size=2, max_size=6))
def test_shares_that_are_the_truth_are_not_misattributed(seconds: list[float]) -> None:
    truth = shares({str(number): value for number, value in enumerate(seconds)}, [str(n) for n in range(len(seconds))])

    assert sum(truth.values()) == pytest.approx(1)
    assert misattributed(truth, truth) == 0


def test_a_surplus_in_one_process_makes_up_for_no_other() -> None:
    found = Run(stdout='TRUTH {"parent": 1.0, "child": 1.0}', seconds={"parent": 9.0})

    assert covered_percent(found) == pytest.approx(50)
    assert (seen_percent(found, "parent"), seen_percent(found, "child")) == (100, 0)


def test_a_peak_is_judged_by_its_true_owner() -> None:
    truth = {"big": 80.0, "small": 20.0}

    assert peaks.owner_of({"small": 30.0, "big": 25.0}) == "small"
    assert peaks.owner_of({}) == "nobody"
    assert peaks.off_percent({"big": 60.0}, truth) == pytest.approx(25)
    assert peaks.off_percent({"small": 100.0}, truth) == pytest.approx(100)


def test_bytes_by_line_become_bytes_by_function_of_the_tree(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def keep():\n    return [0]\n\n\nkeep()\n")
    lines = [("a.py", 2, 10), (str(tmp_path / "a.py"), 2, 5), (str(tmp_path / "a.py"), 5, 1), ("/elsewhere.py", 2, 99)]

    assert peaks.by_function(lines, tmp_path) == {"keep": 15, "<module>": 1}


def test_the_log_of_asyncio_gives_seconds_by_coroutine() -> None:
    task = "Executing <Task finished name='Task-3' coro=<blocker() done, defined at a.py:3> result=None>"
    log = f"{task} took 0.150 seconds\n{task} took 0.250 seconds\nsomething else took 9 seconds\n"

    assert slow_callbacks(log) == pytest.approx({"blocker": 0.4})


def test_a_tool_without_seconds_has_nothing_on_top() -> None:
    assert top({}) == "none"
    assert top({"hot": 0.0}) == "none"
    assert top({"hot": 0.2, "cool": 0.1}) == "hot"


def test_a_figure_carries_its_range_and_says_when_there_is_one_run_alone() -> None:
    assert Spread(values=(1.0, 3.0, 2.0)).text("x") == "2.00x [1.00, 3.00]"
    assert Spread(values=(1.5,)).text("%", 1) == "1.5% (one run)"


def test_a_bar_without_a_figure_is_neither_met_nor_missed() -> None:
    assert at_most("cost", Spread(values=(1.1,)), 1.1, "x").is_met is True
    assert at_least("seen", Spread(values=(98.9,)), 99, "%").is_met is False
    assert at_least("seen", None, 99, "%").is_met is None
    text = summary([at_most("cost", None, 1.1, "x"), Finding(what="a", bar="b", measured="c", is_met=False)])
    assert "| cost | at most 1.1x | no figure | not measured |" in text
    assert "| a | b | c | MISSED |" in text


def test_a_cell_cannot_break_the_table() -> None:
    section = Section(title="T", method="How.", header=("a", "b"), rows=(("x|y\nz", "1"),), remarks=("why",))

    assert rendered(section) == "### T\n\nHow.\n\n| a | b |\n| --- | --- |\n| x\\|y z | 1 |\n\n- why\n"


def test_every_round_draws_its_own_order_the_same_for_the_same_seed(bench: Bench) -> None:
    things = list(range(20))

    assert bench.order("a/0", things) == bench.order("a/0", things)
    assert bench.order("a/0", things) != bench.order("a/1", things)
    assert sorted(bench.order("a/0", things)) == things


def test_a_tool_that_fails_is_not_tried_again_and_costs_no_other(bench: Bench, plain_program: Program) -> None:
    own = Scripted("own", *[run(2.0)] * 9)
    broken = Scripted("broken", run(1.0, failure="no"))
    good = Scripted("good", run(3.0), run(3.0))

    rounds = bench.measure(plain_program, (broken, good), own)

    assert len(rounds) == 2
    assert failure_of(rounds, "broken") == "no"
    assert runs_of(rounds, "broken") == []
    assert len(runs_of(rounds, "good")) == 2
    assert len(runs_of(rounds, "own")) == 8
    assert bench.measure(plain_program, (), own) is rounds


def test_a_ratio_is_to_the_median_plain_run_of_its_own_round() -> None:
    rounds = [
        {"plain": [run(1.0), run(2.0), run(9.0)], "tool": [run(4.0)]},
        {"plain": [run(4.0)], "tool": [run(4.0), run(5.0, failure="no")]},
    ]

    assert ratios(rounds, "tool", cpu_s) == Spread(values=(2.0, 1.0))
    assert ratios(rounds, "other", lambda _: 1.0) is None


def test_our_ratio_is_to_the_plain_run_beside_it() -> None:
    rounds = [{"plain": [run(1.0), run(2.0), run(3.0)], "own": [run(2.0), run(2.0), run(3.0, failure="no")]}]

    assert paired_ratios(rounds, "own", cpu_s) == Spread(values=(2.0, 1.0))


def test_what_a_program_measured_of_itself_is_found_among_what_else_was_printed() -> None:
    text = 'hello\nTRUTH {"old": 1}\nprofiler: TRUTH {"cpu": 0.5}\nbye\n'

    assert Run(stdout=text).truth == {"cpu": 0.5}
    assert Run(stdout="hello").truth == {}


def test_a_profiler_that_takes_no_module_is_given_the_script() -> None:
    tree = Tree(root=Path("/"), import_roots=(".",), packages=(), source_paths=(".",))
    program = Program(name="p", tree=tree, target=("-m", "pytest", "-q"), script=("run_pytest.py", "-q"))

    assert program.target_for(takes_modules=False) == ("run_pytest.py", "-q")
    assert program.target_for(takes_modules=True) == ("-m", "pytest", "-q")
    assert len({tool.name for tool in RIVALS}) == len(RIVALS)


def test_the_group_of_rivals_must_be_there_and_pinned() -> None:
    assert requirements('[dependency-groups]\nbench = ["py-spy==0.4.3"]\n') == {"py-spy": "0.4.3"}
    with pytest.raises(ValueError, match="no dependency group 'bench'"):
        requirements("[dependency-groups]\ndev = []\n")
    with pytest.raises(ValueError, match="must pin"):
        requirements('[dependency-groups]\nbench = ["py-spy>=0.4"]\n')
