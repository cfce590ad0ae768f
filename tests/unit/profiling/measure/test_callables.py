import pickle
import random
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from profiling.behaviour.recording import KeptCall, RecordedFunction, Recording, write
from profiling.comparison import Decision
from profiling.measure.callables import (
    PRESCREEN_PAIRS,
    CallEvidence,
    CallsDiffer,
    CallsUnusable,
    Implausible,
    Subject,
    measure_calls,
    prescreen,
)
from profiling.measure.engine import Plan, Progress
from profiling.measure.failures import RunFailed, Side, WrongOrigin
from profiling.measure.processes import Processes, Stopped
from profiling.model import Dimension, FunctionKey, Interpreter

pytestmark = pytest.mark.flaky(reruns=3)

KEY = FunctionKey(file="proj/work.py", first_line=1, qualname="f")
LOOP = "def f(n):\n    total = 0\n    for i in range({rounds}):\n        total += i * i % 7\n    return total\n"
FULL = LOOP.format(rounds="n")
HALF = LOOP.format(rounds="n // 2")
MEMO = "import functools\n@functools.lru_cache(None)\n" + LOOP.format(rounds="n * 3 // 2")
"""Of a function that takes longer than before, so that first calls lose, whatever the noise."""
MANY = [((300 + number,), {}) for number in range(40)]
Measure = Callable[..., CallEvidence]


@pytest.fixture
def measured(
    make_tree: Callable[..., object], processes: Processes, interpreter: Interpreter, tmp_path: Path
) -> Measure:
    """Measure one text of `proj/work.py` against another by calls written down here."""

    def run(
        base: str,
        change: str,
        given: Sequence[bytes | tuple[tuple[object, ...], dict[str, object]]] = MANY,
        *,
        key: FunctionKey = KEY,
        how: Measure = measure_calls,
        init: str = "",
        on_pair: Callable[[Progress], None] | None = None,
        commands: frozenset[int] | None = None,
        weight: float = 1.0,
        **plan: object,
    ) -> CallEvidence:
        folders = [tmp_path / name for name in ("recording", "scratch")]
        for folder in folders:
            folder.mkdir()
        recording, scratch = folders
        calls = [
            KeptCall(
                function=0,
                module="proj.work",
                main=None,
                command=number % 2,
                process=0,
                sequence=number,
                weight=weight,
                data=arguments if isinstance(arguments, bytes) else pickle.dumps(arguments),
            )
            for number, arguments in enumerate(given)
        ]
        write(recording, [KEY], calls, [])
        found = how(
            make_tree("a", {"proj/__init__.py": "", "proj/work.py": base}),
            make_tree("b", {"proj/__init__.py": init, "proj/work.py": change}),
            Subject(
                recording=Recording(
                    folder=recording, functions=(RecordedFunction(key=KEY, seen=len(calls), kept=len(calls)),)
                ),
                function=key,
                commands=commands,
            ),
            interpreter,
            Plan(**{"target": Dimension.CPU_S, **plan}),  # type: ignore[arg-type]
            processes=processes,
            scratch=scratch,
            rng=random.Random(3),
            on_pair=on_pair or (lambda _: None),
        )
        assert list(scratch.iterdir()) == []
        return found

    return run


def test_half_the_work_is_improved_on_every_part(measured: Measure) -> None:
    seen: list[Progress] = []

    found = measured(FULL, "import os\n\n" + HALF, on_pair=seen.append)

    assert found.holds
    assert found.measurement.decision is Decision.IMPROVED
    assert "against no gain after" in found.measurement.stopped_because
    assert 0.4 < found.measured.ratio < 0.75
    assert found.held_back is not None
    assert found.cold is not None
    assert max(found.held_back.ratio, found.cold.ratio) < 0.8
    assert (found.cache_gain, found.moved, found.repeated_share, found.calls) == (False, False, 0.0, 40)
    assert set(found.measurement.comparisons) == {
        Dimension.CPU_S,
        Dimension.WALL_S,
        Dimension.PEAK_MIB,
        Dimension.GC_S,
        Dimension.GC_COLLECTIONS,
        Dimension.IMPORT_S,
    }
    assert [each.pairs for each in seen] == list(range(1, len(found.measurement.pairs) + 1))
    assert len({pair.seed for pair in found.measurement.pairs}) == len(found.measurement.pairs)
    assert found.measurement.pairs[0].change.origins["proj.work"] == "proj/work.py"


def test_a_memo_of_arguments_that_no_run_repeats_does_not_hold(measured: Measure) -> None:
    found = measured(FULL, MEMO, max_pairs=2)

    assert found.cache_gain
    assert found.measured.ratio < 0.2
    assert "only repeated calls gain, and 0% of the recorded ones are" in found.doubt


@pytest.mark.slow
def test_a_memo_of_arguments_that_the_run_repeats_holds_in_that_share(measured: Measure) -> None:
    found = measured(FULL, MEMO, [((900 + number % 4,), {}) for number in range(40)])

    assert found.cache_gain
    assert found.repeated_share == pytest.approx(0.9)
    assert found.run_gain > 0.7
    assert found.holds
    assert "too few to hold some back" in " ".join(found.notes)


@pytest.mark.slow
@pytest.mark.flaky(reruns=0)  # a false keep is one, however seldom
def test_identical_functions_are_not_improved(measured: Measure) -> None:
    found = measured(FULL, FULL)

    assert found.measurement.decision is not Decision.IMPROVED
    assert not found.holds
    assert not found.moved


def test_arguments_are_made_anew_for_every_call(measured: Measure) -> None:
    sorts = "def f(items):\n    assert items == [3, 1, 2], items\n    items.sort()\n"

    found = measured(sorts, sorts, [(([3, 1, 2],), {})] * 3, max_pairs=1)

    assert not any("raise" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def f(n):\n    for i in range(n): yield str(i)\n", "generator"),
        ("async def f(n):\n    return [str(i) for i in range(n)]\n", "coroutine"),
        pytest.param(
            "async def f(n):\n    for i in range(n): yield str(i)\n", "asynchronous generator", marks=pytest.mark.slow
        ),
        pytest.param(
            "from contextlib import contextmanager\n@contextmanager\ndef f(n):\n    yield [str(i) for i in range(n)]\n",
            "context manager",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_what_is_lazy_is_consumed_in_the_timed_part(measured: Measure, text: str, name: str) -> None:
    found = measured(text, text.replace("range(n)", "range(n // 10)"), max_pairs=1)

    assert found.measured.ratio < 0.5, name


def test_slow_calls_of_both_sides_share_a_core_at_the_same_time(measured: Measure) -> None:
    slow = FULL.replace("range(n)", "range(n * 1000)")

    found = measured(slow, slow.replace("n * 1000", "n * 500"), MANY[:2], max_pairs=1)

    assert 0.3 < found.measured.ratio < 0.7
    assert found.calls_per_pair % 2 == 0


def test_waiting_counts_in_wall_time(measured: Measure) -> None:
    waits = "import asyncio\nasync def f(n):\n    await asyncio.sleep(n / 1000)\n"

    found = measured(waits, waits.replace("1000", "4000"), [((4,), {})], target=Dimension.WALL_S, max_pairs=1)

    assert found.measured.ratio < 0.7
    assert found.cold is None
    assert found.first_call is not None


def test_calls_that_mostly_wait_are_decided_in_wall_time_whatever_was_asked(measured: Measure) -> None:
    waits = "import time\ndef f(n):\n    time.sleep(n / 1000)\n"

    found = measured(waits, waits.replace("1000", "2000"), [((6,), {}), ((7,), {})], max_pairs=1)

    assert (found.measurement.target, found.measured.dimension) == (Dimension.CPU_S, Dimension.WALL_S)
    assert found.measured.ratio < 0.8
    assert "the calls mostly wait: wall time decides, and CPU time may rise by 10% at most" in found.notes


def test_only_calls_of_the_commands_named_count(measured: Measure) -> None:
    found = measured(FULL, FULL, MANY + MANY[1:3], commands=frozenset({1}), weight=1e9, max_pairs=1)

    assert found.calls == 21
    assert found.repeated_share == 0.0


def test_a_prescreen_is_bounded(measured: Measure) -> None:
    seen: list[Progress] = []

    found = measured(FULL, FULL, MANY[:3], how=prescreen, on_pair=seen.append, time_budget_s=0.01)

    assert found.measurement.decision is Decision.UNDECIDED
    assert {each.most_pairs for each in seen} == {PRESCREEN_PAIRS}
    assert found.measurement.stopped_because.startswith(
        "undecided after 1 pairs, when the time budget of 0.01s was spent; "
    )


@pytest.mark.parametrize(
    ("change", "given", "side", "why"),
    [
        (FULL.replace("def f", "def g"), MANY, Side.CHANGE, "f can't be called: there is no f in proj.work"),
        ("import proj.none\n" + FULL, MANY, Side.CHANGE, "proj.work can't be imported: ModuleNotFoundError"),
        (FULL, [], Side.BASE, "no call of f was recorded"),
        (FULL, [(("text",), {})] * 3, Side.BASE, r"all 1 recorded calls of f raise \(TypeError\)"),
        (FULL, [b"\x80\x04cproj.work\nGone\n."], Side.BASE, "can't be made: AttributeError"),
        (
            "from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def f(n):\n    yield n\n",
            MANY,
            Side.CHANGE,
            "asynchronous context manager",
        ),
    ],
)
def test_calls_that_can_not_be_used_say_why(
    measured: Measure,
    change: str,
    given: Sequence[bytes | tuple[tuple[object, ...], dict[str, object]]],
    side: Side,
    why: str,
) -> None:
    with pytest.raises(CallsUnusable, match=why) as caught:
        measured(FULL, change, given)

    assert caught.value.side is side


def test_a_function_that_was_not_recorded_is_said(measured: Measure) -> None:
    other = FunctionKey(file="proj/work.py", first_line=9, qualname="other")

    with pytest.raises(CallsUnusable, match=r"other \(proj/work.py:9\) is not among the 1 recorded functions"):
        measured(FULL, FULL, key=other)


def test_calls_that_raise_on_one_side_only_are_not_compared(measured: Measure) -> None:
    raises = FULL.replace("    total = 0\n", "    total = 0 if n % 4 else {}[n]\n")

    with pytest.raises(CallsDiffer, match="10 of 40 recorded calls of f raise on one side only"):
        measured(FULL, raises)


@pytest.mark.slow
def test_calls_that_raise_on_both_sides_are_timed_too(measured: Measure) -> None:
    raises = FULL.replace("    total = 0\n", "    total = 0 if n % 4 else {}[n]\n")

    found = measured(raises, raises, max_pairs=1)

    assert "10 of 40 calls raise (KeyError), on both sides" in found.notes


def test_a_worker_that_dies_is_named_with_its_side_and_last_words(measured: Measure) -> None:
    dies = FULL.replace("    total = 0\n", "    import os; os.write(2, b'farewell'); os._exit(9)\n")

    with pytest.raises(RunFailed, match="change: `call f` ended with exit code 9: farewell") as caught:
        measured(FULL, dies)

    assert caught.value.side is Side.CHANGE


@pytest.mark.slow
def test_the_project_imported_from_elsewhere_is_found_out(measured: Measure, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "more.py").write_text("")
    init = f"__path__.append({str(tmp_path / 'elsewhere')!r})\nimport proj.more\n"

    with pytest.raises(WrongOrigin, match=r"change: `proj\.more` was imported from") as caught:
        measured(FULL, FULL, init=init)

    assert caught.value.side is Side.CHANGE


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts another process's CPU time for us")
def test_a_clock_that_the_change_slowed_down_is_found_out(measured: Measure) -> None:
    cheat = (
        "import sys, time\nclock = sys.modules.get('ratchet_abba_clock')\n"
        "if clock:\n    begun = time.process_time()\n"
        "    clock._process_time = lambda: begun + (time.process_time() - begun) / 2\n"
    )

    with pytest.raises(
        Implausible, match=r"change: `call f` is not to be believed: \S+ of \S+ CPU-s went by unreported"
    ):
        measured(FULL, cheat + FULL)


@pytest.mark.slow
def test_a_clock_that_runs_ahead_is_found_out(measured: Measure) -> None:
    cheat = (
        "import sys, time\nclock = sys.modules.get('ratchet_abba_clock')\n"
        "if clock:\n    clock._perf_counter = lambda: time.perf_counter() * 40\n"
    )

    with pytest.raises(Implausible, match=r"a block says it took \d"):
        measured(FULL, cheat + FULL)


def test_answers_that_no_worker_gives_are_found_out(measured: Measure) -> None:
    cheat = (
        "import sys\nmain = sys.modules['__main__']\n"
        "if hasattr(main, '_dumps'):\n    main._dumps = lambda reply: '{\"pid\": -1}'\n"
    )

    with pytest.raises(Implausible, match="which no worker does"):
        measured(FULL, cheat + FULL)


def test_work_put_off_until_the_arguments_are_freed_was_moved(measured: Measure) -> None:
    now = FULL + "class Box:\n    def __init__(self, n):\n        self.n = n\ndef g(box):\n    return full(box.n)\n"
    base = now.replace("def f(", "def full(").replace("def g(", "def f(")
    later = base.replace("return full(box.n)", "box.due = 1") + "Box.__del__ = lambda box: full(box.n)\n"
    boxes = [b"((cproj.work\nBox\n(I%d\ntRt}t." % (300 + number) for number in range(20)]

    found = measured(base, later, boxes, max_pairs=2)

    assert found.measured.ratio < 0.5
    assert found.moved
    assert "the work was moved out of the calls" in found.doubt


def test_stopping_kills_the_workers_at_once(measured: Measure, processes: Processes) -> None:
    with pytest.raises(Stopped):
        measured(FULL, FULL, on_pair=lambda _: threading.Thread(target=processes.stop).start(), alpha=1e-9, beta=1e-9)


def test_what_calls_can_not_show_is_refused(measured: Measure) -> None:
    with pytest.raises(ValueError, match="calls show cpu_s or wall_s, not peak_mib"):
        measured(FULL, FULL, target=Dimension.PEAK_MIB)
