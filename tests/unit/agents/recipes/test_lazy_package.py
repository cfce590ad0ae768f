"""A package's names are imported when they are asked for, and its users get what they got."""

import importlib
import itertools
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.recipes._base import Choice, Example, Site, Veto
from agents.recipes.lazy_package import RECIPE
from agents.recipes.project import Project
from profiling.facts import Facts
from profiling.profile import ImportProfile
from tests.fakes.recipe_programs import profile_of, project_of, reason_of

FILE = "shop/__init__.py"
BEFORE = '"""A shop."""\n\nfrom .prices import Price\n\n__all__ = ["Price"]\n'
PRICES = "class Price:\n    pass\n"


def project(text: str, others: Mapping[str, str]) -> Project:
    return project_of("", modules={"app.py": "", FILE: text, **others})


def sites(text: str, others: Mapping[str, str]) -> list[Site]:
    held = project(text, others)
    return list(RECIPE.sites(held.modules[FILE], held))


def rewritten(text: str, others: Mapping[str, str]) -> str | None:
    held = project(text, others)
    site = next(iter(RECIPE.sites(held.modules[FILE], held)), None)
    if site is None:
        return None
    children = tuple((row.split(":")[0], 1) for row in site.node_path.split("\n"))
    choice = Choice(expected_share=0.1, evidence="", parameters=children)
    return RECIPE.rewrite(site, choice, held.modules[FILE], held).apply({FILE: text})[FILE]


@pytest.mark.parametrize("example", RECIPE.examples, ids=lambda one: one.because or "rewrite")
def test_the_examples_hold_and_a_person_has_to_agree(example: Example) -> None:
    assert rewritten(example.before, dict(example.others)) == example.after
    if example.after is not None:
        assert sites(example.after, dict(example.others)) == []
    assert RECIPE.card.needs_approval


@pytest.mark.parametrize(
    ("text", "prices", "other"),
    [
        (BEFORE + "Price.x = 1\n", PRICES, ""),
        (BEFORE + "\n\ndef made():\n    return Price()\n", PRICES, ""),
        (BEFORE + "\n\ndef made(one: 'Price'):\n    return one\n", PRICES, ""),
        (BEFORE.replace("A shop.", ">>> Price()"), PRICES, ""),
        (BEFORE + "Price = 1\n", PRICES, ""),
        (BEFORE + "prices = 1\n", PRICES, ""),
        (BEFORE + "from .prices import Price as P\n", PRICES, ""),
        (BEFORE + "\n\ndef __getattr__(name):\n    return name\n", PRICES, ""),
        (BEFORE + "globals()['x'] = 1\n", PRICES, ""),
        (BEFORE.replace("\n\n__all__", "  # first\n\n__all__"), PRICES, ""),
        (BEFORE.replace("Price", "*", 1), PRICES, ""),
        (BEFORE.replace("Price", "name"), "name = 1\n", ""),
        (BEFORE.replace("Price", "shop"), "shop = 1\n", ""),
        (BEFORE.replace("Price", "other"), "other = 1\n", ""),
        (BEFORE, "Price = 1\n\n\ndef change():\n    global Price\n    Price = 2\n", ""),
        (BEFORE, PRICES, "import shop\n\nshop.Price = 1\n"),
        (BEFORE, PRICES, "import shop.orders\n\nshop.prices.Price()\n"),
        (BEFORE, PRICES, "def look():\n    from shop import Price\n\n    return Price\n"),
        (BEFORE, PRICES, "def test(monkeypatch):\n    monkeypatch.setattr('shop.Price', 1)\n"),
        (BEFORE, "import os\n\nPrice = os.environ['PRICE']\n", ""),
    ],
)
def test_what_the_package_or_its_files_need_or_change_is_imported_at_once(text, prices, other):
    assert sites(BEFORE, {"shop/prices.py": PRICES, "shop/other.py": ""})
    assert sites(text, {"shop/prices.py": prices, "shop/other.py": other}) == []


def test_a_program_that_the_package_imports_and_that_takes_the_name_keeps_it_at_once():
    others = {"shop/prices.py": PRICES, "shop/other.py": "import app\n"}
    held = project_of("from shop import Price\n", modules={FILE: BEFORE, **others})
    assert list(RECIPE.sites(held.modules[FILE], held)) == []
    free = project_of("from shop import Price\n", modules={FILE: BEFORE, "shop/prices.py": PRICES})
    assert list(RECIPE.sites(free.modules[FILE], free))


def decided(cost_s: float, *, also: str = "") -> Choice | Veto:
    others = {"shop/prices.py": PRICES, "shop/tools.py": "from .prices import Price\n"}
    (site,) = sites(BEFORE, others)
    line = {"importer_file": FILE, "importer_line": 3, "executed": False, "self_s": cost_s, "total_s": cost_s}
    seen = [ImportProfile(module="shop.prices", file="shop/prices.py", **line)]
    if also:
        seen.append(
            ImportProfile(module="shop.tools", file=also, self_s=0, total_s=0, importer_file=None, importer_line=None)
        )
    return RECIPE.choose(site, profile_of(imports=tuple(seen)), Facts())


def test_it_is_chosen_for_costly_submodules_that_nothing_used():
    choice = decided(0.1)
    assert isinstance(choice, Choice)
    assert (choice.expected_share, choice.parameters) == (pytest.approx(0.1), (("prices", 1),))


def test_the_facts_veto_cheap_submodules_and_those_imported_anyhow():
    assert "less than 2 ms" in reason_of(decided(0.001))
    assert "imports it too" in reason_of(decided(0.1, also="shop/tools.py"))


CHILDREN = {
    "prices": "RATE = 3\n\n\nclass Price:\n    pass\n\n\ndef total(*prices):\n    return sum(prices)\n",
    "orders": "from .prices import Price\n\n\nclass Order(Price):\n    pass\n",
    "tools": "import enum\n\n\nclass Kind(enum.Enum):\n    A = 1\n",
}
IMPORTS = (
    "from .prices import Price",
    "from .prices import (\n    Price,\n    total as total_of,\n)",
    "from shop.prices import RATE, total",
    "from .orders import Order",
    "from .tools import Kind",
    "from .tools import Kind as K",
    "from . import tools",
    "import enum",
)
PROBES = (
    *("shop.Price()", "shop.total_of(1, 2)", "shop.RATE", "shop.Order.__mro__", "shop.Kind.A", "shop.K", "shop.prices"),
    *("shop.orders.Order is shop.Order", "shop.nothing", "hasattr(shop, 'prices')", "hasattr(shop, '__path__')"),
    *("sorted(starred())", "taken('Price')", "taken('prices')", "taken('tools')", "taken('Order')", "shop.total"),
    *("importlib.import_module('shop.prices').Price is shop.Price", "taken('nothing')", "shop.tools.Kind"),
)
USER = """\
import importlib
import shop


def starred():
    found = {}
    exec("from shop import *", found)
    return {name for name in found if name != "__builtins__"}


def taken(name):
    found = {}
    exec(f"from shop import {name}", found)
    return found[name]
"""
NUMBERS = itertools.count()


@contextmanager
def importable(folder: Path) -> Iterator[None]:
    """Make what stands in a folder importable, and forget it at the end."""
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
            del sys.modules[name]


def told(folder: Path, text: str, probes: list[str]) -> list[str]:
    """Return what users of a package see, one expression after the other."""
    (folder / "shop").mkdir(parents=True)
    for name, source in {"__init__": text, **CHILDREN}.items():
        (folder / "shop" / f"{name}.py").write_text(source)
    seen: list[str] = []
    with importable(folder):
        namespace: dict[str, object] = {}
        exec(USER, namespace)
        for probe in probes:
            try:
                seen.append(repr(eval(probe, namespace)).replace(str(folder), ""))
            except Exception as error:  # noqa: BLE001  # the package may raise anything
                seen.append(f"{type(error).__name__}: {error}".replace(str(folder), ""))
    return [re.sub(" at 0x[0-9a-f]+", "", one) for one in seen]


@st.composite
def packages(draw: st.DrawFn) -> str:
    imports = draw(st.lists(st.sampled_from(IMPORTS), min_size=1, max_size=4, unique=True))
    names = ("Price", "total_of", "RATE", "total", "Order", "Kind", "K")
    joined = "\n".join(imports)
    offered = [
        name for name in names if f"{name}," in f"{joined},".replace("\n", ",\n") or f" {name}\n" in f"{joined}\n"
    ]
    rest = draw(st.sampled_from(["", "", "", "VERSION = 1\n", "KINDS = [1, Price]\n" if "Price" in joined else ""]))
    return f'"""A shop."""\n\n{joined}\n\n__all__ = {offered}\n{rest}'


def compared(cases: int, folder: Path) -> int:
    """Return in how many of so many packages imports became lazy; users see no difference in any of them."""
    applied = []

    @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(packages(), st.lists(st.sampled_from(PROBES), min_size=1, max_size=6))
    def compare(text: str, probes: list[str]) -> None:
        after = rewritten(text, {f"shop/{name}.py": source for name, source in CHILDREN.items()})
        applied.append(after is not None)
        if after is not None:
            number = next(NUMBERS)
            before, now = (told(folder / f"{number}{kind}", one, probes) for kind, one in (("b", text), ("a", after)))
            assert before == now, after

    compare()
    sys.stdout.write(f"lazy-package: applied in {sum(applied)} of {len(applied)} packages, none differs\n")
    return sum(applied)


def test_users_of_a_package_see_what_they_saw(tmp_path: Path) -> None:
    assert compared(20, tmp_path)


@pytest.mark.slow
def test_users_of_thousands_of_packages_see_what_they_saw(tmp_path: Path) -> None:
    assert compared(2000, tmp_path) >= 1000
