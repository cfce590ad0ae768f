"""Nested loops become chain."""

MECHANISM = "library"
BEFORE = """\
def f(xss):
    out = []
    for xs in xss:
        for x in xs:
            out.append(x)
    return out
"""
AFTER = """\
import itertools
def f(xss):
    return list(itertools.chain.from_iterable(xss))
"""
CALLS = """\
m.f([[1], (2, 3)])
m.f([])
"""
