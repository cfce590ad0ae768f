"""The small repository that the zoo's patches are for."""

PRICES = '''\
"""Prices of orders."""

import json

RATES = json.dumps({name: 100 + number for number, name in enumerate("abcdefghij")})


def rate(kind):
    """Return the rate of a kind, in cents."""
    return json.loads(RATES).get(kind, 0)


def checksum(text):
    """Return a rolling checksum of a text."""
    total = 7
    for character in text:
        total = (total * 31 + ord(character)) % 1000003
    return total


def total(orders):
    """Return the sum of orders, in cents."""
    return sum(rate(kind) * count for kind, count in orders)
'''

TEXT = '''\
"""Words of orders."""

import os
import subprocess


def lengths(words):
    """Return the length of every word."""
    return [len(word) for word in words]


def label(word):
    """Return a word in its shop's style."""
    return os.environ.get("SHOP_STYLE", "") + word


def save(name, text):
    """Write a text."""
    with open(name, "w") as file:
        for character in text:
            file.write(character)


def version():
    """Return what the shop's own tool says."""
    return subprocess.run(["true"], check=True).returncode
'''

PROGRAM = '''\
"""The shop on the command line."""

import argparse

from shop.text import lengths


def main():
    print(lengths(["a"]))
'''

BENCH = """\
import random

from shop.prices import checksum, total
from shop.text import label, lengths, save

rng = random.Random(7)
orders = [(rng.choice("abcdefghijkl"), rng.randrange(9)) for _ in range(4000)]
words = [f"word{rng.randrange(300)}" for _ in range(4000)]
print(total(orders), sum(map(checksum, words)), sum(lengths(words)), label("x"))
save("report.txt", str(len(words)))
"""

TESTS = """\
from shop.prices import checksum, rate, total
from shop.text import label, lengths


def test_a_checksum_is_known():
    assert checksum("order") == 409489


def test_checksums_differ():
    assert checksum("ab") != checksum("ba")


def test_rates():
    assert rate("a") == 100
    assert rate("z") == 0


def test_totals():
    assert total([("a", 2), ("b", 1)]) == 301
    assert total([]) == 0


def test_words():
    assert lengths(["a", "bc"]) == [1, 2]
    assert label("x") == "x"
"""

FILES = {
    "shop/__init__.py": "",
    "shop/prices.py": PRICES,
    "shop/text.py": TEXT,
    "shop/program.py": PROGRAM,
    "bench.py": BENCH,
    "conftest.py": "",
    "tests/test_prices.py": TESTS,
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n\n[tool.pytest.ini_options]\npythonpath = ["."]\n',
    ".gitignore": "report.txt\n",
}
