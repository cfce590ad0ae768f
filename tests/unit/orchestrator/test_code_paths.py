from pathlib import Path

import pytest

from orchestrator.code_paths import code_paths, path_lines
from profiling.model import Command, FunctionKey, Tree

SHOP = """\
import json


def load(text):
    return json.loads(text)


def totals(text):
    found = []
    for number in range(1000):
        found.append(load(text)["total"])
    return found
"""
BENCH = """\
from shop.orders import totals

for _ in range(5):
    totals("{}")
"""
LOAD = FunctionKey(file="shop/orders.py", first_line=4, qualname="load")
TOTALS = FunctionKey(file="shop/orders.py", first_line=8, qualname="totals")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    for folder in ("shop", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "orders.py").write_text(SHOP)
    (tmp_path / "tests" / "test_orders.py").write_text("from shop.orders import load\n\ndef test():\n    load('{}')\n")
    (tmp_path / "bench.py").write_text(BENCH)
    return Tree(root=tmp_path, import_roots=(".",), packages=("shop",), source_paths=("shop",))


def test_functions_are_told_with_callers_callees_and_calls_through_the_workloads_loops(tree: Tree) -> None:
    found = code_paths(tree, Command(argv=("python", "bench.py")), cache=None)
    assert found[LOAD].callers == (TOTALS,)
    assert found[TOTALS].callees == (LOAD,)
    assert found[TOTALS].calls_through_loops == 5
    assert found[LOAD].calls_through_loops == 5000


def test_what_is_neither_source_nor_workload_is_not_read(tree: Tree) -> None:
    found = code_paths(tree, Command(argv=("python", "bench.py")), cache=None)
    assert {key.file for key in found} == {"shop/orders.py"}


def test_expensive_operations_and_the_loops_that_repeat_them_have_a_line_each(tree: Tree) -> None:
    (tree.root / "shop" / "orders.py").write_text(SHOP.replace("json.loads(text)", f"json.loads('{' ' * 400}')"))
    found = code_paths(tree, Command(argv=("python", "bench.py")), cache=None)
    assert path_lines(found, (LOAD, TOTALS)) == (
        "load (shop/orders.py:4), at least 5000 calls a run: json.loads at line 5 (json io)",
        "totals (shop/orders.py:8), at least 5 calls a run: shop.orders.load at line 11 (loop amplified)",
    )
    assert path_lines(found, ()) == ()
