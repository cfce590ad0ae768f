"""A pure function of numbers is cached."""

MECHANISM = "memo"
BEFORE = """\
def f(n):
    return n if n < 2 else f(n - 1) + f(n - 2)
"""
AFTER = """\
import functools
@functools.lru_cache(maxsize=None)
def f(n):
    return n if n < 2 else f(n - 1) + f(n - 2)
"""
CALLS = """\
m.f(8)
"""
