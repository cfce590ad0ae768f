from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.collect.delta import FunctionDelta, ImportDelta
from profiling.formats.lines import delta_lines, share_text, unified_profile_lines
from profiling.model import Command, FunctionKey, Interpreter, RunUsage
from profiling.profile import SCHEMA_VERSION, FunctionProfile, GcTotals, Profile

MIB = 2**20
USAGE = RunUsage(wall_s=7.0, cpu_s=7.4, max_rss_mib=700.0, exit_code=0)


def function(name: str, *, file: str = "app.py", line: int = 1, **figures: object) -> FunctionProfile:
    return replace(FunctionProfile(key=FunctionKey(file=file, first_line=line, qualname=name)), **figures)  # type: ignore[arg-type]


@pytest.fixture
def profile() -> Profile:
    return Profile(
        schema_version=SCHEMA_VERSION,
        tree_id="abc",
        command=Command(argv=("python", "bench.py")),
        interpreter=Interpreter(executable="python3", version=(3, 12, 1)),
        baseline=(USAGE,),
        time_pass=USAGE,
        memory_pass=USAGE,
        cpu_covered_s=7.33,
        samples=1000,
        functions=(
            function("process_records", cpu_self_s=3.3, samples_self=450, peak_owned_bytes=120 * MIB),
            function("serialize", cpu_self_s=1.32, samples_self=180, rss_growth_bytes=9 * MIB),
            function("check", cpu_self_s=0.15, samples_self=20),
            function("load_data", peak_owned_bytes=500 * MIB),
        ),
        imports=(),
        libraries=(),
        stacks=(),
        gc=GcTotals(collections=(20, 2, 1), pause_s=1.1),
        peak_bytes=620 * MIB,
        cpu_seen_s=7.33,
    )


def test_the_lines_name_the_largest_of_each_dimension_with_their_uncertainty(profile: Profile) -> None:
    assert unified_profile_lines(profile) == (
        "  CPU: process_records 45% ± 3%, serialize 18% ± 2%, check 2% (too few samples), outside the project 35% ± 3%",
        "  Memory: load_data +500 MiB, process_records +120 MiB",
        "  GC: 23 collections, 1.1s total (15% of CPU time)",
    )


def test_resident_growth_stands_in_for_a_memory_pass_and_is_called_so(profile: Profile) -> None:
    assert unified_profile_lines(replace(profile, memory_pass=None))[1] == (
        "  Memory (resident growth): serialize +9.0 MiB"
    )


def test_functions_of_one_name_are_told_apart_by_their_place(profile: Profile) -> None:
    twins = (
        function("run", file="a.py", line=3, cpu_self_s=4.0, samples_self=400),
        function("run", file="b.py", line=9, cpu_self_s=2.0, samples_self=200),
        function("<module>", file="b.py", cpu_self_s=1.3, samples_self=200),
    )

    line = unified_profile_lines(replace(profile, functions=twins))[0]

    assert "run (a.py:3) 55%" in line
    assert "run (b.py:9) 27%" in line
    assert "b.py (module body) 18%" in line


def test_a_profile_without_samples_claims_nothing(profile: Profile) -> None:
    empty = replace(profile, functions=(), samples=0, cpu_seen_s=0.0, gc=GcTotals())

    assert unified_profile_lines(empty) == (
        "  CPU: too few samples",
        "  Memory: no function over 1 MiB",
        "  GC: no collections",
    )


def test_an_event_loop_that_was_held_has_its_own_line(profile: Profile) -> None:
    held = replace(profile, functions=(function("handler", loop_cpu_s=0.02, loop_blocked_s=0.4),))

    assert unified_profile_lines(held)[3] == "  Async: handler held the loop 0.4s (0.4s without CPU)"


def test_a_delta_shows_what_changed_before_and_after() -> None:
    change = FunctionDelta(
        file="app.py",
        qualname="price",
        cpu_before_s=1.2,
        cpu_after_s=0.6,
        memory_before_bytes=20 * MIB,
        memory_after_bytes=5 * MIB,
        gc_before_s=0.1,
        gc_after_s=0.1,
        samples=20,
    )

    assert delta_lines((change,)) == (
        "  CPU: price 1.200s → 0.600s (too few samples)",
        "  Memory: price 20 MiB → 5.0 MiB",
    )
    assert delta_lines(()) == ()


def test_a_change_that_the_errors_explain_is_called_noise_and_real_ones_go_first() -> None:
    def change(name: str, after_s: float, **more: object) -> FunctionDelta:
        plain = FunctionDelta(
            file="app.py",
            qualname=name,
            cpu_before_s=1.0,
            cpu_after_s=after_s,
            memory_before_bytes=0,
            memory_after_bytes=0,
            gc_before_s=0.0,
            gc_after_s=0.0,
            samples=500,
        )
        return replace(plain, **more)  # type: ignore[arg-type]

    shaky, sure = change("shaky", 0.8, cpu_error_s=0.3), change("sure", 0.9, cpu_error_s=0.05)

    assert delta_lines((shaky, sure)) == ("  CPU: sure 1.000s → 0.900s (± 0.050s)",)
    assert delta_lines((shaky,)) == (
        "  CPU: nothing beyond noise; largest: shaky 1.000s → 0.800s (± 0.300s), within noise",
    )


def test_waiting_loop_calls_and_imports_have_lines_of_their_own() -> None:
    change = FunctionDelta(
        file="app.py",
        qualname="<module>",
        cpu_before_s=0.0,
        cpu_after_s=0.0,
        memory_before_bytes=0,
        memory_after_bytes=0,
        gc_before_s=0.0,
        gc_after_s=0.0,
        samples=0,
        waiting_before_s=0.5,
        loop_after_s=0.02,
        calls_before=9000,
        calls_after=3,
    )
    deferred = ImportDelta(module="yaml", before_s=0.05, after_s=0.0, error_s=0.001)

    assert delta_lines((change,), (deferred,)) == (
        "  Waiting: app.py (module body) 0.500s → 0.000s",
        "  Async: app.py (module body) 0.000s → 0.020s",
        "  Calls: app.py (module body) 9,000 → 3",
        "  Imports: yaml 0.050s → 0.000s (± 0.001s)",
    )


def test_functions_of_one_name_are_told_apart_by_their_file() -> None:
    changes = [
        FunctionDelta(
            file=file,
            qualname="run",
            cpu_before_s=1.0,
            cpu_after_s=after_s,
            memory_before_bytes=0,
            memory_after_bytes=0,
            gc_before_s=0.0,
            gc_after_s=0.0,
            samples=500,
        )
        for file, after_s in (("a.py", 0.2), ("b.py", 0.5))
    ]

    assert delta_lines(changes) == ("  CPU: run (a.py) 1.000s → 0.200s, run (b.py) 1.000s → 0.500s",)


@given(share=st.floats(0, 1), samples=st.integers(0, 10**6))
def test_a_share_always_carries_its_uncertainty(share: float, samples: int) -> None:
    text = share_text(share, samples)

    assert text.startswith(f"{share:.0%}")
    assert ("too few samples" in text) == (samples < 30)
    assert ("±" in text) == (samples >= 30)
