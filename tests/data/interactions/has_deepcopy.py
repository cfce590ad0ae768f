"""A large mapping is copied deeply, value by value."""

import copy

TEMPLATE = dict.fromkeys(range(100_000), "value")


def clone():
    return copy.deepcopy(TEMPLATE)


def run():
    return [len(clone()) for _ in range(3)]
