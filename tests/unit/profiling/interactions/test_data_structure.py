from pathlib import Path
from typing import Any

import pytest

from profiling.model import Dimension
from profiling.profile import FunctionProfile
from profiling.target import InteractionKind

MIB = 1024 * 1024
SOURCE = """\
from dataclasses import dataclass

@dataclass
class Point:
    x: float
    y: float

    def move(self):
        self.moved = True


def total(points):
    return sum(point.x * point.y for point in points)


def other(things):
    return [thing.x for thing in things]


def make(points):
    for point in points:
        point.x = point.y = 1
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "a.py").write_text(SOURCE)
    return tmp_path


def busy(make: Any, name: str, line: int, cpu_self_s: float = 0.5, **changes: Any) -> FunctionProfile:
    return make.function(name, line=line, cpu_self_s=cpu_self_s, **changes)


def test_many_instances_and_a_function_that_reads_their_attributes_are_an_interaction(
    make: Any, traced: dict[str, Any], root: Path
) -> None:
    point = make.instances("Point", 40_000, each=72, line=3)
    found = make.only(make.profile(busy(make, "total", 12), classes=(point,), **traced), root=root)
    assert (found.kind, found.key) == (InteractionKind.DATA_STRUCTURE, make.key("Point", line=3))
    assert [(one.dimension, one.text) for one in found.evidence] == [
        (Dimension.PEAK_MIB, "40000 instances of Point at once, about 2.7 MiB with a dict each (72 bytes)"),
        (Dimension.CPU_S, "what works on them takes 0.5 s (5% of the CPU): total"),
    ]


def test_methods_work_on_their_class_without_any_source(make: Any, traced: dict[str, Any]) -> None:
    maker, method = make.function("Point.__init__", calls=40_000), busy(make, "Point.length", 30)
    profiled = make.profile(maker, method, classes=(make.instances("Point", 40_000),), **traced)
    assert make.only(profiled).key == make.key("Point.__init__")


@pytest.mark.parametrize(
    ("name", "line", "changes"),
    [
        ("other", 16, {}),
        ("make", 20, {}),
        ("total", 12, {"cpu_self_s": 0.09}),
        ("total", 12, {"samples_self": 29}),
    ],
    ids=["one name alone", "only stores", "cheap", "too few samples"],
)
def test_nobody_busy_with_them_is_no_interaction(
    make: Any, traced: dict[str, Any], root: Path, name: str, line: int, changes: dict[str, Any]
) -> None:
    point = make.instances("Point", 40_000, line=3)
    assert make.found(make.profile(busy(make, name, line, **changes), classes=(point,), **traced), root=root) == ()


@pytest.mark.parametrize(("count", "each"), [(999, 10_000), (20_000, 100)])
def test_few_or_light_instances_are_none(make: Any, traced: dict[str, Any], root: Path, count: int, each: int) -> None:
    point = make.instances("Point", count, each=each, line=3)
    assert make.found(make.profile(busy(make, "total", 12), classes=(point,), **traced), root=root) == ()


def test_where_instances_were_counted_calls_of_a_maker_count_no_more(make: Any, traced: dict[str, Any]) -> None:
    slotted = make.function("Point.__init__", calls=120_000, live_bytes=19 * MIB)
    functions = (slotted, busy(make, "Point.length", 30))
    assert make.found(make.profile(*functions, **traced)) == ()
    assert len(make.found(make.profile(*functions))) == 1


@pytest.mark.parametrize(
    ("first", "is_reader"),
    [("import pkg.a", True), ("from pkg import a", True), ("from x import Point", True), ("import pkg.other", False)],
)
def test_readers_elsewhere_must_know_the_class(
    make: Any, traced: dict[str, Any], root: Path, first: str, is_reader: bool
) -> None:
    (root / "pkg" / "b.py").write_text(f"{first}\n\n\ndef area(points):\n    return [p.x * p.y for p in points]\n")
    reader = make.function("area", file="pkg/b.py", line=4, cpu_self_s=0.5)
    profiled = make.profile(reader, classes=(make.instances("Point", 40_000, line=3),), **traced)
    assert bool(make.found(profiled, root=root)) is is_reader
