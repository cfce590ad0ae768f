"""A linear search in a sorted list becomes bisect."""

MECHANISM = "library"
BEFORE = """\
def f(xs, x):
    for i, each in enumerate(xs):
        if each >= x:
            return i
    return len(xs)
"""
AFTER = """\
import bisect
def f(xs, x):
    return bisect.bisect_left(xs, x)
"""
CALLS = """\
m.f([1, 3, 5], 3)
m.f([1, 3, 5], 9)
m.f([], 1)
"""
