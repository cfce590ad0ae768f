"""Indices become zip over lists of one length."""

MECHANISM = "syntax"
BEFORE = """\
def f(a, b):
    return [a[i] + b[i] for i in range(min(len(a), len(b)))]
"""
AFTER = """\
def f(a, b):
    return [x + y for x, y in zip(a, b)]
"""
CALLS = """\
m.f([1, 2], [3, 4])
m.f([], [1])
"""
