import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.deep import census
from profiling.deep.census import largest
from profiling.deep.run import DeepRun

WriteFile = Callable[[str, str], Path]
OWN_MINOR = f"/3.{sys.version_info.minor}."
MANAGED = sorted(str(path) for path in Path.home().glob(".pyenv/versions/3.*/bin/python"))
PYTHONS = [sys.executable, *(path for path in MANAGED if OWN_MINOR not in path)]
SUPPORTED = [python for python in PYTHONS if not any(f"/3.{minor}." in python for minor in (6, 7, 8))]

SHOP = """
    import decorators

    class Order:
        pass

    class Slim:
        __slots__ = ("number",)

    class Odd(dict):
        def __sizeof__(self):
            print("our code was called")
            return 7

    class Meta(type):
        @property
        def __dictoffset__(cls):
            print("our code was called")
            return 1

    @decorators.same
    class Strange(metaclass=Meta):
        pass
"""
BENCH = """
    import gc, shop, time, weakref

    odd = [shop.Odd() for _ in range(1500)]
    kept = [shop.Strange() for _ in range(1200)]
    gc.disable()
    for _ in range(2):
        orders = [shop.Order() for _ in range(20_000)]
        slim = [shop.Slim() for _ in range(20_000)]
        references = [weakref.ref(order) for order in orders]
        time.sleep(0.15)
        del orders, slim
        print(sum(reference() is not None for reference in references))
"""


@pytest.mark.parametrize("python", SUPPORTED, ids=lambda path: "/".join(Path(path).parts[-3:-2]))
def test_objects_are_counted_by_type_and_neither_kept_nor_called(
    deep_run: Callable[..., DeepRun], write: WriteFile, python: str
) -> None:
    write("decorators.py", "def same(kind):\n    return kind\n")
    write("shop.py", SHOP)
    write("bench.py", BENCH)
    run = deep_run(executable=python)

    outcome = run.injected(census.HARNESS, {"own_share": 1.0}, factor=1.0, what="here")
    found = largest(outcome.reports, run.workload.tree.root)

    assert outcome.finished.stdout == "0\n0\n"
    assert outcome.notes == ()
    assert found is not None
    types = {each.name: each for each in found.types}
    order = types["shop.Order"]
    assert order.key is not None
    assert (order.key.file, order.key.first_line) == ("shop.py", 4)
    assert order.has_dict
    assert order.start.objects == 0
    assert order.peak.objects == 20_000
    assert order.end is not None
    assert order.end.objects == 0
    assert order.peak.size_bytes >= 20_000 * 16
    odd = types["shop.Odd"]
    assert odd.peak.objects == 1500
    assert odd.peak.size_bytes > 1500 * 7
    strange = types["shop.Strange"]
    assert strange.key is not None
    assert (strange.peak.objects, strange.key.first_line) == (1200, 21)
    assert found.peak > 23_000 > found.start


def test_slots_have_no_dictionary(deep_run: Callable[..., DeepRun], write: WriteFile) -> None:
    write(
        "bench.py",
        "class Slim:\n    __slots__ = ('other',)\nslim = [Slim() for _ in range(30_000)]\nother = [[] for _ in slim]\n",
    )

    found, notes = census.census(deep_run())

    assert found is not None
    slim = next(each for each in found.types if each.name == "__main__.Slim")
    assert not slim.has_dict
    assert slim.end is not None
    assert slim.end.objects == 30_000
    assert slim.key is not None
    assert slim.key.place == "bench.py:1"
    assert any("only what the garbage collector tracks" in note for note in notes)


def test_a_program_that_is_no_python_has_no_objects(deep_run: Callable[..., DeepRun]) -> None:
    found, notes = census.census(deep_run("true"))
    assert found is None
    assert any("no Python process reported" in note for note in notes)


def test_the_process_with_most_objects_is_reported(tmp_path: Path) -> None:
    small = {"types": [], "objects": [1, 5, 2], "cost_s": 0.1}
    large = {"types": [["builtins", "list", None, False, [1, 8], [9, 72], None]], "objects": [1, 9, None], "cost_s": 0}

    found = largest([small, large, {"types": "garbage"}], tmp_path)

    assert found is not None
    assert (found.peak, found.end) == (9, None)
    assert [each.name for each in found.types] == ["list"]


@given(st.dictionaries(st.sampled_from(["types", "objects", "cost_s"]), st.lists(st.integers(-5, 5)) | st.text()))
def test_reports_that_are_none_are_left_out(report: dict[str, object]) -> None:
    assert largest([report], Path("/nowhere")) is None
