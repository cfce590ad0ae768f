from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.flaky(reruns=3)

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

CALL_HEAVY = """
    import time
    clock = time.thread_time

    def spend(share, step):
        end = clock() + share * 0.45
        while clock() < end:
            step()

    def leaf(x):
        return x + 1

    def step_calls():
        for i in range(200):
            leaf(i)

    def step_loop():
        total = 0
        for i in range(2000):
            total += i * i

    def step_sort():
        sorted(range(2000, 0, -1), key=lambda value: -value)

    class Thing:
        def method(self):
            return self

    def step_methods():
        thing = Thing()
        for _ in range(200):
            thing.method()

    def calls():
        spend(0.3, step_calls)

    def loop():
        spend(0.4, step_loop)

    def sorts():
        spend(0.1, step_sort)

    def methods():
        spend(0.2, step_methods)

    calls(), loop(), sorts(), methods()
"""


def cpu_by_name(report: Mapping[str, Any], *, innermost: bool = False) -> dict[str, float]:
    names = [code[2] for code in report["codes"]]
    found: dict[str, float] = defaultdict(float)
    for stack in report["stacks"]:
        for number in stack[1][:1] if innermost else stack[1]:
            found[names[number]] += stack[3]
    return found


def test_shares_known_by_construction_are_found_within_ten_points(run: Run, write: Write) -> None:
    write("heavy.py", CALL_HEAVY)

    report = run("heavy.py").reports[0]

    total = sum(stack[3] for stack in report["stacks"])
    shares = {name: cpu_s / total for name, cpu_s in cpu_by_name(report).items()}
    truth = {"calls": 0.3, "loop": 0.4, "sorts": 0.1, "methods": 0.2}
    assert sum(abs(shares[name] - share) for name, share in truth.items()) / 2 <= 0.10


def test_the_samples_hold_nearly_all_cpu_of_the_main_thread(run: Run, write: Write) -> None:
    write("heavy.py", CALL_HEAVY)

    report = run("heavy.py").reports[0]

    assert 0.42 <= sum(stack[3] for stack in report["stacks"]) <= report["cpu_s"]


def test_every_thread_is_seen_with_its_own_cpu(run: Run, write: Write) -> None:
    write(
        "threads.py",
        """
        import threading, time
        def burn(seconds):
            end = time.thread_time() + seconds
            while time.thread_time() < end:
                sum(range(500))
        def idle():
            time.sleep(0.3)
        burner = threading.Thread(target=burn, args=(0.2,), name="burner")
        idler = threading.Thread(target=idle, name="idler")
        burner.start(), idler.start()
        burner.join(), idler.join()
        """,
    )

    report = run("threads.py").reports[0]

    by_thread: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for stack in report["stacks"]:
        by_thread[stack[0]][0] += stack[3]
        by_thread[stack[0]][1] += stack[7]
    assert by_thread["burner"][0] == pytest.approx(0.2, abs=0.03)
    assert by_thread["idler"][0] < 0.02
    assert by_thread["idler"][1] > 0.2


def test_library_time_belongs_to_the_function_that_called_the_library(run: Run, write: Write) -> None:
    write(
        "copies.py",
        """
        import copy
        data = {str(i): [i, [i]] for i in range(2000)}
        def duplicate():
            for _ in range(8):
                copy.deepcopy(data)
        duplicate()
        """,
    )

    report = run("copies.py").reports[0]

    libraries: dict[str | None, float] = defaultdict(float)
    for stack in report["stacks"]:
        libraries[stack[2]] += stack[3]
    assert cpu_by_name(report, innermost=True)["duplicate"] > 0.5 * sum(libraries.values())
    assert max(libraries, key=lambda name: libraries[name]) == "copy"


def test_code_generated_in_the_project_is_no_library(run: Run, write: Write) -> None:
    write("shop/__init__.py", "exec('def generated():\\n    for _ in range(3000000): pass')")
    write("uses.py", "import shop\ndef call():\n    shop.generated()\ncall()")

    report = run("uses.py").reports[0]

    assert {stack[2] for stack in report["stacks"] if stack[3] > 0.01} == {None}
    assert cpu_by_name(report, innermost=True)["call"] > 0.01


def test_collections_are_counted_and_charged_to_where_they_were_triggered(run: Run, write: Write) -> None:
    write(
        "cycles.py",
        """
        import gc
        def makes_cycles():
            for _ in range(60_000):
                cycle = []
                cycle.append(cycle)
        def collects():
            gc.collect()
        makes_cycles()
        collects()
        """,
    )

    gc = (report := run("cycles.py").reports[0])["gc"]

    counts = {report["codes"][stack[0]][2]: count for _, stack, _, _, count in gc["stacks"] if stack}
    assert sum(gc["generations"]) >= 0.99 * sum(gc["counted"]) > 20
    assert counts["makes_cycles"] >= 0.9 * sum(gc["generations"])
    assert counts["collects"] == 1
    assert gc["pause_s"] == pytest.approx(sum(row[3] for row in gc["stacks"]))
    assert gc["collector"] == "generational"


def test_an_import_is_timed_with_the_line_that_asked_for_it(run: Run, write: Write) -> None:
    write("shop/__init__.py", "import time\nimport shop.slow\n")
    write("shop/slow.py", "import time\nend = time.thread_time() + 0.05\nwhile time.thread_time() < end: pass\n")
    write("imports.py", "import importlib\n\nimportlib.import_module('shop')\n")

    report = run("imports.py").reports[0]

    rows = {row[0]: row for row in report["imports"]}
    assert (Path(rows["shop.slow"][4]).name, rows["shop.slow"][5]) == ("__init__.py", 2)
    assert (Path(rows["shop"][4]).name, rows["shop"][5]) == ("imports.py", 3)
    assert rows["shop.slow"][2] >= 0.05
    assert rows["shop"][2] < 0.04 < rows["shop"][3]
    assert report["project_imports"] == 2


def test_sampling_keeps_none_of_the_programs_objects_alive(run: Run, write: Write) -> None:
    write(
        "objects.py",
        """
        import gc
        gc.disable()
        alive = 0
        class Counted:
            def __init__(self):
                global alive
                alive += 1
            def __del__(self):
                global alive
                alive -= 1
        def passes():
            counted = Counted()
            for _ in range(20_000): pass
        for _ in range(600):
            passes()
        print(alive, gc.isenabled())
        """,
    )

    outcome = run("objects.py")

    assert outcome.stdout == "0 False\n"
    assert outcome.reports[0]["ticks"] > 20


def test_generators_can_be_sampled_while_they_are_suspended(run: Run, write: Write) -> None:
    write(
        "generators.py",
        """
        def chain(depth):
            if depth:
                yield from chain(depth - 1)
            for number in range(20):
                yield number
        total = 0
        for _ in range(4_000):
            total += sum(chain(12))
        print(total)
        """,
    )

    outcome = run("generators.py")

    assert (outcome.stdout, outcome.code) == ("9880000\n", 0)
    seen = cpu_by_name(outcome.reports[0], innermost=True)
    assert seen["chain"] > 0.5 * sum(seen.values())


def test_what_holds_the_loop_is_split_into_cpu_and_waiting(run: Run, write: Write) -> None:
    write(
        "loop.py",
        """
        import asyncio, time
        def query():
            time.sleep(0.1)
        async def blocks():
            await asyncio.sleep(0)
            query()
        async def burns():
            await asyncio.sleep(0)
            end = time.thread_time() + 0.12
            while time.thread_time() < end:
                sum(range(500))
        async def waits():
            await asyncio.sleep(0.1)
        async def main():
            await asyncio.gather(blocks(), burns(), waits())
        asyncio.run(main())
        """,
    )

    report = run("loop.py").reports[0]

    held = {report["codes"][number][2]: (cpu_s, blocked_s) for number, cpu_s, blocked_s, *_ in report["loop"]}
    assert held["blocks"][0] < 0.02
    assert held["blocks"][1] == pytest.approx(0.1, rel=0.3)
    assert held["burns"][0] == pytest.approx(0.12, rel=0.1)
    assert held["burns"][1] < 0.06
    assert sum(held.get("waits", (0.0, 0.0))) < 0.02


def test_resident_growth_belongs_to_the_function_that_touches_new_memory(run: Run, write: Write) -> None:
    write(
        "grows.py",
        """
        import time
        def grows():
            kept = [bytes([number]) * 1_000_000 for number in range(60)]
            time.sleep(0.05)
            return kept
        def rests():
            time.sleep(0.05)
        kept = grows()
        rests()
        """,
    )

    report = run("grows.py").reports[0]

    growth: dict[str, int] = defaultdict(int)
    for stack in report["stacks"]:
        if stack[1]:
            growth[report["codes"][stack[1][0]][2]] += stack[6]
    assert growth["grows"] + growth["<listcomp>"] > 40_000_000
    assert growth["rests"] < 5_000_000


def test_files_of_an_environment_inside_the_tree_are_no_project_code(run: Run, write: Write) -> None:
    write(".venv/lib/site-packages/heavy.py", "def burn():\n    for _ in range(3000000): pass\n")
    write("uses.py", "import sys\nsys.path.insert(0, '.venv/lib/site-packages')\nimport heavy\nheavy.burn()\n")

    report = run("uses.py").reports[0]

    assert {code[0] for code in report["codes"]} == {"uses.py"}
    assert max(report["stacks"], key=lambda stack: stack[3])[2] == "heavy"


def test_a_wait_is_told_with_its_line_its_library_and_whether_it_held_a_loop(run: Run, write: Write) -> None:
    write(
        "waits.py",
        """
        import asyncio, subprocess, sys, threading, time
        def naps():
            time.sleep(0.1)
            time.sleep(0.05)
        def starts():
            subprocess.run([sys.executable, "-S", "-c", "import time; time.sleep(0.1)"])
        async def blocks():
            time.sleep(0.1)
        async def idles():
            await asyncio.sleep(0.1)
        thread = threading.Thread(target=naps)
        thread.start()
        thread.join()
        starts()
        asyncio.run(blocks())
        asyncio.run(idles())
        """,
    )

    report = max(run("waits.py").reports, key=lambda report: len(report["waits"]))

    waits = {
        (report["codes"][number][2], line, library): (waited_s, on_loop_s)
        for number, line, library, waited_s, on_loop_s in report["waits"]
    }
    assert waits["naps", 4, None] == (pytest.approx(0.1, rel=0.5), 0.0)
    assert waits["naps", 5, None] == (pytest.approx(0.05, rel=0.5), 0.0)
    assert waits["starts", 7, "subprocess"][0] > 0.05
    assert waits["blocks", 9, None][1] == pytest.approx(0.1, rel=0.5)
    assert waits["<module>", 14, "threading"][0] > 0.1
    assert all(on_loop_s == 0 for place, (_, on_loop_s) in waits.items() if place[0] != "blocks")
    whole_s = sum(stack[7] for stack in report["stacks"] if stack[1])
    assert sum(waited_s for waited_s, _ in waits.values()) == pytest.approx(whole_s)
