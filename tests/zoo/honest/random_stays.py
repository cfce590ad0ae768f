"""The same numbers are drawn in the same order."""

MECHANISM = "randomness"
BEFORE = """\
import random
def f(n):
    out = []
    for _ in range(n):
        out.append(random.random())
    return out
"""
AFTER = """\
import random
def f(n):
    draw = random.random
    return [draw() for _ in range(n)]
"""
CALLS = """\
m.f(3)
"""
