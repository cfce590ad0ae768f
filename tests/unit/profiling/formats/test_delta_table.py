from collections.abc import Callable
from dataclasses import replace

import pytest

from profiling.formats.delta_table import delta_table
from profiling.formats.quantities import cells
from profiling.model import Command
from profiling.profile import GcTotals, Profile


def faster(profile: Profile) -> Profile:
    baseline = tuple(replace(usage, cpu_s=usage.cpu_s / 2) for usage in profile.baseline)
    return replace(profile, baseline=baseline, gc=replace(profile.gc, pause_s=0.02), peak_bytes=5 * 2**20)


def test_the_whole_run_and_each_changed_dimension_are_shown(
    measured: Profile, with_function: Callable[..., Profile]
) -> None:
    after = faster(with_function("price", cpu_self_s=0.2, samples_self=400, calls=20, peak_owned_bytes=4 * 2**20))

    assert "\n".join(delta_table(measured, after, 100)) == "\n".join(
        [
            "whole run:",
            "                   before    after     change",
            "CPU                1.000s   0.500s  -50% ± 2%",
            "wall               1.200s   1.200s          -",
            "resident peak      50 MiB   50 MiB          -",
            "traced heap peak  9.0 MiB  5.0 MiB       -44%",
            "GC                 0.100s   0.020s  -80% ± 2%",
            "",
            "CPU:",
            "       before   after     change",
            "price  0.600s  0.200s  -67% ± 7%",
            "",
            "Memory:",
            "        before    after  change",
            "price  8.0 MiB  4.0 MiB    -50%",
            "",
            "Calls:",
            "       before  after  change",
            "price   3,000     20    -99%",
        ]
    )


def test_a_change_smaller_than_its_errors_is_counted_as_noise(
    measured: Profile, with_function: Callable[..., Profile]
) -> None:
    lines = delta_table(measured, with_function("price", cpu_self_s=0.59, samples_self=1180), 100)

    assert lines[-2:] == ("CPU:", "1 smaller than their errors: within noise")
    assert lines[2].split() == ["CPU", "1.000s", "1.000s", "within", "noise"]


def test_what_can_not_be_compared_is_said(measured: Profile) -> None:
    other = replace(
        measured,
        command=Command(argv=("python", "other.py")),
        interpreter=replace(measured.interpreter, version=(3, 13, 0)),
        memory_pass=None,
        timed_out=True,
    )

    assert delta_table(measured, other, 100)[-4:] == (
        "the commands differ: python bench.py / python other.py",
        "the interpreters differ (3.12.1 / 3.13.0): GC figures can't be compared",
        "a workload was stopped at its time limit: its figures end there",
        "one profile has no memory pass: memory is resident growth on both sides",
    )


def test_new_and_gone_functions_are_called_so(measured: Profile) -> None:
    without = replace(measured, functions=measured.functions[1:])

    assert any(line.split()[:1] == ["price"] and line.endswith("gone") for line in delta_table(measured, without, 100))
    assert any(line.split()[:1] == ["price"] and line.endswith("new") for line in delta_table(without, measured, 100))


@pytest.mark.parametrize("width", [5, 40, 80, 200])
def test_nothing_wraps_at_any_width(measured: Profile, width: int) -> None:
    empty = replace(measured, functions=(), stacks=(), baseline=(), gc=GcTotals(), command=Command(argv=("x" * 300,)))

    assert max(map(cells, delta_table(measured, empty, width))) <= max(width, 40)
    assert max(map(cells, delta_table(empty, measured, width))) <= max(width, 40)
