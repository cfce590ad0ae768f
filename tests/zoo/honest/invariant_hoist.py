"""A length is taken out of a loop."""

MECHANISM = "hoisting"
BEFORE = """\
def f(xs, ys):
    return [x % max(1, len(ys)) for x in xs]
"""
AFTER = """\
def f(xs, ys):
    n = max(1, len(ys))
    return [x % n for x in xs]
"""
CALLS = """\
m.f([5, 6], [1, 2])
m.f([], [])
"""
