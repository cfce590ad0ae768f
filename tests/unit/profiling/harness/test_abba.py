import gc
import random
from collections.abc import Callable
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.harness.ratchet_abba_body import NotTimed, body_of, can_be_shared
from profiling.harness.ratchet_abba_clock import Clocks
from profiling.harness.ratchet_calls import Found
from profiling.measure.callables import Subject, measure_calls
from profiling.measure.engine import Plan
from profiling.model import Dimension, Interpreter
from tests.fakes.behaviour_trees import Trees, functions_of

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
CONSTANT = st.recursive(SCALARS, lambda inner: st.tuples(inner, inner) | st.frozensets(SCALARS, max_size=3))
METHOD = """
class Order:
    def __init__(self, n):
        self.n = n
    def total(self, by=2):
        return [number * by for number in range(self.n)]
"""
MAIN = """
from mod import Order
for number in range(30):
    Order(1000 + number).total(by=3)
"""
done: list[object] = []


def plain(n: int, *, by: int = 1) -> int:
    done.append(n * by)
    return n


def items(n: int) -> Any:
    for number in range(n):
        done.append(number)
        yield number


async def awaited(n: int) -> None:
    done.append(n)


async def later(n: int) -> Any:
    for number in range(n):
        done.append(number)
        yield number


@contextmanager
def held(n: int) -> Any:
    done.append(n)
    yield
    done.append("left")


@asynccontextmanager
async def held_later(n: int) -> Any:
    yield n


@lru_cache
def remembered(n: int) -> None:
    done.append(n)


def found(call: Callable[..., Any]) -> Found:
    return Found(call, (), ModuleType("mod"), getattr(call, "__wrapped__", call))


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    done.clear()
    remembered.cache_clear()


@pytest.mark.parametrize(
    ("call", "left"),
    [
        (plain, [2, 3]),
        (items, [0, 1, 0, 1, 2]),
        (awaited, [2, 3]),
        (later, [0, 1, 0, 1, 2]),
        (held, [2, "left", 3, "left"]),
        (remembered, [2, 3]),
    ],
)
def test_every_kind_of_function_is_driven_to_its_end(call: Callable[..., Any], left: list[object]) -> None:
    function = found(call)

    assert body_of(function)(function.call, [((2,), {}), ((3,), {})]) == 0
    assert done == left


def test_keywords_are_given_and_exceptions_counted() -> None:
    function = found(plain)

    assert body_of(function)(function.call, [((2,), {"by": 5}), ((), {}), (("x",), {"by": "y"})]) == 2
    assert done == [10]


@pytest.mark.parametrize("call", [items, awaited, later, held])
def test_exceptions_of_what_is_lazy_are_counted(call: Callable[..., Any]) -> None:
    function = found(call)

    assert body_of(function)(function.call, [((), {}), ((1, 2), {})]) == 2


def test_an_asynchronous_context_manager_is_not_timed() -> None:
    with pytest.raises(NotTimed, match="asynchronous context manager"):
        body_of(found(held_later))


@given(CONSTANT)
def test_constants_can_be_shared(value: object) -> None:
    assert can_be_shared(value)


@given(CONSTANT, st.sampled_from([[], {}, set(), bytearray(), object(), iter(())]))
def test_what_a_call_can_change_is_not_shared_however_deep_it_lies(value: object, mutable: object) -> None:
    assert not can_be_shared((value, (mutable,)))


def test_what_is_shared_within_itself_ends() -> None:
    value: object = (1,)
    for _ in range(100):
        value = (value, value)

    assert not can_be_shared(value)


def test_a_subclass_of_a_constant_type_is_not_shared() -> None:
    class Text(str):
        __slots__ = ("mutable",)

    assert not can_be_shared(Text("x"))


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.9", "3.10", "3.12", "3.13", "3.14"])
def test_recorded_methods_are_timed_by_every_interpreter(
    find_python: Callable[[str], str], version: str, tmp_path: Path
) -> None:
    major, minor = version.split(".")
    trees = Trees(tmp_path, Interpreter(executable=find_python(version), version=(int(major), int(minor), 0)))
    base = trees.tree({"mod.py": METHOD, "main.py": MAIN})
    change = trees.tree({"mod.py": METHOD.replace("self.n)", "self.n // 10)"), "main.py": MAIN})
    keys = functions_of("mod.py", METHOD)

    found = measure_calls(
        base,
        change,
        Subject(recording=trees.record(base, keys), function=keys[-1]),
        trees.interpreter,
        Plan(target=Dimension.CPU_S, max_pairs=1),
        processes=trees.processes,
        scratch=trees.fresh("scratch"),
        rng=random.Random(1),
        on_pair=lambda _: None,
    )

    assert found.measured.ratio < 0.5
    assert found.calls == 30


def test_a_block_counts_its_collections_and_its_raising_calls() -> None:
    clocks = Clocks()
    try:
        quiet = clocks.timed(lambda: 0)
        busy = clocks.timed(lambda: bool(gc.collect() >= 0) + 2)
    finally:
        gc.callbacks.remove(clocks.collections.happened)

    assert busy["collections"] == 1
    assert busy["raised"] == 3
    assert busy["gc_s"] > quiet["gc_s"] >= 0  # type: ignore[operator]
    assert 0 < quiet["cpu_s"] < busy["cpu_s"]  # type: ignore[operator]


def test_a_delay_is_told_or_not_known_and_never_negative() -> None:
    clocks = Clocks()
    gc.callbacks.remove(clocks.collections.happened)

    delays = [clocks.timed(lambda: sum(range(1000)) and 0)["delay_s"] for _ in range(20)]

    assert all(delay is None or delay >= 0 for delay in delays)  # type: ignore[operator]
