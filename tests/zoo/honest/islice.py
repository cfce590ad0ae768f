"""Counting in a generator becomes islice."""

MECHANISM = "laziness"
BEFORE = """\
def f(xs, n):
    for i, x in enumerate(xs):
        if i >= n:
            return
        yield x
"""
AFTER = """\
import itertools
def f(xs, n):
    yield from itertools.islice(xs, n)
"""
CALLS = """\
list(m.f([1, 2, 3], 2))
list(m.f([], 2))
"""
