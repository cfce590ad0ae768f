"""A search stops at the first."""

MECHANISM = "syntax"
BEFORE = """\
def f(xs, x):
    found = None
    for i, each in enumerate(xs):
        if each == x and found is None:
            found = i
    return found
"""
AFTER = """\
def f(xs, x):
    for i, each in enumerate(xs):
        if each == x:
            return i
    return None
"""
CALLS = """\
m.f([1, 2, 2], 2)
m.f([], 1)
"""
