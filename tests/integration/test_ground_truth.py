"""Programs whose costs are known by construction: the profile must say what they say of themselves.

Each property is held on this interpreter in the default suite, and on every CPython at hand under `slow`.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from profiling.collect import collections, cpu, loop, memory
from profiling.collect.reports import Run, memory_reports, time_reports
from profiling.collect.source import Source
from profiling.injection import Harness, prepare
from profiling.measure.environment import launch
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, RunUsage, Tree

pytestmark = pytest.mark.flaky(reruns=3)

VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
MIB = 2**20
OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
ON_EVERY_PYTHON = [
    pytest.param(version, marks=() if version == OWN else pytest.mark.slow, id=version) for version in VERSIONS
]

PHASES = """
    import json, time
    class Thing:
        def __init__(self, x):
            self.x = x
        def moved(self, by):
            return Thing(self.x + by)
    def leaf(x):
        return x + 1
    def fibonacci(n):
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
    def many_calls():
        for i in range(60_000): leaf(i)
    def inline_loop():
        total = 0
        for i in range(400_000): total += i * i
    def methods():
        thing = Thing(0)
        for i in range(25_000): thing = thing.moved(i)
    def recursion():
        fibonacci(18)
    def sorts():
        for n in range(0, 600, 4): sorted(range(n), key=lambda value: -value)
    def strings():
        for i in range(15_000): "-".join([str(i), "x" * (i % 7)]).upper()
    PHASES = (many_calls, inline_loop, methods, recursion, sorts, strings)
    truth = dict.fromkeys((phase.__name__ for phase in PHASES), 0.0)
    for _ in range(14):
        for phase in PHASES:
            began = time.thread_time()
            phase()
            truth[phase.__name__] += time.thread_time() - began
    print(json.dumps(truth))
"""

COLLECTIONS = """
    import gc, json, time
    truth = {"pause_s": 0.0, "began": 0.0}
    def own(phase, info):
        if phase == "start":
            truth["began"] = time.thread_time()
        else:
            truth["pause_s"] += time.thread_time() - truth["began"]
    gc.callbacks.append(own)
    def makes_cycles():
        for _ in range(150_000):
            cycle = []
            cycle.append(cycle)
    def keeps():
        return [[number] for number in range(200_000)]
    def collects():
        for _ in range(8): gc.collect()
    kept = keeps()
    makes_cycles()
    collects()
    print(json.dumps(truth))
"""

POOL = """
    import multiprocessing, time
    from concurrent.futures import ProcessPoolExecutor
    def work(seconds):
        end = time.thread_time() + seconds
        while time.thread_time() < end:
            sum(range(500))
        return seconds
    if __name__ == "__main__":
        context = multiprocessing.get_context({method!r})
        with context.Pool(2) as pool:
            pool.map(work, [0.25] * 4, chunksize=1)
        with ProcessPoolExecutor(2, mp_context=context) as executor:
            list(executor.map(work, [0.25] * 4))
"""

SHORT = """
    import time
    def spend(seconds):
        end = time.thread_time() + seconds
        while time.thread_time() < end:
            sum(range(100))
    def hot():
        spend(0.040)
    def cold():
        spend(0.008)
    hot(), cold()
"""

LOOP = """
    import asyncio, time
    async def blocks():
        await asyncio.sleep(0)
        time.sleep(0.3)
    async def burns():
        await asyncio.sleep(0)
        end = time.thread_time() + 0.3
        while time.thread_time() < end:
            sum(range(500))
    async def main():
        await asyncio.gather(blocks(), burns())
    asyncio.run(main())
"""

PEAKS = """
    def keeper():
        kept = []
        for number in range(28_000):
            kept.append(bytes(1000))
        return kept
    def transient():
        large = []
        for number in range(1_500_000):
            large.append(number * 1000)
        return len(large)
    def churner():
        for number in range(300_000):
            bytes(1500)
    def main():
        kept = keeper()
        churner()
        transient()
        return kept
    kept = main()
"""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One run under a harness."""

    reports: list[Any]
    usage: RunUsage
    stdout: str
    source: Source


Watch = Callable[..., Seen]


def find_python(version: str) -> str:
    """Return an interpreter that starts, or skip the test."""
    if version == OWN:
        return sys.executable
    managed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    on_path = shutil.which(f"python{version}")
    for candidate in [*sorted(managed.glob(f"{version}.*/bin/python{version}")), *([on_path] if on_path else [])]:
        if subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            return str(candidate)
    pytest.skip(f"no Python {version} is installed")


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    root = tmp_path / "tree"
    root.mkdir()
    tree = Tree(root=root, import_roots=(".",), packages=(), source_paths=(".",))

    def run(text: str, version: str, harness: str | None = "ratchet_time") -> Seen:
        (root / "program.py").write_text(dedent(text))
        interpreter = Interpreter(executable=find_python(version), version=(3, 0, 0))
        injection = None
        if harness is not None:
            folder = tmp_path / f"injection{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            injection = prepare(folder, tree, (Harness(name=harness, options={}),))
        command = Command(argv=("python", "program.py"), timeout_s=60.0)
        finished = Processes().run(launch(command, tree, interpreter, injection=injection))
        assert finished.usage.exit_code == 0, finished.stderr
        reports = [] if injection is None or harness is None else list(injection.read(harness))
        return Seen(reports=reports, usage=finished.usage, stdout=finished.stdout, source=Source(root=root))

    return run


def shares(seconds: dict[str, float]) -> dict[str, float]:
    whole_s = sum(seconds.values())
    return {name: part_s / whole_s for name, part_s in seconds.items()}


def misattributed(watch: Watch, version: str) -> float:
    """Return the share of the CPU that the profile gives to other phases than the program does."""
    plain = [json.loads(watch(PHASES, version, None).stdout) for _ in range(2)]
    truth = shares({name: sum(each[name] for each in plain) for name in plain[0]})
    seen = watch(PHASES, version)
    merged = cpu.merge([time_reports(seen.reports)], seen.source)
    found = shares({key.qualname: each.cpu_total_s for key, each in merged.functions.items() if key.qualname in truth})
    return sum(abs(found.get(name, 0.0) - share) for name, share in truth.items()) / 2


@pytest.mark.flaky(reruns=5)
@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
def test_at_most_five_points_of_the_cpu_go_to_the_wrong_function(watch: Watch, version: str) -> None:
    assert misattributed(watch, version) <= 0.05


@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
def test_all_collections_are_seen_where_they_were_triggered_with_their_pauses(watch: Watch, version: str) -> None:
    seen = watch(COLLECTIONS, version)
    truth = json.loads(seen.stdout)

    merged = collections.merge([time_reports(seen.reports)], seen.source)

    by_name = {key.qualname: each for key, each in merged.functions.items()}
    assert merged.seen_share >= 0.99
    assert merged.totals.pause_s == pytest.approx(truth["pause_s"], rel=0.1)
    assert by_name["collects"].collections == 8
    assert by_name["makes_cycles"].collections > 0.9 * (150_000 / max(merged.totals.threshold[0], 1) / 2)
    assert sum(each.pause_s for each in by_name.values()) == pytest.approx(merged.totals.pause_s, rel=0.05)


@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_the_cpu_of_pools_is_covered_and_belongs_to_their_work(watch: Watch, version: str, method: str) -> None:
    seen = watch(POOL.format(method=method), version)

    merged = cpu.merge([time_reports(seen.reports)], seen.source)

    assert merged.covered_s >= 0.95 * seen.usage.cpu_s
    work = next(each for key, each in merged.functions.items() if key.qualname == "work")
    assert work.cpu_self_s == pytest.approx(8 * 0.25, rel=0.05)


@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
def test_a_run_of_fifty_milliseconds_tells_its_hot_function(watch: Watch, version: str) -> None:
    runs: list[Run] = [time_reports(watch(SHORT, version).reports) for _ in range(3)]

    merged = cpu.merge(runs, watch(SHORT, version, None).source)

    found = {key.qualname: each.cpu_total_s for key, each in merged.functions.items()}
    assert found["hot"] == pytest.approx(0.040, rel=0.2)
    assert found.get("cold", 0.0) == pytest.approx(0.008, abs=0.008)


@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
def test_what_holds_a_loop_is_split_into_cpu_and_waiting_within_a_tenth(watch: Watch, version: str) -> None:
    seen = watch(LOOP, version)

    held = {key.qualname: each for key, each in loop.merge([time_reports(seen.reports)], seen.source).items()}

    assert held["burns"].cpu_s == pytest.approx(0.3, rel=0.1)
    assert held["blocks"].blocked_s == pytest.approx(0.3, rel=0.1)
    assert held["blocks"].cpu_s < 0.03
    assert held["burns"].blocked_s < 0.03


@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
def test_the_peak_belongs_to_who_raised_it(watch: Watch, version: str) -> None:
    seen = watch(PEAKS, version, "ratchet_memory")

    merged = memory.merge(memory_reports(seen.reports), seen.source)

    owned = {key.qualname: each.owned_bytes / MIB for key, each in merged.functions.items()}
    assert owned["keeper"] == pytest.approx(28_000 * (1033 + 8) / MIB, rel=0.15)
    assert owned["transient"] == pytest.approx(1_500_000 * (32 + 9) / MIB, rel=0.15)
    assert owned.get("churner", 0.0) < 2
    assert sum(owned.values()) == pytest.approx(merged.peak_bytes / MIB, rel=0.05)
