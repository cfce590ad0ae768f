"""As large a mapping is copied flatly: that is one call in C."""

import copy

TEMPLATE = dict.fromkeys(range(100_000), "value")


def clone():
    return copy.copy(TEMPLATE)


def run():
    return [len(clone()) for _ in range(3)]
