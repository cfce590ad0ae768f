"""A helper is taken out of a function."""

MECHANISM = "structure"
BEFORE = """\
def f(xs):
    return [x * x + 1 for x in xs]
"""
AFTER = """\
def _one(x):
    return x * x + 1
def f(xs):
    return [_one(x) for x in xs]
"""
CALLS = """\
m.f([1, 2])
"""
