from dataclasses import replace
from pathlib import Path

import pytest

from profiling.entry_points.advice import Advice, advices, foremost, headline
from profiling.entry_points.judge import Work
from profiling.entry_points.model import EntryPoint, LoopUse, WaitLength, WaitPlace
from profiling.facts import Facts, LoopFacts
from profiling.model import Command, FunctionKey, Interpreter, RunUsage
from profiling.profile import SCHEMA_VERSION, Edge, GcTotals, Profile, Stack

SOURCE = """
def main(rows):
    for row in rows:
        work(row)


def work(row):
    return [x * x for x in range(row)]


def once():
    return 1


def fetch():
    return connection.recv(64)
"""
MAIN = FunctionKey(file="app.py", first_line=2, qualname="main")
WORK = FunctionKey(file="app.py", first_line=7, qualname="work")
ONCE = FunctionKey(file="app.py", first_line=11, qualname="once")
FETCH = FunctionKey(file="app.py", first_line=15, qualname="fetch")
USAGE = RunUsage(wall_s=1.0, cpu_s=1.0, max_rss_mib=50.0, exit_code=0)
PROFILE = Profile(
    schema_version=SCHEMA_VERSION,
    tree_id="abc",
    command=Command(argv=("python", "app.py")),
    interpreter=Interpreter(executable="/usr/bin/python3", version=(3, 12, 1)),
    baseline=(USAGE,),
    time_pass=USAGE,
    memory_pass=None,
    cpu_covered_s=1.0,
    samples=900,
    functions=(),
    imports=(),
    libraries=(),
    stacks=(),
    gc=GcTotals(),
    peak_bytes=None,
)


def waits(seconds: float, each_s: float) -> tuple[WaitPlace, ...]:
    length = WaitLength(count=seconds / each_s, seconds=seconds)
    return (WaitPlace(key=FETCH, line=16, library=None, lengths=(length,)),)


def point(key: FunctionKey, cpu_s: float, rests: tuple[WaitPlace, ...] = ()) -> EntryPoint:
    whole_s = cpu_s + sum(rest.seconds for rest in rests)
    return EntryPoint(key=key, runs=3, elapsed_s=whole_s, wall_s=whole_s, cpu_s=cpu_s, wanted_s=cpu_s, rests=rests)


def stack(cpu_s: float, *frames: FunctionKey) -> Stack:
    return Stack(frames=frames, thread="MainThread", cpu_s=cpu_s, wall_s=cpu_s, samples=100)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(SOURCE)
    return tmp_path


def said(root: Path, entry: EntryPoint, *stacks: Stack, calls: int = 0) -> Advice:
    edges = (Edge(caller=MAIN, callee=WORK, calls=calls),) if calls else ()
    (found,) = advices(replace(PROFILE, entry_points=(entry,), stacks=stacks, edges=edges), root)
    return found


def test_processes_are_advised_for_calls_made_again_and_again_with_their_number_and_cost(root: Path) -> None:
    found = said(root, point(MAIN, 2.0), stack(2.0, MAIN, WORK), calls=400)

    assert headline(found) == "main (app.py:2): CPU-bound → processes: computes 100% ± 1% of 2.00s"
    assert "the 400 calls of work by main (5.0ms of CPU each)" in found.action
    assert found.before == "400 calls one after the other: 2.00s on one core"


def test_a_call_that_costs_less_than_handing_it_over_goes_with_others(root: Path) -> None:
    assert "chunksize" in said(root, point(MAIN, 2.0), stack(2.0, MAIN, WORK), calls=40_000).action


def test_of_one_call_the_loop_in_it_is_what_there_is_to_split(root: Path) -> None:
    inner = said(root, point(MAIN, 2.0), stack(2.0, MAIN, WORK), calls=1)
    outer = said(root, point(MAIN, 2.0), stack(2.0, MAIN))

    assert "the loop over `range(row)` (app.py:8)" in inner.action
    assert "the loop over `rows` (app.py:3)" in outer.action


def test_the_steps_of_a_loop_are_told_where_they_were_recorded(root: Path) -> None:
    loop = LoopFacts(id="loop:app.py:3:4", entries=2, trips=2400, max_trips=1200, entries_by_trips={1200: 2})
    profile = replace(PROFILE, entry_points=(point(MAIN, 2.0),), stacks=(stack(2.0, MAIN),))

    (found,) = advices(profile, root, Facts(loops={loop.id: loop}))

    assert "the loop over `rows` (app.py:3, 1,200 steps)" in found.action


def test_what_has_nothing_to_split_is_not_sent_to_processes(root: Path) -> None:
    found = said(root, point(ONCE, 2.0), stack(2.0, ONCE))

    assert (found.work, found.towards, found.after) == (Work.CPU_BOUND, "", "")
    assert "nothing to split" in found.action


def test_what_computes_for_less_than_processes_take_to_start_is_not_sent_to_them(root: Path) -> None:
    found = said(root, point(MAIN, 0.2), stack(0.2, MAIN, WORK), calls=400)

    assert (found.work, found.towards) == (Work.CPU_BOUND, "")
    assert found.action == "it computes 200ms in all, and starting processes takes about as long"


def test_long_waits_go_to_asyncio_and_short_ones_to_threads_with_number_length_and_place(root: Path) -> None:
    slow, fast = said(root, point(MAIN, 0.2, waits(4.0, 0.02))), said(root, point(MAIN, 0.02, waits(0.4, 0.0005)))

    assert headline(slow) == (
        "main (app.py:2): slow I/O → asyncio: waits 95% ± 1% of 4.20s; 200 waits of about 20.0ms, mostly at"
        " fetch app.py:16 (socket)"
    )
    assert slow.before == "200 waits of 20.0ms one after the other"
    assert (fast.work, fast.towards) == (Work.FAST_IO, "threads")


def test_one_wait_has_nothing_to_overlap_with(root: Path) -> None:
    found = said(root, point(MAIN, 0.0, waits(4.0, 4.0)))

    assert (found.work, found.towards) == (Work.SLOW_IO, "")
    assert "one wait to overlap" in found.action


def test_both_are_told_apart_by_function(root: Path) -> None:
    found = said(root, point(MAIN, 2.0, waits(2.0, 0.02)), stack(1.6, MAIN, WORK), stack(0.4, MAIN))

    assert (found.work, found.towards) == (Work.MIXED, "split")
    assert found.action.startswith("computing: work 80%, main 20%; waiting: fetch 100%.")


def test_tasks_that_wait_at_once_are_told_so_and_those_that_do_not_are_started_together(root: Path) -> None:
    loop = LoopUse(span_s=2.0, idle_s=1.9, cpu_s=0.1)
    one = EntryPoint(key=MAIN, runs=3, elapsed_s=2.0, awaits=waits(1.9, 0.02), at_once=1, loop=loop)

    alone, beside = said(root, one), said(root, replace(one, at_once=30))

    assert "asyncio.gather" in alone.action
    assert (beside.towards, beside.action.partition(":")[0]) == ("", "up to 30 tasks wait at once already")


def test_unknown_ones_are_named_only_where_nothing_is_known(root: Path) -> None:
    brief, long = point(ONCE, 0.04), point(MAIN, 0.5)

    known = advices(replace(PROFILE, entry_points=(long, brief)), root)
    unknown = advices(replace(PROFILE, entry_points=(brief,)), root)

    assert [one.name for one in known] == ["main"]
    assert [(one.name, one.work) for one in unknown] == [("once", Work.UNKNOWN)]


def test_a_profile_without_entry_points_says_nothing(root: Path) -> None:
    assert advices(PROFILE, root) == ()


def test_what_can_gain_comes_first(root: Path) -> None:
    found = advices(replace(PROFILE, entry_points=(point(ONCE, 2.0), point(MAIN, 0.2, waits(1.0, 0.02)))), root)

    assert [one.name for one in found] == ["once", "main"]
    assert [one.name for one in foremost(found, 1)] == ["main"]
