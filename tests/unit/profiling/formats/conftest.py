from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from profiling.model import Command, FunctionKey, Interpreter, RunUsage
from profiling.profile import SCHEMA_VERSION, FunctionProfile, GcTotals, Profile, Stack

MIB = 2**20


@pytest.fixture
def key() -> Callable[..., FunctionKey]:
    def make(name: str = "price", *, file: str = "shop.py", line: int = 3) -> FunctionKey:
        return FunctionKey(file=file, first_line=line, qualname=name)

    return make


@pytest.fixture
def measured(key: Callable[..., FunctionKey]) -> Profile:
    """A profile with weight in every dimension, over two threads."""
    usage = RunUsage(wall_s=1.2, cpu_s=1.0, max_rss_mib=50.0, exit_code=0)
    main, price, work = key("main", line=20), key("price"), key("work", file="jobs.py", line=7)
    return Profile(
        schema_version=SCHEMA_VERSION,
        tree_id="abc",
        command=Command(argv=("python", "bench.py")),
        interpreter=Interpreter(executable="python3", version=(3, 12, 1)),
        baseline=(replace(usage, cpu_s=0.98), usage, replace(usage, cpu_s=1.02)),
        time_pass=replace(usage, cpu_s=1.1),
        memory_pass=usage,
        cpu_covered_s=1.1,
        samples=2000,
        functions=(
            FunctionProfile(
                key=price,
                cpu_self_s=0.6,
                cpu_total_s=0.6,
                samples_self=1200,
                samples_total=1200,
                gc_pause_s=0.1,
                gc_collections=4,
                peak_owned_bytes=8 * MIB,
                calls=3000,
            ),
            FunctionProfile(
                key=work, cpu_self_s=0.2, cpu_total_s=0.2, wall_blocked_s=0.4, samples_self=400, samples_total=400
            ),
            FunctionProfile(key=main, cpu_self_s=0.01, cpu_total_s=0.61, samples_self=20, samples_total=1220, calls=1),
        ),
        imports=(),
        libraries=(),
        stacks=(
            Stack(
                frames=(main, price),
                thread="MainThread",
                library="re",
                cpu_s=0.6,
                wall_s=0.7,
                samples=1200,
                gc_s=0.1,
                peak_owned_bytes=8 * MIB,
            ),
            Stack(
                frames=(work,),
                thread="worker",
                cpu_s=0.2,
                wall_s=0.6,
                samples=400,
                waited_s=0.4,
                rss_growth_bytes=3 * MIB,
            ),
            Stack(frames=(main,), thread="MainThread", cpu_s=0.01, wall_s=0.01, samples=20),
        ),
        gc=GcTotals(collections=(3, 1, 0), pause_s=0.1),
        peak_bytes=9 * MIB,
        cpu_seen_s=1.0,
    )


@pytest.fixture
def with_function(measured: Profile) -> Callable[..., Profile]:
    """Give the profile with other figures for one of its functions."""

    def make(name: str, **figures: Any) -> Profile:
        functions = tuple(
            replace(each, **figures) if each.key.qualname == name else each for each in measured.functions
        )
        return replace(measured, functions=functions)

    return make
