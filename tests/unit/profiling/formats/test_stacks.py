import json
from dataclasses import replace

import pytest

from profiling.formats.collapsed import collapsed
from profiling.formats.speedscope import speedscope
from profiling.formats.weights import WEIGHTS
from profiling.model import Command, FunctionKey, Interpreter, RunUsage
from profiling.profile import SCHEMA_VERSION, GcTotals, Profile, Stack

MAIN = FunctionKey(file="app.py", first_line=1, qualname="main")
LEAF = FunctionKey(file="app.py", first_line=9, qualname="leaf")
USAGE = RunUsage(wall_s=1.0, cpu_s=1.0, max_rss_mib=1.0, exit_code=0)


@pytest.fixture
def profile() -> Profile:
    return Profile(
        schema_version=SCHEMA_VERSION,
        tree_id="abc",
        command=Command(argv=("python",)),
        interpreter=Interpreter(executable="python3", version=(3, 12, 1)),
        baseline=(USAGE,),
        time_pass=USAGE,
        memory_pass=None,
        cpu_covered_s=1.0,
        samples=10,
        functions=(),
        imports=(),
        libraries=(),
        stacks=(
            Stack(frames=(MAIN, LEAF), thread="MainThread", cpu_s=0.5, wall_s=0.75, samples=5),
            Stack(frames=(MAIN,), thread="MainThread", cpu_s=0.25, wall_s=0.25, samples=3),
            Stack(frames=(LEAF,), thread="worker;1", cpu_s=0.0, wall_s=2.0, samples=0),
        ),
        gc=GcTotals(),
        peak_bytes=None,
    )


def test_collapsed_lines_run_from_the_outermost_frame_to_the_weight(profile: Profile) -> None:
    assert collapsed(profile) == (
        "MainThread;main (app.py:1);leaf (app.py:9) 500000\nMainThread;main (app.py:1) 250000\n"
    )


def test_a_thread_name_cannot_make_frames_or_lines(profile: Profile) -> None:
    assert collapsed(profile, "wall").splitlines()[-1] == "worker,1;leaf (app.py:9) 2000000"


def test_speedscope_has_a_profile_for_each_thread_and_dimension_with_weight(profile: Profile) -> None:
    written = speedscope(profile, "bench")

    assert written["shared"] == {
        "frames": [{"name": "main", "file": "app.py", "line": 1}, {"name": "leaf", "file": "app.py", "line": 9}]
    }
    assert isinstance(written["profiles"], list)
    assert [each["name"] for each in written["profiles"]] == ["CPU: MainThread", "wall: MainThread", "wall: worker;1"]
    assert written["profiles"][0] == {
        "type": "sampled",
        "name": "CPU: MainThread",
        "unit": "seconds",
        "startValue": 0,
        "endValue": 0.75,
        "samples": [[0, 1], [0]],
        "weights": [0.5, 0.25],
    }


def test_a_profile_without_stacks_is_still_a_file(profile: Profile) -> None:
    assert speedscope(replace(profile, stacks=()), "empty")["profiles"] == []
    assert collapsed(replace(profile, stacks=())) == ""


def test_collapsed_knows_every_dimension_and_ends_in_the_library(measured: Profile) -> None:
    lines = {each.dimension: collapsed(measured, each.dimension).splitlines() for each in WEIGHTS}

    assert lines["cpu"][0] == "MainThread;main (shop.py:20);price (shop.py:3);[re] 600000"
    assert lines["waiting"] == ["worker;work (jobs.py:7) 400000"]
    assert lines["gc"] == ["MainThread;main (shop.py:20);price (shop.py:3);[re] 100000"]
    assert lines["memory"] == [f"MainThread;main (shop.py:20);price (shop.py:3);[re] {8 * 2**20}"]
    assert lines["resident"] == [f"worker;work (jobs.py:7) {3 * 2**20}"]


def test_speedscope_holds_what_its_schema_demands(measured: Profile) -> None:
    written = json.loads(json.dumps(speedscope(measured, "bench")))

    frames = written["shared"]["frames"]
    assert written["$schema"] == "https://www.speedscope.app/file-format-schema.json"
    assert all(isinstance(frame["name"], str) for frame in frames)
    assert {"name": "[re]"} in frames
    assert all(set(frame) <= {"name", "file", "line", "col"} for frame in frames)
    assert [each["name"] for each in written["profiles"]] == [
        "CPU: MainThread",
        "CPU: worker",
        "wall: MainThread",
        "wall: worker",
        "waiting: worker",
        "GC: MainThread",
        "memory peak: MainThread",
        "resident growth: worker",
    ]
    for each in written["profiles"]:
        assert set(each) == {"type", "name", "unit", "startValue", "endValue", "samples", "weights"}
        assert each["type"] == "sampled"
        assert each["unit"] == ("bytes" if each["name"].startswith(("memory", "resident")) else "seconds")
        assert len(each["samples"]) == len(each["weights"])
        assert each["startValue"] == 0
        assert each["endValue"] == pytest.approx(sum(each["weights"]))
        assert all(0 <= number < len(frames) for sample in each["samples"] for number in sample)


def test_a_heap_that_shrank_has_no_weight(measured: Profile) -> None:
    shrunk = tuple(replace(stack, peak_owned_bytes=-5, rss_growth_bytes=-9) for stack in measured.stacks)

    assert collapsed(replace(measured, stacks=shrunk), "memory") == ""
    assert collapsed(replace(measured, stacks=shrunk), "resident") == ""
