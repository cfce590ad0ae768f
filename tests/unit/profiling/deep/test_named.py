from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiling.deep.named import MOST, NotNamed, named
from profiling.model import FunctionKey, Tree

WriteFile = Callable[[str, str], Path]

CART = """\
def total(items):
    def each(item):
        return item
    return sum(map(each, items))


class Cart:
    @property
    def total(self):
        return 1

    def add(self, item):
        pass
"""


@pytest.fixture
def shop(tree: Tree, write: WriteFile) -> Tree:
    write("shop/__init__.py", "")
    write("shop/cart.py", CART)
    write("shop/till.py", "def add(a, b):\n    return a + b\n")
    write("bench.py", "def main():\n    pass\n")
    write(".venv/lib/site-packages/other.py", "def add(a):\n    pass\n")
    return Tree(root=tree.root, import_roots=(".",), packages=("shop",), source_paths=("shop",))


@pytest.mark.parametrize(
    ("text", "qualnames"),
    [
        ("total", ["shop/cart.py:total"]),
        ("Cart.total", ["shop/cart.py:Cart.total"]),
        ("cart.Cart.total", ["shop/cart.py:Cart.total"]),
        ("shop.cart.total", ["shop/cart.py:total"]),
        ("each", ["shop/cart.py:total.<locals>.each"]),
        ("add", ["shop/till.py:add"]),
        ("Cart.add", ["shop/cart.py:Cart.add"]),
        ("cart.py:add", ["shop/cart.py:Cart.add"]),
        ("shop/cart.py:total", ["shop/cart.py:total"]),
        ("cart.py:9", ["shop/cart.py:Cart.total"]),
        ("cart.py:3", ["shop/cart.py:total.<locals>.each"]),
        ("bench.py:main", ["bench.py:main"]),
    ],
)
def test_a_function_is_found_by_what_a_person_calls_it(shop: Tree, text: str, qualnames: list[str]) -> None:
    assert [f"{key.file}:{key.qualname}" for key in named(text, shop)] == qualnames


def test_a_decorated_function_begins_where_its_code_object_does(shop: Tree) -> None:
    (found,) = named("Cart.total", shop)

    assert found == FunctionKey(file="shop/cart.py", first_line=8, qualname="Cart.total")


def test_the_script_that_is_run_counts_as_the_project_s(shop: Tree) -> None:
    with pytest.raises(NotNamed):
        named("main", shop)

    assert named("main", shop, ("python", "bench.py"))[0].file == "bench.py"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("totl", "did you mean total"),
        ("cart.py:6", "no function"),
        ("cart.py:nothing_like_it_at_all", "4 were looked at"),
        ("gone.py:total", "no function"),
        ("../../etc/passwd:root", "no function"),
        ("other.py:add", "no function"),
    ],
)
def test_what_names_nothing_of_the_project_is_refused_with_what_comes_near(shop: Tree, text: str, said: str) -> None:
    with pytest.raises(NotNamed, match=said):
        named(text, shop)


def test_a_name_that_fits_too_many_functions_is_refused_with_some_of_them(shop: Tree, write: WriteFile) -> None:
    classes = "\n".join(f"class C{number}:\n    def run(self):\n        pass\n" for number in range(MOST + 1))
    write("shop/many.py", classes)

    with pytest.raises(NotNamed, match=r"names 9 functions.*shop/many\.py:C0\.run"):
        named("run", shop)

    assert len(named("C3.run", shop)) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=30)
    | st.sampled_from([":", ".", ":1", "cart.py:", "cart.py:0", "cart.py:" + "9" * 30, "\0:x"])
)
def test_any_text_finds_functions_of_the_project_or_is_refused(shop: Tree, text: str) -> None:
    found: tuple[FunctionKey, ...] = ()
    with suppress(NotNamed):
        found = named(text, shop)

    assert all(key.file.startswith("shop/") for key in found)
