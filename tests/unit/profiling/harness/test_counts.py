"""The counts pass, run for real in every interpreter at hand."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[[str, str], Path]
VERSIONS = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]
MONITORED = ("3.12", "3.13", "3.14")

WORDS = """
import json
from shop import parts
def leaf(n):
    return n
def steps(n):
    yield from range(n)
async def waits():
    import asyncio
    for _ in range(3):
        await asyncio.sleep(0)
    return leaf(1)
def decorated(function):
    return function
@decorated
def recursive(n):
    return 0 if n == 0 else recursive(n - 1)
"""
PARTS = """
import json.decoder
class Part:
    def price(self):
        return 1
def never():
    pass
at_import = Part().price()
"""
BENCH = """
import asyncio, functools, multiprocessing, sys, threading
from concurrent.futures import ThreadPoolExecutor
import shop, json, decimal
def work(count):
    for _ in range(count):
        shop.leaf(1)
    return sum(shop.steps(3))
@functools.lru_cache(maxsize=None)
def cached(n):
    return shop.leaf(n)
class Sorter:
    def sort(self):
        return sorted([3, 2], key=lambda value: shop.leaf(value))
def imports_late():
    import fractions
    for _ in range(7):
        shop.leaf(2)
def main():
    threads = [threading.Thread(target=work, args=(5,)) for _ in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    with ThreadPoolExecutor(2) as executor:
        list(executor.map(work, [2] * 4))
    Sorter().sort()
    imports_late()
    asyncio.run(shop.waits())
    cached(1), cached(2), cached(1)
    shop.recursive(4)
    json.dumps([1], indent=1)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(work, [10] * 4, chunksize=1)
    try:
        import missing
    except ImportError:
        import traceback
        traceback.print_exc()
if __name__ == "__main__":
    main()
    print("done")
    sys.exit(7)
"""


def calls_of(reports: list[Mapping[str, Any]]) -> Counter[str]:
    calls: Counter[str] = Counter()
    for report in reports:
        for _, _, name, count in report["calls"]:
            calls[name] += count
    return calls


def edges_of(reports: list[Mapping[str, Any]]) -> Counter[tuple[str, str]]:
    edges: Counter[tuple[str, str]] = Counter()
    for report in reports:
        for caller, callee, count in report["edges"]:
            edges[report["codes"][caller][2], report["codes"][callee][2]] += count
    return edges


@pytest.mark.parametrize("version", VERSIONS)
def test_calls_of_all_threads_and_processes_are_exact_and_the_program_is_left_alone(
    run: Run, write: Write, find_python: Callable[[str], str], version: str
) -> None:
    python = find_python(version)
    write("shop/__init__.py", WORDS), write("shop/parts.py", PARTS), write("bench.py", BENCH)

    plain = run("bench.py", python=python, injected=False)
    counted = run("bench.py", python=python, harness="ratchet_counts")

    assert (counted.stdout, counted.stderr, counted.code) == (plain.stdout, plain.stderr, 7)
    assert [(report["hook_errors"], report["notes"]) for report in counted.reports] == [(0, [])] * 3
    calls, edges = calls_of(counted.reports), edges_of(counted.reports)
    in_threads, in_processes, elsewhere = 3 * 5 + 4 * 2, 4 * 10, 2 + 7 + 1 + 2
    assert calls["leaf"] == in_threads + in_processes + elsewhere
    assert {name: calls[name] for name in ("main", "work", "cached", "recursive", "sort", "price", "decorated")} == {
        "main": 1,
        "work": 3 + 4 + 4,
        "cached": 2,
        "recursive": 5,
        "sort": 1,
        "price": 1,
        "decorated": 1,
    }
    assert edges["work", "leaf"] == in_threads + in_processes
    assert edges["imports_late", "leaf"] == 7
    assert edges["<lambda>", "leaf"] == 2
    assert edges["waits", "leaf"] == 1
    assert edges["cached", "leaf"] == 2
    assert edges["recursive", "recursive"] == 4
    monitored = version in MONITORED
    assert (calls["steps"], calls["waits"]) == ((3 + 4 + 4, 1) if monitored else (0, 0))
    assert edges["main", "cached"] == 2
    if monitored:
        assert edges["main", "waits"] == 1


@pytest.mark.parametrize("version", ["3.9", "3.11", "3.13", "3.14"])
def test_a_module_is_used_when_a_function_ran_after_its_import_and_every_importer_is_told(
    run: Run, write: Write, find_python: Callable[[str], str], version: str
) -> None:
    python = find_python(version)
    write("shop/__init__.py", WORDS), write("shop/parts.py", PARTS)
    write(
        "bench.py", "import shop\nimport decimal, xml.dom.minidom\nimport json\nshop.leaf(1)\njson.dumps(1, indent=2)\n"
    )

    (report,) = run("bench.py", python=python, harness="ratchet_counts").reports

    used = {name: is_used for name, _, is_used in report["modules"]}
    assert {
        name: used[name] for name in ("shop", "shop.parts", "json", "json.encoder", "xml.dom.minidom", "decimal")
    } == {
        "shop": True,
        "shop.parts": False,
        "json": True,
        "json.encoder": True,
        "xml.dom.minidom": False,
        "decimal": False,
    }
    lines = {(name, Path(file).name, line) for name, file, line in report["importers"]}
    assert {("json", "bench.py", 3), ("json", "__init__.py", 2), ("json", "parts.py", 2)} <= lines
    assert {("json.decoder", "parts.py", 2), ("json.decoder", "__init__.py", 106)} & lines
    assert ("shop.parts", "__init__.py", 3) in lines
    assert ("xml.dom", "bench.py", 2) in lines


@pytest.mark.parametrize("version", ["3.9", "3.11", "3.12", "3.13", "3.14"])
def test_a_profiler_of_the_programs_own_works_as_without_us(
    run: Run, write: Write, find_python: Callable[[str], str], version: str
) -> None:
    python = find_python(version)
    write(
        "own.py",
        """
        import cProfile
        def work():
            return 1
        work()
        profiler = cProfile.Profile()
        profiler.enable()
        work(), work()
        profiler.disable()
        print([entry.callcount for entry in profiler.getstats() if getattr(entry.code, "co_name", "") == "work"])
        """,
    )

    outcome = run("own.py", python=python, harness="ratchet_counts")

    assert (outcome.stdout, outcome.stderr) == ("[2]\n", "")
    (report,) = outcome.reports
    if version in MONITORED:
        assert calls_of([report])["work"] == 3
        assert report["notes"] == []
    else:
        assert calls_of([report])["work"] == 1
        assert "profile function of its own" in report["notes"][0]


@pytest.mark.parametrize("version", ["3.9", "3.11", "3.13", "3.14"])
def test_library_code_between_two_functions_is_left_out_of_their_edge(
    run: Run, write: Write, find_python: Callable[[str], str], version: str
) -> None:
    python = find_python(version)
    write(
        "between.py",
        """
        import re, textwrap, functools
        def repeats(match):
            return match.group() * 2
        def replaces():
            return re.sub("a", repeats, "banana")
        def replaces_too():
            return re.sub("n", repeats, "banana")
        class Order:
            @functools.total_ordering
            class Key:
                def __lt__(self, other):
                    return False
                def __eq__(self, other):
                    return False
        def compares():
            return Order.Key() >= Order.Key()
        replaces(), compares()
        if __name__ == "elsewhere":
            replaces_too()
        """,
    )

    edges = edges_of(run("between.py", python=python, harness="ratchet_counts").reports)

    assert edges["replaces", "repeats"] == 3
    assert edges["compares", "__lt__"] == 1


def test_a_thread_of_the_lowest_level_fails_as_without_us(run: Run, write: Write) -> None:
    write(
        "low.py",
        """
        import _thread, time
        def fails():
            raise ValueError("on purpose")
        _thread.start_new_thread(fails, ())
        time.sleep(0.2)
        try:
            _thread.start_new_thread(3, ())
        except TypeError as error:
            print(error)
        """,
    )

    plain, counted = run("low.py", injected=False), run("low.py", harness="ratchet_counts")

    address = __import__("re").compile("0x[0-9a-f]+")
    assert address.sub("", counted.stderr) == address.sub("", plain.stderr)
    assert "on purpose" in counted.stderr
    assert counted.stdout == plain.stdout


def test_many_threads_one_after_another_are_all_counted(run: Run, write: Write) -> None:
    write(
        "many.py",
        """
        import threading
        def work():
            return 1
        for _ in range(200):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        threads = [threading.Thread(target=work) for _ in range(60)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """,
    )

    outcome = run("many.py", harness="ratchet_counts")

    assert outcome.stderr == ""
    assert calls_of(outcome.reports)["work"] == 260
