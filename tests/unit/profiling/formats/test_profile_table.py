from collections.abc import Callable
from dataclasses import replace

import pytest

from profiling.formats.profile_table import profile_table
from profiling.formats.quantities import cells
from profiling.model import FunctionKey
from profiling.profile import Edge, ImportProfile, LibraryShare, Profile, Wait


@pytest.fixture
def whole(measured: Profile, key: Callable[..., FunctionKey]) -> Profile:
    price, work, main = measured.functions
    waits = (Wait(line=9, library="socket", seconds=0.38, on_loop=0.2), Wait(line=11, library=None, seconds=0.02))
    held = replace(
        work, waits=waits, loop_cpu_s=0.2, loop_blocked_s=0.05, loop_longest_s=0.08, loop_others_waited_s=0.11
    )
    module = ImportProfile(
        module="yaml", file="/lib/yaml.py", self_s=0.01, total_s=0.04, importer_file="shop.py", importer_line=2
    )
    return replace(
        measured,
        functions=(price, held, main),
        imports=(module, replace(module, module="tiny", total_s=0.001)),
        libraries=(LibraryShare(name="re", cpu_s=0.3),),
        edges=(Edge(caller=key("main", line=20), callee=key(), calls=3000),),
    )


def test_everything_that_was_seen_has_its_table(whole: Profile) -> None:
    assert "\n".join(profile_table(whole, 120)) == "\n".join(
        [
            "functions:",
            "function    CPU self  total  waiting         GC  peak MiB  calls  µs a call  samples  where",
            "price       60% ± 2%    60%        -  100ms (4)       8.0  3,000        200    1,200  shop.py:3",
            "work        20% ± 2%    20%    400ms          -         -      -          -      400  jobs.py:7",
            "main      1% too few    61%        -          -         -      1          -       20  shop.py:20",
            "",
            "imports over 5 ms:",
            "module     own   total  used  imported at",
            "yaml    10.0ms  40.0ms  ?     shop.py:2",
            "",
            "libraries:",
            "library  CPU  seconds",
            "re       30%    300ms",
            "",
            "waits:",
            "function           waited  on a loop  in      at",
            "work       380ms ± 87.2ms      200ms  socket  jobs.py:9",
            "work      20.0ms ± 20.0ms          -  itself  jobs.py:11",
            "",
            "event loop:",
            "held the loop  seconds  without CPU  longest  others waited",
            "work             250ms       50.0ms   80.0ms          110ms",
            "",
            "hottest edges:",
            "caller → callee  calls",
            "main → price     3,000",
        ]
    )


@pytest.mark.parametrize("width", [10, 40, 60, 80, 100, 120, 200])
def test_nothing_wraps_at_any_width(whole: Profile, width: int) -> None:
    assert max(map(cells, profile_table(whole, width))) <= max(width, 40)


def test_what_was_not_seen_has_no_table(measured: Profile) -> None:
    text = "\n".join(profile_table(measured, 120))

    assert "imports" not in text
    assert "event loop" not in text
    assert profile_table(replace(measured, functions=()), 80) == ("nothing of the project was seen running",)


def test_rows_beyond_the_largest_are_counted(whole: Profile, key: Callable[..., FunctionKey]) -> None:
    edges = tuple(Edge(caller=key("main"), callee=key(f"f{number}"), calls=number) for number in range(1, 12))

    lines = profile_table(replace(whole, edges=edges), 80)

    assert lines[-1] == "… 3 more"
    assert lines[-9].split() == ["main", "→", "f11", "11"]


def test_resident_growth_stands_in_where_there_was_no_memory_pass(with_function: Callable[..., Profile]) -> None:
    untraced = replace(with_function("work", rss_growth_bytes=3 * 2**20), memory_pass=None)

    head, *rows = profile_table(untraced, 120)[1:]

    assert "growth MiB" in head
    assert any("3.0" in row for row in rows)


def test_a_function_without_cpu_is_listed_for_what_it_waited(with_function: Callable[..., Profile]) -> None:
    waiting = with_function("work", cpu_self_s=0.0, cpu_total_s=0.0, samples_self=0)

    assert any(line.startswith("work ") and "400ms" in line for line in profile_table(waiting, 120))


def test_module_bodies_and_twins_are_told_apart(measured: Profile, key: Callable[..., FunctionKey]) -> None:
    keys = (key("run", file="a.py", line=1), key("run", file="b.py", line=2), key("<module>", file="c.py", line=1))
    functions = tuple(replace(measured.functions[0], key=each) for each in keys)

    text = "\n".join(profile_table(replace(measured, functions=functions), 120))

    assert "run (a.py:1)" in text
    assert "run (b.py:2)" in text
    assert "c.py (module body)" in text
