"""Many libraries, none of them dear."""

import difflib
import json
import textwrap

DATA = {str(number): [number] * 5 for number in range(100)}


def encode():
    return [json.dumps(DATA, indent=2) for _ in range(40)]


def compare():
    return [difflib.SequenceMatcher(None, "abcdefgh" * 12, "abcdxfgh" * 12).ratio() for _ in range(12)]


def fill():
    return [textwrap.fill("many words of a text " * 20) for _ in range(60)]


def compute():
    total = 0
    for number in range(8_000_000):
        total += number % 7
    return total


def run():
    return encode(), compare(), fill(), compute()
