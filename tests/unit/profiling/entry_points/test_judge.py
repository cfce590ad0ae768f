from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from profiling.entry_points.judge import MOSTLY, SLOW_S, Judged, Work, judge, typical_s, waits_that_matter
from profiling.entry_points.kinds import WaitKind
from profiling.entry_points.model import EntryPoint, LoopUse, WaitLength, WaitPlace
from profiling.model import FunctionKey

KEY = FunctionKey(file="a.py", first_line=1, qualname="main")
OTHER = FunctionKey(file="a.py", first_line=9, qualname="work")


def place(
    seconds: float, each_s: float = 0.02, *, kind: WaitKind = WaitKind.SOCKET, contended_s: float = 0.0
) -> WaitPlace:
    lengths = (WaitLength(count=seconds / each_s, seconds=seconds),) if seconds > 0 else ()
    return WaitPlace(key=KEY, line=3, library=kind.value, lengths=lengths, contended_s=contended_s)


def point(cpu_s: float = 0.0, *rests: WaitPlace, threads: int = 1, key: FunctionKey = KEY) -> EntryPoint:
    wall_s = (cpu_s + sum(rest.seconds for rest in rests)) / threads
    return EntryPoint(
        key=key,
        runs=3,
        elapsed_s=wall_s,
        wall_s=wall_s * threads,
        cpu_s=cpu_s,
        wanted_s=cpu_s,
        threads=threads,
        rests=rests,
    )


def task(cpu_s: float, idle_s: float, *awaits: WaitPlace, at_once: int = 1, key: FunctionKey = KEY) -> EntryPoint:
    loop = LoopUse(span_s=cpu_s + idle_s, idle_s=idle_s, cpu_s=cpu_s)
    return EntryPoint(key=key, runs=3, elapsed_s=loop.span_s, cpu_s=cpu_s, awaits=awaits, at_once=at_once, loop=loop)


def judged(*points: EntryPoint) -> Judged:
    return judge(points, lambda one: WaitKind(one.library or ""))[0]


@given(cpu_s=st.floats(0.1, 10), waited_s=st.floats(0.1, 10), each_s=st.floats(1e-4, 1))
def test_the_share_of_waiting_and_the_typical_wait_decide(cpu_s: float, waited_s: float, each_s: float) -> None:
    found = judged(point(cpu_s, place(waited_s, each_s)))

    share = waited_s / (cpu_s + waited_s)
    long = Work.SLOW_IO if each_s >= SLOW_S else Work.FAST_IO
    expected = Work.CPU_BOUND if share < 1 - MOSTLY else Work.MIXED if share <= MOSTLY else long
    assert found.share == share
    assert found.work is expected or abs(each_s - SLOW_S) < 1e-9


@given(count=st.integers(1, 50), each_s=st.floats(0.01, 0.1), noise=st.integers(0, 400), noise_s=st.floats(1e-4, 2e-4))
def test_many_short_waits_do_not_hide_a_few_long_ones(count: int, each_s: float, noise: int, noise_s: float) -> None:
    lengths = (
        WaitLength(count=noise, seconds=min(noise * noise_s, count * each_s / 11)),
        WaitLength(count=count, seconds=count * each_s),
    )
    waits = (WaitPlace(key=KEY, line=1, library=None, lengths=lengths),)

    assert typical_s(waits) == lengths[1].each_s
    assert waits_that_matter(waits) == count


def test_what_was_hardly_seen_is_unknown_with_the_figures() -> None:
    found = judged(point(0.02))

    assert found.work is Work.UNKNOWN
    assert found.why == "seen for 0.06 s in 3 runs, 0.15 s are asked for"


def test_waiting_for_work_to_come_is_no_waiting() -> None:
    served = judged(point(0.5, place(9.0, kind=WaitKind.IDLE), place(0.05)))
    idle = judged(point(0.0, place(9.0, kind=WaitKind.IDLE)))

    assert (served.work, served.kind) == (Work.CPU_BOUND, WaitKind.SOCKET)
    assert idle.work is Work.UNKNOWN
    assert "without its waiting for work to come" in idle.why


def test_threads_that_wait_for_the_interpreter_compute_and_those_that_wait_for_something_do_not() -> None:
    turns = judged(point(1.0, place(3.0, kind=WaitKind.OTHER, contended_s=2.95), threads=4))
    waiting = judged(point(0.1, place(3.0, contended_s=2.95), threads=4))

    assert (turns.work, turns.why) == (Work.CPU_BOUND, "its 4 threads take turns")
    assert waiting.work is Work.SLOW_IO


def test_more_cores_than_one_wanted_at_once_are_parallel_however_many_were_free() -> None:
    busy = point(0.3, threads=2)

    assert judged(replace(busy, elapsed_s=1.0, wall_s=2.0, wanted_s=1.9)).work is Work.PARALLEL
    assert judged(replace(busy, elapsed_s=1.0, wall_s=2.0, wanted_s=1.0)).work is Work.CPU_BOUND
    assert judged(replace(busy, elapsed_s=1.0, wanted_s=1.0, runs_freely=True)).work is Work.PARALLEL


def test_a_wait_for_a_lock_is_one_for_own_threads_only_where_such_work_meanwhile() -> None:
    main = point(0.0, place(1.0, kind=WaitKind.LOCK))

    assert judged(main).work is Work.LOCKED
    assert judged(main, point(1.0, key=OTHER)).work is Work.PARALLEL
    assert judged(point(0.0, place(4.0, kind=WaitKind.LOCK), threads=4), point(1.0, key=OTHER)).work is Work.LOCKED


def test_without_clocks_of_threads_time_that_nobody_saw_makes_it_unknown() -> None:
    found = judged(replace(point(0.3), has_clocks=False, wall_s=1.0, elapsed_s=1.0))

    assert found.work is Work.UNKNOWN
    assert "0.7 s" in found.why


def test_a_task_is_judged_by_its_loop_and_not_by_how_long_it_awaits_others() -> None:
    computing = task(1.0, 0.05, place(0.9, 0.1))
    waiting = task(0.05, 1.0, place(0.9, 0.001))

    assert judged(computing).work is Work.CPU_BOUND
    assert judged(waiting).work is Work.SLOW_IO
    assert judged(replace(computing, cpu_s=0.0)).work is Work.UNKNOWN


def test_a_task_that_waits_without_await_is_told_by_those_waits() -> None:
    found = judged(replace(task(0.01, 0.0, place(5.0, 0.5)), rests=(place(1.0, 0.002),), elapsed_s=1.0))

    assert (found.work, found.blocks, found.typical_s) == (Work.FAST_IO, True, 0.002)


def test_a_task_that_only_waits_for_those_it_started_is_parallel() -> None:
    main = task(0.0, 1.0, place(1.0, 1.0, kind=WaitKind.WORKERS))
    started = task(0.0, 1.0, place(9.0, 0.02), at_once=9, key=OTHER)

    assert judged(main, started).work is Work.PARALLEL
    assert judged(started, main).work is Work.SLOW_IO
    assert judged(main).work is Work.SLOW_IO
