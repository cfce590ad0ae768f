"""The weights of the stacks add up to the figures of the functions, in every dimension."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiling.collect.joined import join
from profiling.collect.memory import merge as merge_memory
from profiling.collect.memory_pass import MemoryPass
from profiling.collect.reports import Run, memory_reports
from profiling.collect.runs import Workload
from profiling.collect.source import Source
from profiling.collect.time_pass import TimePass
from profiling.injection import Injection
from profiling.measure.processes import Processes
from profiling.model import Command, FunctionKey, Interpreter, RunUsage, Tree
from profiling.profile import Profile

CODES: list[list[Any]] = [
    ["shop.py", 1, "price", None, 3],
    ["shop.py", 2, "<listcomp>", None, 19],
    ["shop.py", 5, "total", None, 3],
    ["other.py", 4, "other", "C.other", 3],
]
USAGE = RunUsage(wall_s=1.0, cpu_s=1.0, max_rss_mib=10.0, exit_code=0)
THREADS = st.sampled_from(["MainThread", "worker"])
FRAMES = st.lists(st.integers(0, len(CODES) - 1), max_size=4, unique=True)
LIBRARIES = st.sampled_from([None, "copy", "re"])
SECONDS = st.integers(0, 1000).map(lambda milliseconds: milliseconds / 1000)
BYTES = st.integers(0, 2**30)
COUNTS = st.integers(0, 50)
SAMPLED = st.lists(st.tuples(THREADS, FRAMES, LIBRARIES, SECONDS, SECONDS, COUNTS, BYTES, SECONDS), max_size=6)
COLLECTED = st.lists(st.tuples(THREADS, FRAMES, LIBRARIES, SECONDS, COUNTS), max_size=4)
OWNED = st.lists(st.tuples(THREADS, FRAMES, LIBRARIES, BYTES), max_size=4)


@pytest.fixture
def join_all(root: Path, one_run: Callable[..., Run], gc_report: dict[str, Any]) -> Callable[..., Profile]:
    tree = Tree(root=root, import_roots=(".",), packages=(), source_paths=(".",))
    workload = Workload(
        tree=tree,
        command=Command(argv=("python", "bench.py")),
        interpreter=Interpreter(executable="python", version=(3, 11, 0)),
        processes=Processes(),
    )
    injection = Injection(env={}, python_path="", reports=root)

    def run(runs: list[list[Any]], heaps: list[Any] | None) -> Profile:
        made = [
            one_run(
                *(
                    {"codes": CODES, "stacks": sampled, "gc": {**gc_report, "stacks": collected}}
                    for sampled, collected in processes
                )
            )
            for processes in runs
        ]
        traced = None
        if heaps is not None:
            plain = {"codes": CODES, "pid": 1, "ppid": 0, "peaks": [], "live": None, "peak_bytes": 0, "ticks": 1}
            raw = [{**plain, "owned": owned, "stopped_because": None} for owned in heaps]
            traced = merge_memory(memory_reports(raw), Source(root=root))
        time_pass = TimePass(injection=injection, usages=[USAGE] * len(made), runs=made)
        heap = MemoryPass(usage=None, merged=traced, notes=())
        return join(workload, "tree", (USAGE,), time_pass, heap)

    return run


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    runs=st.lists(st.lists(st.tuples(SAMPLED, COLLECTED), min_size=1, max_size=2), min_size=1, max_size=3),
    heaps=st.none() | st.lists(OWNED, min_size=1, max_size=3),
)
def test_the_stacks_of_a_function_sum_to_its_figures(
    join_all: Callable[..., Profile], runs: list[Any], heaps: list[Any] | None
) -> None:
    profile = join_all(runs, heaps)

    own: dict[FunctionKey, list[float]] = defaultdict(lambda: [0.0] * 6)
    total: dict[FunctionKey, float] = defaultdict(float)
    for stack in profile.stacks:
        assert len(set(stack.frames)) == len(stack.frames)
        weights = (
            stack.cpu_s,
            stack.waited_s,
            stack.gc_s,
            stack.samples,
            stack.rss_growth_bytes,
            stack.peak_owned_bytes or 0,
        )
        own[stack.frames[-1]] = [before + each for before, each in zip(own[stack.frames[-1]], weights, strict=True)]
        for key in stack.frames:
            total[key] += stack.cpu_s
    assert own.keys() <= {function.key for function in profile.functions}
    for function in profile.functions:
        assert own[function.key] == [
            pytest.approx(function.cpu_self_s),
            pytest.approx(function.wall_blocked_s),
            pytest.approx(function.gc_pause_s),
            function.samples_self,
            function.rss_growth_bytes,
            function.peak_owned_bytes or 0,
        ]
        assert total[function.key] == pytest.approx(function.cpu_total_s)
        assert (function.peak_owned_bytes is None) == (heaps is None)


def test_a_stack_seen_by_two_passes_is_one_row_and_libraries_tell_stacks_apart(
    join_all: Callable[..., Profile],
) -> None:
    sampled = [["MainThread", [0, 2], None, 0.5, 0.6, 50, 10, 0.1], ["MainThread", [0, 2], "re", 0.2, 0.2, 20, 0, 0.0]]
    collected = [["MainThread", [0, 2], None, 0.1, 3]]
    owned = [["MainThread", [0, 2], None, 700], ["worker", [2], None, 50]]

    profile = join_all([[(sampled, collected)]], [owned])

    assert [
        (stack.thread, stack.frames[-1].qualname, stack.library, stack.cpu_s, stack.gc_s, stack.peak_owned_bytes)
        for stack in profile.stacks
    ] == [
        ("MainThread", "price", None, 0.5, 0.1, 700),
        ("MainThread", "price", "re", 0.2, 0.0, 0),
        ("worker", "total", None, 0.0, 0.0, 50),
    ]
