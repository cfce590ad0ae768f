import hashlib
import random
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.comparison import Decision, Measurement
from profiling.measure import rules
from profiling.measure.engine import (
    MeasurementFailed,
    Plan,
    Progress,
    RunFailed,
    RunTimedOut,
    Side,
    WrongOrigin,
    measure,
)
from profiling.measure.forecast import Forecast
from profiling.measure.processes import Processes, Stopped
from profiling.model import Command, Dimension, Interpreter, Tree

pytestmark = pytest.mark.flaky(reruns=3)

MakeTree = Callable[..., Tree]
Measure = Callable[..., Measurement]

MAIN = "from proj.work import run\nprint(run())\n"
WORK = "def run():\n    total = 0\n    for i in range({rounds}):\n        total += i * i % 7\n    return 'done'\n"
ROUNDS = 700_000


@pytest.fixture
def measured(processes: Processes, interpreter: Interpreter, tmp_path: Path) -> Measure:
    """Measure one tree against another with fixed draws."""

    def run(
        base: Tree,
        change: Tree,
        *,
        command: Command | None = None,
        on_pair: Callable[[Progress], None] | None = None,
        **plan: object,
    ) -> Measurement:
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        found = measure(
            base,
            change,
            command or Command(argv=("python", "main.py"), timeout_s=30),
            interpreter,
            Plan(**{"target": Dimension.CPU_S, **plan}),  # type: ignore[arg-type]
            processes=processes,
            scratch=scratch,
            rng=random.Random(5),
            on_pair=on_pair or (lambda _: None),
        )
        assert list(scratch.iterdir()) == []
        return found

    return run


@pytest.fixture
def tree(make_tree: MakeTree) -> Callable[..., Tree]:
    """Make a tree whose script does some rounds of work."""

    def make(name: str, *, rounds: int = ROUNDS, main: str = MAIN, init: str = "") -> Tree:
        files = {"proj/__init__.py": init, "proj/work.py": WORK.format(rounds=rounds), "main.py": main}
        return make_tree(name, files)

    return make


@pytest.mark.flaky(reruns=0)  # a false keep is one, however seldom
def test_identical_trees_are_not_improved(tree: Callable[..., Tree], measured: Measure) -> None:
    seen: list[Progress] = []

    found = measured(tree("a"), tree("b"), on_pair=seen.append, max_pairs=12)

    assert found.decision is not Decision.IMPROVED
    assert not found.comparisons[Dimension.CPU_S].improved
    assert [progress.pairs for progress in seen] == list(range(1, len(found.pairs) + 1))
    assert seen[-1].decision is found.decision


def test_thirty_percent_less_work_is_improved(tree: Callable[..., Tree], measured: Measure) -> None:
    found = measured(tree("a"), tree("b", rounds=int(0.7 * ROUNDS)))

    compared = found.comparisons[Dimension.CPU_S]
    assert found.decision is Decision.IMPROVED
    assert compared.improved
    assert 0.6 < compared.ratio < 0.85
    assert compared.low <= compared.ratio <= compared.high
    assert found.evidence_gain > 4.6
    assert "against no gain" in found.stopped_because
    assert set(found.comparisons) == {
        Dimension.CPU_S,
        Dimension.WALL_S,
        Dimension.PEAK_MIB,
        Dimension.GC_S,
        Dimension.GC_COLLECTIONS,
        Dimension.IMPORT_S,
    }


def test_more_work_is_a_regression(tree: Callable[..., Tree], measured: Measure) -> None:
    found = measured(tree("a"), tree("b", rounds=int(1.5 * ROUNDS)))

    assert found.decision is Decision.NOT_IMPROVED
    assert found.comparisons[Dimension.CPU_S].regressed


@pytest.mark.slow
def test_measured_both_ways_pairs_go_on_until_a_loss_is_decided_too(
    tree: Callable[..., Tree], measured: Measure
) -> None:
    test = Plan(target=Dimension.CPU_S).test
    same = measured(tree("a"), tree("b"), both_ways=True, max_pairs=60)
    assert same.decision is Decision.NOT_IMPROVED
    assert rules.loss(same.pairs, same.decided_on, test) is not Decision.UNDECIDED


def test_both_sides_of_a_pair_share_seed_and_core_and_their_order_varies(
    tree: Callable[..., Tree], measured: Measure
) -> None:
    main = "from proj.work import run\nimport os\nprint(run(), os.environ['PYTHONHASHSEED'], hash('x'))\n"

    found = measured(tree("a", rounds=1000, main=main), tree("b", rounds=1000, main=main), max_pairs=5)

    assert all(pair.base.output_sha256 == pair.change.output_sha256 for pair in found.pairs)
    assert len({pair.base.output_sha256 for pair in found.pairs}) == len(found.pairs)
    assert len({pair.seed for pair in found.pairs}) == len(found.pairs)
    assert all(pair.base.origins == {"proj": "proj/__init__.py", "proj.work": "proj/work.py"} for pair in found.pairs)


def test_a_smaller_heap_improves_memory(make_tree: MakeTree, measured: Measure) -> None:
    main = "import proj\nblock = [proj.make() for _ in range(20)]\nprint(len(block))\n"
    trees = [
        make_tree(name, {"proj/__init__.py": f"def make(): return bytearray({size})\n", "main.py": main})
        for name, size in (("a", 1_000_000), ("b", 500_000))
    ]

    found = measured(*trees, target=Dimension.PEAK_MIB)

    assert found.decision is Decision.IMPROVED
    assert found.comparisons[Dimension.PEAK_MIB].ratio == pytest.approx(0.5, abs=0.03)


def test_fewer_collections_are_counted_exactly_in_as_many_pairs_as_the_rule_asks_for(
    make_tree: MakeTree, measured: Measure
) -> None:
    main = "import gc, proj\ngc.disable()\nfor _ in range(proj.TIMES): gc.collect()\n"
    trees = [
        make_tree(name, {"proj/__init__.py": f"TIMES = {times}\n", "main.py": main})
        for name, times in (("a", 10), ("b", 8))
    ]

    found = measured(*trees, target=Dimension.GC_COLLECTIONS, time_budget_s=0.001)

    assert len(found.pairs) == 5
    assert found.decision is not Decision.UNDECIDED
    compared = found.comparisons[Dimension.GC_COLLECTIONS]
    assert (compared.base_median, compared.change_median, compared.ratio) == (10, 8, 0.8)
    assert compared.improved


def test_waiting_counts_as_wall_time(make_tree: MakeTree, measured: Measure) -> None:
    main = "import time, proj\ntime.sleep(proj.WAIT)\n"
    trees = [
        make_tree(name, {"proj/__init__.py": f"WAIT = {wait}\n", "main.py": main})
        for name, wait in (("a", 0.2), ("b", 0.1))
    ]

    found = measured(*trees, target=Dimension.WALL_S, design_effect=0.1)

    assert found.decision is Decision.IMPROVED
    assert found.comparisons[Dimension.WALL_S].ratio < 0.75


def test_a_bound_that_ends_it_undecided_says_what_more_it_would_take(
    tree: Callable[..., Tree], measured: Measure
) -> None:
    gain = measured(tree("a"), tree("b", rounds=ROUNDS // 2), max_pairs=2)

    assert gain.decision is Decision.UNDECIDED
    assert gain.stopped_because.startswith("undecided after 2 pairs, the most allowed; needs about ")
    assert "more seconds (about 5 more pairs)" in gain.stopped_because


def test_a_spent_time_budget_still_gives_one_pair(tree: Callable[..., Tree], measured: Measure) -> None:
    found = measured(tree("a", rounds=10), tree("b", rounds=10), time_budget_s=0.001)

    assert len(found.pairs) == 1
    assert "time budget of 0.001s" in found.stopped_because
    assert "small" in found.stopped_because


def test_a_change_that_fails_is_named_with_its_last_words(tree: Callable[..., Tree], measured: Measure) -> None:
    with pytest.raises(RunFailed, match=r"change: `python main\.py` ended with exit code 1") as caught:
        measured(tree("a"), tree("b", init="raise RuntimeError('broken by the change')\n"))

    assert (caught.value.side, caught.value.exit_code) == (Side.CHANGE, 1)
    assert "broken by the change" in str(caught.value)


def test_a_change_that_never_ends_has_timed_out(tree: Callable[..., Tree], measured: Measure) -> None:
    with pytest.raises(RunTimedOut, match=r"did not end within 1s") as caught:
        measured(
            tree("a", rounds=10),
            tree("b", init="while True: pass\n"),
            command=Command(argv=("python", "main.py"), timeout_s=1),
        )

    assert caught.value.side is Side.CHANGE


def test_code_from_elsewhere_is_found_out(
    tree: Callable[..., Tree], make_tree: MakeTree, measured: Measure, tmp_path: Path
) -> None:
    installed = tree("installed").root
    main = f"import sys\nsys.path.insert(0, {str(installed)!r})\n" + MAIN

    with pytest.raises(WrongOrigin, match="imported from") as caught:
        measured(tree("a"), tree("b", main=main))

    assert caught.value.side is Side.CHANGE
    assert caught.value.file.startswith(str(installed))


def test_an_editable_install_that_wins_over_the_tree_is_found_out(
    tree: Callable[..., Tree], measured: Measure, tmp_path: Path
) -> None:
    elsewhere = tree("elsewhere").root
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "proj.pth").write_text(f"import sys; sys.path.insert(0, {str(elsewhere)!r})\n")
    main = f"import site\nsite.addsitedir({str(tmp_path / 'site')!r})\n" + MAIN

    with pytest.raises(WrongOrigin, match="is the project installed elsewhere"):
        measured(tree("a", main=main), tree("b", main=main))


def test_an_installed_copy_inside_the_tree_is_not_the_trees_code(make_tree: MakeTree, measured: Measure) -> None:
    files = {
        "lib/site-packages/proj/__init__.py": "",
        "main.py": "import sys; sys.path.insert(0, 'lib/site-packages')\nimport proj\n",
    }

    with pytest.raises(WrongOrigin, match="imported from"):
        measured(make_tree("a", files), make_tree("b", files))


def test_a_command_that_imports_nothing_of_the_project_is_refused(make_tree: MakeTree, measured: Measure) -> None:
    files = {"proj/__init__.py": "", "main.py": "print(1)\n"}

    with pytest.raises(WrongOrigin, match="imported nothing of proj"):
        measured(make_tree("a", files), make_tree("b", files))


def test_a_script_is_project_code_where_there_is_no_package(make_tree: MakeTree, measured: Measure) -> None:
    files = {"main.py": "print(sum(range(10)))\n"}

    assert measured(make_tree("a", files, ()), make_tree("b", files, ()), max_pairs=1).pairs


def test_an_interpreter_that_ignores_us_is_refused(tree: Callable[..., Tree], measured: Measure) -> None:
    with pytest.raises(WrongOrigin, match="left no report"):
        measured(tree("a"), tree("b"), command=Command(argv=("sh", "-c", "exec python -I -c pass"), timeout_s=30))


def test_trees_with_paths_of_unequal_length_are_refused(tree: Callable[..., Tree], measured: Measure) -> None:
    with pytest.raises(ValueError, match="equal length"):
        measured(tree("a"), tree("longer"))


def test_a_dimension_that_a_workload_does_not_have_is_refused(tree: Callable[..., Tree], measured: Measure) -> None:
    with pytest.raises(MeasurementFailed, match="no event loop of asyncio was seen"):
        measured(tree("a"), tree("b"), target=Dimension.THROUGHPUT)


def test_stopping_ends_a_measurement_at_once(
    tree: Callable[..., Tree], measured: Measure, processes: Processes
) -> None:
    stopper = threading.Timer(0.2, processes.stop)
    stopper.start()

    with pytest.raises(Stopped):
        measured(tree("a", init="import time; time.sleep(60)\n"), tree("b"), max_pairs=30)
    stopper.join()


def test_the_interpreter_of_the_target_is_the_one_that_runs(tree: Callable[..., Tree], measured: Measure) -> None:
    main = MAIN + f"import sys\nassert sys.executable == {sys.executable!r}\n"

    assert measured(tree("a", main=main, rounds=10), tree("b", main=main, rounds=10), max_pairs=1).pairs


def test_a_forecast_is_made_once_and_every_pair_says_what_is_left(
    tree: Callable[..., Tree], processes: Processes, interpreter: Interpreter, tmp_path: Path
) -> None:
    forecasts: list[Forecast] = []
    seen: list[Progress] = []

    measure(
        tree("a", rounds=1000),
        tree("b", rounds=1000),
        Command(argv=("python", "main.py"), timeout_s=30),
        interpreter,
        Plan(target=Dimension.CPU_S, max_pairs=3),
        processes=processes,
        scratch=tmp_path,
        rng=random.Random(5),
        on_pair=seen.append,
        on_forecast=forecasts.append,
    )

    [forecast] = forecasts
    assert (forecast.usual, forecast.most) == (3, 3)
    assert "3 pairs of" in forecast.text
    assert [progress.eta_s is not None and progress.eta_s > 0 for progress in seen] == [True, True, False]


def test_cpu_of_work_that_waits_is_decided_on_wall_time_and_the_target_stays_what_was_asked(
    make_tree: MakeTree, measured: Measure
) -> None:
    main = "import asyncio, proj\nasync def main():\n    await asyncio.sleep(proj.WAIT)\nasyncio.run(main())\n"
    trees = [
        make_tree(name, {"proj/__init__.py": f"WAIT = {wait}\n", "main.py": main})
        for name, wait in (("a", 0.3), ("b", 0.1))
    ]

    found = measured(*trees, target=Dimension.CPU_S)

    assert (found.target, found.metric, found.decided_on) == (Dimension.CPU_S, Dimension.WALL_S, Dimension.WALL_S)
    assert found.decision is Decision.IMPROVED
    assert found.comparisons[Dimension.WALL_S].ratio < 0.75
    assert found.comparisons[Dimension.CPU_S].limit == "median above 1.10x"
    assert found.comparisons[Dimension.THROUGHPUT].ratio == pytest.approx(
        1 / found.comparisons[Dimension.WALL_S].ratio, rel=0.1
    )
    assert found.comparisons[Dimension.LOOP_BLOCK_S].ratio > 0
    assert "wall time decides" in found.stopped_because


@pytest.mark.slow
def test_a_call_that_no_longer_holds_the_loop_improves_on_loop_time(make_tree: MakeTree, measured: Measure) -> None:
    main = "import asyncio, proj\nasyncio.run(proj.main())\n"
    holds = "import asyncio, time\nasync def main():\n    {call}\n    await asyncio.sleep(0.01)\n"
    trees = [
        make_tree(name, {"proj/__init__.py": holds.format(call=call), "main.py": main})
        for name, call in (("a", "time.sleep(0.05)"), ("b", "await asyncio.sleep(0.05)"))
    ]

    found = measured(*trees, target=Dimension.LOOP_BLOCK_S)

    assert found.decision is Decision.IMPROVED
    assert found.comparisons[Dimension.LOOP_BLOCK_S].base_median == pytest.approx(0.05, abs=0.02)


def test_what_one_run_leaves_at_home_helps_no_later_one(make_tree: MakeTree, measured: Measure) -> None:
    main = (
        "import pathlib, proj\n"
        "mark = pathlib.Path.home() / 'left-by-a-run'\n"
        "print(mark.exists())\n"
        "if proj.LEAVES: mark.touch()\n"
    )
    trees = [
        make_tree(name, {"proj/__init__.py": f"LEAVES = {leaves}\n", "main.py": main})
        for name, leaves in (("a", False), ("b", True))
    ]

    found = measured(*trees, max_pairs=3)

    assert not (Path.home() / "left-by-a-run").exists()
    assert {pair.change.output_sha256 for pair in found.pairs} == {hashlib.sha256(b"False\n").hexdigest()}


def test_a_home_that_the_command_names_itself_is_its_own(
    make_tree: MakeTree, measured: Measure, tmp_path: Path
) -> None:
    main = f"import os, proj\nassert os.environ['HOME'] == {str(tmp_path)!r}\n"
    trees = [make_tree(name, {"proj/__init__.py": "", "main.py": main}) for name in ("a", "b")]
    command = Command(argv=("python", "main.py"), env=(("HOME", str(tmp_path)),), timeout_s=30)

    assert "home of its own" not in measured(*trees, command=command, max_pairs=1).stopped_because


def test_both_sides_start_from_what_the_base_leaves_at_home(make_tree: MakeTree, measured: Measure) -> None:
    main = "import pathlib, proj\nmark = pathlib.Path.home() / 'cache'\nprint(mark.exists())\nmark.touch()\n"
    trees = [make_tree(name, {"proj/__init__.py": "", "main.py": main}) for name in ("a", "b")]

    found = measured(*trees, max_pairs=2)

    outputs = {side.output_sha256 for pair in found.pairs for side in (pair.base, pair.change)}
    assert outputs == {hashlib.sha256(b"True\n").hexdigest()}


def test_a_program_that_needs_the_persons_home_gets_it_and_that_is_said(
    make_tree: MakeTree, measured: Measure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "person"
    home.mkdir()
    (home / "needed").touch()
    monkeypatch.setenv("HOME", str(home))
    main = "import pathlib, proj\n(pathlib.Path.home() / 'needed').open().close()\n"
    trees = [make_tree(name, {"proj/__init__.py": "", "main.py": main}) for name in ("a", "b")]

    assert "fails in a home of its own" in measured(*trees, max_pairs=1).stopped_because


BURN = (
    "import time\n"
    "def burn(s):\n"
    "    end = time.process_time() + s\n"
    "    while time.process_time() < end: pass\n"
)  # fmt: skip
QUIET_PYTEST = Command(
    argv=("python", "-m", "pytest", "-q", "-x", "-t.py"),
    env=(("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"),),
    timeout_s=60,
)


@pytest.fixture
def selection(make_tree: MakeTree) -> Callable[..., Tree]:
    """Make a tree whose tests, in a file with an odd name, do what the project does."""

    def make(name: str, work: str, *, init: str = "", tests: str = "def test_a(): proj.work()\n") -> Tree:
        project = BURN + f"{init}\ndef work(): {work}\n"
        return make_tree(name, {"proj/__init__.py": project, "-t.py": f"import pytest, proj\n{tests}"})

    return make


@pytest.mark.slow
def test_work_that_is_moved_past_the_end_of_the_program_is_no_gain(make_tree: MakeTree, measured: Measure) -> None:
    late = (
        "class Late:\n"
        "    def __del__(self, clock=time.process_time):\n"
        "        end = clock() + 0.05\n"
        "        while clock() < end: pass\n"
        "keep = Late()\n"
    )
    trees = [
        make_tree(name, {"proj/__init__.py": BURN + text, "main.py": "import proj\n"})
        for name, text in (("a", "burn(0.05)\n"), ("b", late))
    ]

    found = measured(*trees)

    assert found.decision is Decision.NOT_IMPROVED
    assert "spent outside the measured part" in found.stopped_because


def test_of_a_pytest_selection_only_the_bodies_count(selection: Callable[..., Tree], measured: Measure) -> None:
    found = measured(selection("a", "burn(0.04)"), selection("b", "burn(0.02)"), command=QUIET_PYTEST, max_pairs=1)

    compared = found.comparisons[Dimension.CPU_S]
    assert compared.base_median == pytest.approx(0.04, abs=0.01)
    assert 0.4 < compared.ratio < 0.65
    assert "those of 1 test bodies" in found.stopped_because


@pytest.mark.slow
def test_work_that_is_moved_out_of_the_bodies_is_no_gain(selection: Callable[..., Tree], measured: Measure) -> None:
    found = measured(
        selection("a", "burn(0.06)"), selection("b", "burn(0.01)", init="burn(0.06)"), command=QUIET_PYTEST
    )

    assert found.decision is Decision.NOT_IMPROVED
    assert "what is saved is spent outside the measured part" in found.stopped_because


@pytest.mark.slow
def test_a_change_that_skips_bodies_is_not_comparable(selection: Callable[..., Tree], measured: Measure) -> None:
    tests = "@pytest.mark.skipif(proj.SKIPS, reason='x')\ndef test_a(): proj.work()\ndef test_b(): pass\n"

    with pytest.raises(MeasurementFailed, match="it ran 1 test or benchmark bodies, the base 2"):
        measured(
            selection("a", "pass", init="SKIPS = False", tests=tests),
            selection("b", "pass", init="SKIPS = True", tests=tests),
            command=QUIET_PYTEST,
        )


@pytest.mark.slow
def test_asv_benchmarks_are_measured_without_asv(make_tree: MakeTree, measured: Measure) -> None:
    files = {
        "asv.conf.json": '{"benchmark_dir": "benchmarks"}',
        "benchmarks/__init__.py": "",
        "benchmarks/suite.py": "from proj import work\ndef time_work(): work()\ndef time_other(): pass\n",
    }
    trees = [
        make_tree(name, {**files, "proj/__init__.py": f"def work(): sum(range({rounds}))\n"})
        for name, rounds in (("a", 20_000), ("b", 10_000))
    ]

    found = measured(*trees, command=Command(argv=("asv", "run", "--bench", "time_work")), max_pairs=3)

    assert 0.4 < found.comparisons[Dimension.CPU_S].ratio < 0.65
    assert 0.1 < found.comparisons[Dimension.CPU_S].base_median < 1.6
    assert "samples of asv benchmarks" in found.stopped_because
