"""A float in the middle cuts big integers."""

MECHANISM = "numbers"
PLACE = "result"
BEFORE = """\
import math
def f(n):
    return math.isqrt(n)
"""
AFTER = """\
def f(n):
    return int(n ** 0.5)
"""
CALLS = """\
m.f((10**20 + 7) ** 2)
m.f(16)
"""
TEST = """\
assert f(16) == 4
"""
