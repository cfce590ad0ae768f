from collections.abc import Callable

import pytest

from profiling.collect import notes
from profiling.collect.baseline import Baseline
from profiling.collect.reports import Run
from profiling.collect.runs import PlainRun
from profiling.model import Command, RunUsage


def usage(cpu_s: float) -> RunUsage:
    return RunUsage(wall_s=cpu_s, cpu_s=cpu_s, max_rss_mib=1.0, exit_code=0)


def test_uncovered_cpu_is_said_with_both_figures() -> None:
    (note,) = notes.coverage(1.5, usage(2.0))

    assert note.startswith("CPU covered: 1.50 of 2.00 s (75%)")


@pytest.mark.parametrize(("covered_s", "cpu_s"), [(1.95, 2.0), (0.03, 0.05), (2.1, 2.0), (0.0, 0.0)])
def test_an_interpreters_own_end_is_not_worth_a_note(covered_s: float, cpu_s: float) -> None:
    assert notes.coverage(covered_s, usage(cpu_s)) == ()


def test_limits_of_the_time_pass_are_said(one_run: Callable[..., Run]) -> None:
    run = one_run({"hook_errors": 2, "free_threaded": True}, {"thread_clocks": False, "hook_errors": 1})

    found = "\n".join(notes.time_pass([run], 12, 4, 0.5))

    for text in ("12, at least 30", "4 processes", "free-threaded", "no CPU clock", "3 errors", "50.0%"):
        assert text in found


def test_a_sound_time_pass_has_no_notes(one_run: Callable[..., Run]) -> None:
    assert notes.time_pass([one_run({})], 1200, 0, 1.0) == ()


def test_overhead_is_said_when_it_is_large() -> None:
    plain = [usage(1.0), usage(1.1), usage(0.9)]

    assert notes.overhead(plain, usage(1.2)) == ()
    assert "1.50 times" in notes.overhead(plain, usage(1.5))[0]


LOST = ": up to half a second before that is not seen"


def ended(code: int = 0, *, timed_out: bool = False) -> PlainRun:
    run = RunUsage(wall_s=1.0, cpu_s=1.0, max_rss_mib=1.0, exit_code=code)
    return PlainRun(usage=run, stdout_sha256="", stdout_bytes=0, stderr_tail="", timed_out=timed_out)


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ((ended(), ended()), None),
        ((ended(3), ended(3)), "the program ended with exit code 3"),
        ((ended(-9),), "the program was killed by SIGKILL" + LOST),
        ((ended(-9, timed_out=True),), "the program was stopped at its time limit of 10 s: all figures end there"),
        (
            (ended(), ended(-11), ended()),
            "the program did not end alike every time: it ended with exit code 0, or was killed by SIGSEGV" + LOST,
        ),
    ],
)
def test_a_program_that_does_not_end_well_is_said(runs: tuple[PlainRun, ...], told: str | None) -> None:
    baseline = Baseline(command=Command(argv=("python",), timeout_s=10.0), runs=list(runs))

    assert notes.endings(baseline) == (() if told is None else (told,))


def test_the_wrapper_is_said_with_the_flag_that_asked_for_it() -> None:
    assert notes.wrapper(None) == ()
    assert notes.wrapper("-I")[0].startswith("-I keeps")
