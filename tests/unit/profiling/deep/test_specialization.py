import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.deep import specialization
from profiling.deep.model import Instability
from profiling.deep.run import DeepRun
from profiling.deep.source_lines import SourceLines
from profiling.deep.specialization import judged
from profiling.model import FunctionKey

WriteFile = Callable[[str, str], Path]
OWN_MINOR = f"/3.{sys.version_info.minor}."
MANAGED = sorted(str(path) for path in Path.home().glob(".pyenv/versions/3.*/bin/python"))
PYTHONS = [sys.executable, *(path for path in MANAGED if OWN_MINOR not in path)]
SPECIALIZING = [python for python in PYTHONS if not any(f"/3.{minor}." in python for minor in (6, 7, 8, 9, 10))]

SHOP = """\
class P:
    def __init__(self, x):
        self.x = x


class Q:
    def __init__(self, x):
        self.y = 1
        self.x = x


def same(items):
    total = 0
    for item in items:
        total = total + item.x
    return total


def mixed(items):
    total = 0
    for item in items:
        total = total + item.x
    return total


def shifts(items):
    total = 0
    for item in items:
        total = total ^ item.x
    return total


def never(items):
    return items.x
"""
BENCH = """\
import shop, time
same = [shop.P(number) for number in range(1000)]
mixed = [(shop.P, shop.Q)[number % 2](number if number % 3 else float(number)) for number in range(1000)]
for _ in range(100):
    shop.same(same)
    shop.mixed(mixed)
    shop.shifts(same)
"""
FUNCTIONS = (("shop.py", 12, "same"), ("shop.py", 19, "mixed"), ("shop.py", 26, "shifts"), ("shop.py", 33, "never"))


def _version(python: str) -> tuple[int, int, int]:
    for minor in (12, 13, 14):
        if f"/3.{minor}." in python:
            return (3, minor, 0)
    major, minor, micro = sys.version_info[:3] if python == sys.executable else (3, 11, 0)
    return (major, minor, micro)


@pytest.mark.parametrize("python", SPECIALIZING, ids=lambda path: "/".join(Path(path).parts[-3:-2]))
def test_changing_types_are_told_from_types_that_stay(
    deep_run: Callable[..., DeepRun], write: WriteFile, python: str
) -> None:
    write("shop.py", SHOP)
    write("bench.py", BENCH)

    found, notes = specialization.specialization(
        deep_run(executable=python, version=_version(python), functions=FUNCTIONS)
    )

    assert found is not None, notes
    functions = {each.key.qualname: each for each in found.functions}
    assert functions["same"].unstable == ()
    assert functions["same"].share == 1.0
    assert functions["same"].stable >= 2
    unstable = {each.instruction: each for each in functions["mixed"].unstable}
    assert set(unstable) == {"LOAD_ATTR", "BINARY_OP"}
    assert unstable["LOAD_ATTR"].operand == "x"
    assert {each.line for each in unstable.values()} == {22}
    assert {each.text for each in unstable.values()} == {"total = total + item.x"}
    share = functions["mixed"].share
    assert share is not None
    assert share < 0.5
    assert functions["shifts"].unstable == ()
    assert functions["never"].share is None
    assert not any("swallowed" in note for note in notes)


@pytest.mark.parametrize(
    ("version", "free_threaded", "said"),
    [((3, 9, 18), False, "cpython 3.9.18"), ((3, 10, 0), False, "from 3.11 on"), ((3, 13, 0), True, "free-threaded")],
)
def test_interpreters_that_do_not_specialise_are_not_run(
    deep_run: Callable[..., DeepRun], version: tuple[int, int, int], free_threaded: bool, said: str
) -> None:
    found, (note,) = specialization.specialization(
        deep_run("no-such-program", version=version, free_threaded=free_threaded, functions=FUNCTIONS)
    )
    assert found is None
    assert said in note


def test_functions_that_are_never_found_are_said(deep_run: Callable[..., DeepRun], write: WriteFile) -> None:
    write("bench.py", "pass\n")
    found, notes = specialization.specialization(deep_run(functions=(("shop.py", 1, "gone"),)))
    assert found is None
    assert "never found" in notes[-1]


@pytest.mark.parametrize(
    ("form", "failures", "misses", "forms", "expected"),
    [
        ("LOAD_ATTR_SLOT", 0, 0, 1, None),
        ("LOAD_ATTR_SLOT", 0, 3, 1, None),
        ("LOAD_ATTR_SLOT", 0, 8, 1, Instability.MISSES),
        ("LOAD_ATTR_SLOT", 0, 0, 2, Instability.CHANGES),
        (None, 2, 0, 0, Instability.FAILED),
        (None, 2, 0, 1, Instability.CHANGES),
        (None, 0, 0, 0, None),
    ],
)
def test_an_instruction_is_judged_by_its_form_failures_and_misses(
    tmp_path: Path, form: str | None, failures: int, misses: int, forms: int, expected: Instability | None
) -> None:
    key = FunctionKey(file="shop.py", first_line=1, qualname="f")
    report = {"problem": None, "rows": [[0, 2, "LOAD_ATTR", "x", form, failures, misses, forms]]}

    (found,) = judged([report], [key], SourceLines(root=tmp_path))

    assert [each.instability for each in found.unstable] == ([expected] if expected else [])
    assert found.cold == (form is None and not failures)
    assert found.stable + found.cold + len(found.unstable) == 1


_row = st.tuples(
    st.integers(0, 3),
    st.integers(),
    st.text(max_size=3),
    st.text(max_size=3),
    st.none() | st.text(max_size=3),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 3),
)


@given(st.lists(st.lists(_row, max_size=6), max_size=3))
def test_every_instruction_is_stable_cold_or_unstable(rows: list[list[object]]) -> None:
    keys = [FunctionKey(file="shop.py", first_line=1, qualname="f"), FunctionKey(file="a", first_line=2, qualname="g")]
    reports = [{"rows": each} for each in rows]
    for found in judged(reports, keys, SourceLines(root=Path("/nowhere"))):
        assert found.stable >= 0
        assert found.key in keys
        assert found.share is None or 0 <= found.share <= 1
