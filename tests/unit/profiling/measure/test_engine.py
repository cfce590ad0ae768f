import random
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.comparison import Decision, Measurement
from profiling.measure.engine import Plan, Progress, RunFailed, RunTimedOut, Side, WrongOrigin, measure
from profiling.measure.processes import Processes, Stopped
from profiling.model import Command, Dimension, Interpreter, Tree

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


def test_fewer_collections_are_counted_exactly(make_tree: MakeTree, measured: Measure) -> None:
    main = "import gc, proj\ngc.disable()\nfor _ in range(proj.TIMES): gc.collect()\n"
    trees = [
        make_tree(name, {"proj/__init__.py": f"TIMES = {times}\n", "main.py": main})
        for name, times in (("a", 10), ("b", 8))
    ]

    found = measured(*trees, target=Dimension.GC_COLLECTIONS)

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
    assert "undecided after 2 pairs, the most allowed; about 5 more pairs" in gain.stopped_because


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


def test_a_dimension_without_a_rule_is_refused_before_anything_runs(
    tree: Callable[..., Tree], measured: Measure
) -> None:
    with pytest.raises(ValueError, match="no rule decides on throughput"):
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
