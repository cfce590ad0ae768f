from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

CLASSES = """
    import time
    from collections import namedtuple
    from dataclasses import dataclass

    class Outer:
        @dataclass
        class Point:
            x: int
            y: int

    class Slim:
        __slots__ = ("x",)

    class Rare:
        pass

    Pair = namedtuple("Pair", "a b")

    class Hostile(type):
        def __eq__(cls, other):
            raise RuntimeError
        def __hash__(cls):
            raise RuntimeError
        def __getattribute__(cls, name):
            raise RuntimeError

    class Odd(metaclass=Hostile):
        pass

    def fill():
        points = [Outer.Point(number, number) for number in range(30_000)]
        others = [Slim() for _ in range(3_000)], [Rare() for _ in range(900)], [Pair(1, 2) for _ in range(3_000)]
        odd = [type.__call__(Odd) for _ in range(3_000)]
        blob = [bytes(1000) for _ in range(20_000)]
        time.sleep(0.05)
        return len(points)

    print(fill())
"""


@pytest.mark.parametrize("version", ["3.9", "3.11", "3.12", "3.13", "3.14"])
def test_instances_that_keep_a_dictionary_are_counted_at_the_highest_heaps(
    run: Run, write: Write, find_python: Callable[[str], str], version: str
) -> None:
    write("shop/__init__.py", CLASSES)
    write("uses.py", "import shop")

    outcome = run("uses.py", harness="ratchet_memory", python=find_python(version))

    assert outcome.stdout == "30000\n"
    report = outcome.reports[0]
    rows = {(file, name): (instances, size) for file, name, instances, size in report["classes"]}
    assert {name for _, name in rows} - {"Odd"} == {"Outer.Point"}
    instances, size = rows["shop/__init__.py", "Outer.Point"]
    assert instances == 30_000
    assert 48 <= size <= 400
    assert report["hook_errors"] == 0


def test_counting_does_not_raise_the_peak(run: Run, write: Write) -> None:
    write("objects.py", "import time\nrows = [[number] for number in range(300_000)]\ntime.sleep(0.1)\nheld = 1\n")

    report = run("objects.py", harness="ratchet_memory").reports[0]

    assert report["peak_bytes"] < 1.1 * sum(size for _, _, size in report["live"])


def test_a_small_heap_is_not_looked_through(run: Run, write: Write) -> None:
    write("small.py", "import time\nclass A: pass\nrows = [A() for _ in range(2000)]\ntime.sleep(0.03)\n")

    assert run("small.py", harness="ratchet_memory").reports[0]["classes"] == []
