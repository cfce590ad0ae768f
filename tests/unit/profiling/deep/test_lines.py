import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.deep import lines
from profiling.deep.lines import merged
from profiling.deep.run import DeepRun
from profiling.model import FunctionKey, RunUsage

WriteFile = Callable[[str, str], Path]
OWN_MINOR = f"/3.{sys.version_info.minor}."
MANAGED = sorted(str(path) for path in Path.home().glob(".pyenv/versions/3.*/bin/python"))
PYTHONS = [sys.executable, *(path for path in MANAGED if OWN_MINOR not in path)]
SUPPORTED = [python for python in PYTHONS if not any(f"/3.{minor}." in python for minor in (6, 7, 8))]

SHOP = """\
def once(n):
    total = 0
    for i in range(n):
        total += i
    return total


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def generate(n):
    for i in range(n):
        yield i


def fails(n):
    try:
        raise ValueError(n)
    finally:
        n += 1


def waits():
    import time
    time.sleep(0.2)
    once(10)
"""
BENCH = """\
import shop, threading
shop.once(10)
thread = threading.Thread(target=shop.once, args=(5,))
thread.start()
thread.join()
shop.fib(4)
list(shop.generate(3))
next(shop.generate(3))
for _ in range(2):
    try:
        shop.fails(1)
    except ValueError:
        pass
print("done")
"""


def _hits(reports: tuple[Mapping[str, object], ...], number: int) -> dict[int, int]:
    return {line: hits for (each, line), (hits, _) in sorted(merged(reports).rows.items()) if each == number}


@pytest.mark.parametrize("python", SUPPORTED, ids=lambda path: "/".join(Path(path).parts[-3:-2]))
def test_lines_are_counted_exactly_in_calls_recursion_generators_exceptions_and_threads(
    deep_run: Callable[..., DeepRun], write: WriteFile, python: str
) -> None:
    write("shop.py", SHOP)
    write("bench.py", BENCH)
    chosen = [["shop.py", 1, "once"], ["shop.py", 8, "fib"], ["shop.py", 14, "generate"], ["shop.py", 19, "fails"]]

    outcome = deep_run(executable=python).injected(lines.OWN, {"functions": chosen}, factor=1.0, what="here")

    assert outcome.notes == ()
    assert outcome.finished.stdout == "done\n"
    assert _hits(outcome.reports, 0) == {2: 2, 3: 17, 4: 15, 5: 2}
    assert _hits(outcome.reports, 1) == {9: 9, 10: 5, 11: 4}
    assert _hits(outcome.reports, 2) == {15: 5, 16: 4}
    fails = _hits(outcome.reports, 3)
    assert (fails[20], fails[21]) == (2, 2)
    assert merged(outcome.reports).problems == ()


@pytest.mark.parametrize("python", SUPPORTED, ids=lambda path: "/".join(Path(path).parts[-3:-2]))
def test_time_goes_to_the_line_that_takes_it_without_that_of_other_chosen_functions(
    deep_run: Callable[..., DeepRun], write: WriteFile, python: str
) -> None:
    write("shop.py", SHOP)
    write("bench.py", "import shop\nshop.waits()\n")
    chosen = [["shop.py", 26, "waits"], ["shop.py", 1, "once"]]

    outcome = deep_run(executable=python).injected(lines.OWN, {"functions": chosen}, factor=1.0, what="here")

    rows = merged(outcome.reports).rows
    assert rows[0, 28][1] >= 0.19
    assert rows[0, 28][1] > 0.5 * sum(seconds for _, seconds in rows.values())
    assert {place for place in rows if place[0] == 1} == {(1, 2), (1, 3), (1, 4), (1, 5)}


def test_a_program_that_traces_itself_is_said_to_be_seen_in_part(
    deep_run: Callable[..., DeepRun], write: WriteFile
) -> None:
    if hasattr(sys, "monitoring"):
        pytest.skip("from 3.12 on, a trace function of the program is no obstacle")
    write("shop.py", SHOP)
    write("bench.py", "import shop, sys\nshop.once(3)\nsys.settrace(None)\nshop.once(3)\n")

    found, notes = lines.lines(deep_run(functions=(("shop.py", 1, "once"),)))

    assert found is not None
    assert any("took the trace function away" in note for note in notes)


def test_the_top_functions_lines_come_with_their_text_and_the_distortion_is_said(
    deep_run: Callable[..., DeepRun], write: WriteFile
) -> None:
    write("shop.py", SHOP)
    write("bench.py", "import shop\nshop.once(10)\nshop.fib(3)\n")
    functions = (("shop.py", 8, "fib"), ("shop.py", 1, "once"), ("shop.py", 14, "generate"), ("shop.py", 19, "fails"))

    found, notes = lines.lines(deep_run(functions=functions))

    assert found is not None
    assert [each.key.qualname for each in found.functions] == ["fib", "once"]
    assert [(line.line, line.hits, line.text) for line in found.functions[1].lines] == [
        (2, 1, "total = 0"),
        (3, 11, "for i in range(n):"),
        (4, 10, "total += i"),
        (5, 1, "return total"),
    ]
    assert found.functions[0].seconds == pytest.approx(sum(line.seconds for line in found.functions[0].lines))
    assert "times the CPU of a plain run" in notes[-1]


def test_without_a_function_on_top_nothing_is_run(deep_run: Callable[..., DeepRun]) -> None:
    found, (note,) = lines.lines(deep_run())
    assert found is None
    assert "no function" in note


def test_a_program_that_hangs_under_timing_leaves_the_lines_it_reached(
    deep_run: Callable[..., DeepRun], write: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiling.deep.run._SHORTEST_LIMIT_S", 1.0)
    write("shop.py", SHOP)
    write("bench.py", "import shop, time\nshop.once(3)\ntime.sleep(60)\n")
    quick = RunUsage(wall_s=0.001, cpu_s=0.05, max_rss_mib=20.0, exit_code=0)

    found, notes = lines.lines(deep_run(functions=(("shop.py", 1, "once"),), plain=(quick,)))

    assert found is not None
    assert found.functions[0].lines[0].hits == 1
    assert any("while its lines were timed the program was stopped at its time limit" in note for note in notes)


LINE_PROFILER = """
    class Stats:
        unit = 1e-9
        def __init__(self, timings):
            self.timings = timings

    class LineProfiler:
        def __init__(self):
            self.functions = []
        def add_function(self, function):
            self.functions.append(function)
        def enable(self):
            pass
        disable = enable
        def get_stats(self):
            codes = [each.__code__ for each in self.functions if each.__name__ == "once"]
            return Stats({(c.co_filename, c.co_firstlineno, c.co_name): [(2, 7, 3_000_000_000)] for c in codes})
"""


def test_line_profiler_is_used_where_the_target_has_it_and_our_hooks_for_what_it_does_not_see(
    deep_run: Callable[..., DeepRun], environment: Callable[[str, str], str], write: WriteFile
) -> None:
    write("shop.py", SHOP)
    write("bench.py", "import shop\nshop.once(10)\nshop.fib(3)\n")
    functions = (("shop.py", 8, "fib"), ("shop.py", 1, "once"))

    run = deep_run(executable=environment("line_profiler", LINE_PROFILER), functions=functions)
    found, notes = lines.lines(run)

    assert found is not None
    tools = {each.key.qualname: each.tool for each in found.functions}
    assert tools["once"] == "line_profiler 9.9"
    assert tools["fib"].startswith("sys.")
    (line,) = next(each.lines for each in found.functions if each.key.qualname == "once")
    assert (line.line, line.hits, line.seconds) == (2, 7, 3.0)
    assert any("saw nothing of fib" in note for note in notes)


def test_a_line_profiler_that_fails_costs_nothing_but_a_note(
    deep_run: Callable[..., DeepRun], environment: Callable[[str, str], str], write: WriteFile
) -> None:
    write("shop.py", SHOP)
    write("bench.py", "import shop\nshop.once(10)\n")

    run = deep_run(executable=environment("line_profiler", "1 / 0"), functions=(("shop.py", 1, "once"),))
    found, notes = lines.lines(run)

    assert found is not None
    assert found.functions[0].lines[0].hits == 1
    assert any("division by zero" in note for note in notes)


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(st.fixed_dictionaries({"how": _anything, "lines": _anything}))
def test_reports_that_are_none_are_left_out(report: dict[str, object]) -> None:
    found = merged([report])
    assert all(hits >= 0 and seconds >= 0 for hits, seconds in found.rows.values())


def test_the_recursion_limit_and_odd_file_names_are_no_obstacle(
    deep_run: Callable[..., DeepRun], write: WriteFile
) -> None:
    write(
        "bench.py",
        "def deep(n):\n    return deep(n + 1)\n"
        "def same(n):\n    return n\n"
        "odd = same.__code__.replace(co_filename='a\\0b', co_name='deep', co_firstlineno=1)\n"
        "type(deep)(odd, {})(1)\n"
        "try:\n    deep(0)\nexcept RecursionError:\n    print('caught')\n",
    )
    for python in SUPPORTED:
        outcome = deep_run(executable=python).injected(
            lines.OWN, {"functions": [["bench.py", 1, "deep"]]}, factor=1.0, what="here"
        )
        assert (outcome.finished.stdout, outcome.finished.stderr, outcome.finished.usage.exit_code) == (
            "caught\n",
            "",
            0,
        )
        assert _hits(outcome.reports, 0)[2] > 100


def test_functions_that_a_person_asks_for_are_timed_in_place_of_the_hottest(
    deep_run: Callable[..., DeepRun], write: WriteFile
) -> None:
    write("shop.py", SHOP)
    write("bench.py", BENCH)
    asked = tuple(
        FunctionKey(file="shop.py", first_line=line, qualname=name) for line, name in ((8, "fib"), (25, "waits"))
    )
    run = replace(deep_run(functions=(("shop.py", 1, "once"),)), asked=asked)

    found, notes = lines.lines(run)

    assert found is not None
    assert [each.key.qualname for each in found.functions] == ["fib"]
    assert "did not run, so it has no times: waits (shop.py:25)" in notes


def test_functions_asked_for_of_which_none_ran_are_named(deep_run: Callable[..., DeepRun], write: WriteFile) -> None:
    write("shop.py", SHOP)
    write("bench.py", BENCH)
    run = replace(deep_run(), asked=(FunctionKey(file="shop.py", first_line=25, qualname="waits"),))

    found, notes = lines.lines(run)

    assert found is None
    assert notes[-1] == "no lines were timed: waits (shop.py:25) did not run"
