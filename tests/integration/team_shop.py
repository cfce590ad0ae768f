"""A small real repository with five planted single-domain targets in three domains, and one interaction."""

from pathlib import Path

from profiling.model import Dimension, Domain
from tests.fakes.scripted_backend import Fix
from tests.integration.conftest import git, make_shop

PRICES = '''"""Prices of orders."""


def total(prices, passes):
    """Return the sum of all prices, in passes."""
    found = 0
    for number in range(passes):
        for price in prices:
            found = found + price * price % 97 + number - number
    return found
'''

SEED = '''"""A seed that is worked out when it is imported."""

SEED = sum(number * number % 1009 for number in range(NUMBERS)) % 1009
'''

LAZY = '''"""Codes of orders."""

from shop.SEEDS import SEED


def exotic(number):
    """Return a code that hardly anybody asks for."""
    return SEED * number % 1009


def code(number):
    """Return the code of an order."""
    return number * 31 % 1009
'''

FETCHING = '''"""Orders, fetched from elsewhere."""

import asyncio


async def fetch(number):
    """Return one order, after a while."""
    await asyncio.sleep(0.01)
    return number * 3


async def fetch_all(count):
    """Return several orders."""
    return [await fetch(number) for number in range(count)]
'''

BASKETS = '''"""Baskets, copied before they are looked at."""

import copy


def dearest(prices):
    """Return the highest price."""
    mine = copy.deepcopy(prices)
    return max(mine.values())
'''

BENCH = """import asyncio
import random
from shop import codes, marks
from shop.baskets import dearest
from shop.fetching import fetch_all
from shop.prices import total
from shop.text import describe

rng = random.Random(7)
known = [f"Name{n}" for n in range(400)]
words = [f"name{rng.randrange(480)}-with-a-rather-long-tail" if rng.random() < 0.5 else f"name{rng.randrange(480)}"
         for _ in range(20000)]
print(describe(words, known))
print(total(list(range(2000)), 300), codes.code(12), marks.code(13))
print(sum(asyncio.run(fetch_all(12))))
print(dearest({n: n * 7 % 1000 for n in range(300_000)}))
"""

TESTS = """import asyncio
import unittest
from shop import codes, marks
from shop.baskets import dearest
from shop.fetching import fetch_all
from shop.prices import total


class Orders(unittest.TestCase):
    def test_prices_are_added_up(self):
        self.assertEqual(total([1, 2], 3), 15)

    def test_exotic_codes_are_looked_up(self):
        self.assertEqual((codes.exotic(0), marks.exotic(0)), (0, 0))

    def test_orders_come_in_their_order(self):
        self.assertEqual(asyncio.run(fetch_all(3)), [0, 3, 6])

    def test_the_dearest_price_is_found(self):
        self.assertEqual(dearest({"a": 1, "b": 5}), 5)
"""

WORDS = Fix(summary="ask a set", old="[name.lower() for name in known]", new="{name.lower() for name in known}")
SUM = Fix(
    summary="add up one pass",
    file="shop/prices.py",
    qualname="total",
    old="""    found = 0
    for number in range(passes):
        for price in prices:
            found = found + price * price % 97 + number - number
    return found""",
    new="    return passes * sum(price * price % 97 for price in prices)",
)
FETCH = Fix(
    summary="fetch side by side",
    file="shop/fetching.py",
    qualname="fetch_all",
    line=12,
    domain=Domain.ASYNC,
    dimension=Dimension.WALL_S,
    old="return [await fetch(number) for number in range(count)]",
    new="return list(await asyncio.gather(*(fetch(number) for number in range(count))))",
)


def _lazily(module: str, seeds: str) -> Fix:
    head, first = f"from shop.{seeds} import SEED\n\n\n", "def exotic(number):\n"
    words = '    """Return a code that hardly anybody asks for."""\n'
    return Fix(
        summary=f"import {seeds} where it is needed",
        file=f"shop/{module}.py",
        qualname="<module>",
        line=3,
        domain=Domain.STRUCTURE,
        dimension=Dimension.IMPORT_S,
        old=f"{head}{first}{words}",
        new=f"{first}{words}    from shop.{seeds} import SEED\n\n",
    )


RATES, ZONES = _lazily("codes", "rates"), _lazily("marks", "zones")
COPY = Fix(
    summary="look without copying",
    file="shop/baskets.py",
    qualname="dearest",
    old="mine = copy.deepcopy(prices)",
    new="mine = prices",
)
USELESS = Fix(summary="rename a local", old="total = 7", new="total = 6 + 1", qualname="checksum")


def make_team_shop(folder: Path) -> Path:
    """Make the shop's repository with all six planted places."""
    root = make_shop(folder)
    modules = {
        "prices": PRICES,
        "fetching": FETCHING,
        "baskets": BASKETS,
        "rates": SEED.replace("NUMBERS", "500_000"),
        "zones": SEED.replace("NUMBERS", "600_000"),
        "codes": LAZY.replace("SEEDS", "rates"),
        "marks": LAZY.replace("SEEDS", "zones"),
    }
    for name, text in modules.items():
        (root / "shop" / f"{name}.py").write_text(text)
    (root / "bench.py").write_text(BENCH)
    (root / "tests" / "test_orders.py").write_text(TESTS)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "a larger shop")
    return root


def make_pair_shop(folder: Path) -> Path:
    """Make the shop's repository with two places in one domain: the smallest thing that two workers can do."""
    root = make_shop(folder)
    (root / "shop" / "prices.py").write_text(PRICES)
    lines = (root / "bench.py").read_text()
    (root / "bench.py").write_text(f"{lines}from shop.prices import total\nprint(total(list(range(2000)), 100))\n")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "a shop with prices")
    return root
