"""The smallest of a sorted list come from a heap."""

MECHANISM = "library"
BEFORE = """\
def f(xs, n):
    return sorted(xs)[:n]
"""
AFTER = """\
import heapq
def f(xs, n):
    return heapq.nsmallest(n, xs)
"""
CALLS = """\
m.f([5, 1, 4, 1], 2)
m.f([], 2)
"""
