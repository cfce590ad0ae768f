"""Grouping through a defaultdict that is made a dict again."""

MECHANISM = "library"
BEFORE = """\
def f(xs):
    out = {}
    for x in xs:
        out.setdefault(len(x), []).append(x)
    return out
"""
AFTER = """\
from collections import defaultdict
def f(xs):
    out = defaultdict(list)
    for x in xs:
        out[len(x)].append(x)
    return dict(out)
"""
CALLS = """\
m.f(['a', 'bb', 'c'])
"""
