"""Counting by hand becomes Counter, made a dict again."""

MECHANISM = "library"
BEFORE = """\
def f(xs):
    out = {}
    for x in xs:
        out[x] = out.get(x, 0) + 1
    return out
"""
AFTER = """\
from collections import Counter
def f(xs):
    return dict(Counter(xs))
"""
CALLS = """\
m.f(['b', 'a', 'b'])
"""
