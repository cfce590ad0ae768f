"""A grouping returns the defaultdict that it was built with."""

MECHANISM = "type"
PLACE = "result"
BEFORE = """\
def f(xs):
    out = {}
    for x in xs:
        out.setdefault(x, []).append(x)
    return out
"""
AFTER = """\
from collections import defaultdict
def f(xs):
    out = defaultdict(list)
    for x in xs:
        out[x].append(x)
    return out
"""
CALLS = """\
m.f([1, 1])
"""
TEST = """\
assert f([1, 1]) == {1: [1, 1]}
"""
