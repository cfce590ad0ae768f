from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from profiling.collect.reports import Run, time_reports
from profiling.model import Command, FunctionKey, Interpreter, RunUsage
from profiling.profile import SCHEMA_VERSION, FunctionProfile, GcTotals, ImportProfile, LibraryShare, Profile, Stack

GC = {
    "generations": [0, 0, 0],
    "counted": [0, 0, 0],
    "pause_s": 0.0,
    "max_pause_s": 0.0,
    "threshold": [700, 10, 10],
    "stacks": [],
}
REPORT: dict[str, Any] = {
    "codes": [],
    "stacks": [],
    "samples": 0,
    "cpu_s": 0.0,
    "thread_clocks": True,
    "gc": GC,
    "imports": [],
    "project_imports": 0,
    "loop": [],
    "free_threaded": False,
    "pid": 1,
    "ppid": 0,
    "argv0": "bench.py",
    "hook_errors": 0,
}


@pytest.fixture
def one_run() -> Callable[..., Run]:
    def make(*reports: dict[str, Any]) -> Run:
        made = time_reports([{**REPORT, **report} for report in reports])
        assert len(made) == len(reports)
        return made

    return make


@pytest.fixture
def gc_report() -> dict[str, Any]:
    return dict(GC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(
        "def price():\n    return [x for x in ()]\n\n\ndef total():\n    return price()\n"
    )
    return tmp_path


@pytest.fixture
def imported() -> Callable[..., ImportProfile]:
    def make(module: str) -> ImportProfile:
        return ImportProfile(
            module=module,
            file=f"/lib/{module}.py",
            self_s=0.01,
            total_s=0.02,
            importer_file="bench.py",
            importer_line=3,
        )

    return make


@pytest.fixture
def profile() -> Profile:
    usage = RunUsage(wall_s=1.0, cpu_s=1.0, max_rss_mib=50.0, exit_code=0)
    key = FunctionKey(file="shop.py", first_line=1, qualname="price")
    return Profile(
        schema_version=SCHEMA_VERSION,
        tree_id="abc",
        command=Command(argv=("python", "bench.py"), env=(("A", "1"),)),
        interpreter=Interpreter(executable="/usr/bin/python3", version=(3, 12, 1)),
        baseline=(usage, usage, usage),
        time_pass=replace(usage, cpu_s=1.1),
        memory_pass=usage,
        cpu_covered_s=1.05,
        samples=900,
        functions=(
            FunctionProfile(
                key=key,
                cpu_self_s=0.6,
                cpu_total_s=0.6,
                samples_self=540,
                samples_total=540,
                peak_bytes=5 * 2**20,
                peak_owned_bytes=4 * 2**20,
                rss_growth_bytes=3 * 2**20,
                gc_pause_s=0.02,
                libraries=(LibraryShare(name="copy", cpu_s=0.4),),
            ),
        ),
        imports=(),
        libraries=(LibraryShare(name="copy", cpu_s=0.4),),
        stacks=(Stack(frames=(key,), thread="MainThread", cpu_s=0.6, wall_s=0.7, samples=540),),
        gc=GcTotals(collections=(3, 1, 0), pause_s=0.02),
        peak_bytes=5 * 2**20,
        notes=("a note",),
        cpu_seen_s=1.0,
    )
