"""Rounding by adding a half differs for even halves."""

MECHANISM = "numbers"
PLACE = "result"
BEFORE = """\
def f(x):
    return round(x)
"""
AFTER = """\
def f(x):
    return int(x + 0.5)
"""
CALLS = """\
m.f(2.5)
"""
TEST = """\
assert f(2.4) == 2
"""
