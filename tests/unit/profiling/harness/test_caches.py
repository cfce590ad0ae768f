import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.collect.caches import HARNESS, merge
from profiling.collect.source import Source
from profiling.model import FunctionKey, Tree

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

SHOP = """\
    import functools

    @functools.lru_cache(maxsize=8)
    def price(n):
        return n * 2

    class Till:
        @functools.lru_cache(maxsize=None)
        def rate(self):
            return 3

    @functools.lru_cache()
    def idle():
        pass

    odd = functools.lru_cache()(len)
    odd("xx")
"""
PRICE = FunctionKey(file="shop/__init__.py", first_line=3, qualname="price")
RATE = FunctionKey(file="shop/__init__.py", first_line=8, qualname="Till.rate")


@pytest.mark.parametrize("version", ["3.9", "3.11", "3.13", "3.14"])
def test_hits_misses_and_entries_of_the_project_s_caches_are_exact(
    run: Run, write: Write, tree: Tree, find_python: Callable[[str], str], version: str
) -> None:
    write("shop/__init__.py", SHOP)
    write(
        "uses.py",
        "import shop\nfor n in range(30): shop.price(n % 10 // 2)\ntill = shop.Till()\ntill.rate(); till.rate()\n",
    )

    outcome = run("uses.py", harness=HARNESS, python=find_python(version))

    assert (outcome.code, outcome.stderr) == (0, "")
    found = merge(outcome.reports, Source(root=tree.root))
    assert [(each.key, each.hits, each.misses, each.entries, each.limit) for each in found] == [
        (PRICE, 25, 5, 5, 8),
        (RATE, 1, 1, 1, None),
    ]
    assert math.isclose(found[0].hit_rate, 25 / 30)


def test_what_a_parent_looked_up_is_not_counted_for_its_children_again(run: Run, write: Write, tree: Tree) -> None:
    write("shop/__init__.py", SHOP)
    write(
        "uses.py", "import os, shop\nfor n in range(4): shop.price(1)\nshop.price(1) if os.fork() else shop.price(1)\n"
    )

    outcome = run("uses.py", harness=HARNESS)

    (found,) = merge(outcome.reports, Source(root=tree.root))
    assert (found.hits, found.misses) == (5, 1)


def test_a_cache_that_was_cleared_tells_what_came_after(run: Run, write: Write, tree: Tree) -> None:
    write("shop/__init__.py", SHOP)
    write("uses.py", "import shop\nfor n in range(9): shop.price(1)\nshop.price.cache_clear()\nshop.price(1)\n")

    (found,) = merge(run("uses.py", harness=HARNESS).reports, Source(root=tree.root))

    assert (found.hits, found.misses) == (0, 1)


@given(
    st.lists(
        st.fixed_dictionaries({"caches": st.lists(st.tuples(*[st.integers() | st.text(max_size=3) | st.none()] * 7))})
        | st.dictionaries(st.text(max_size=8), st.integers())
    )
)
def test_reports_that_are_none_are_left_out(reports: list[dict[str, Any]]) -> None:
    for each in merge(reports, Source(root=Path("/no/such/folder"))):
        assert 0 <= each.hit_rate <= 1
