"""A truth value is counted instead of told."""

MECHANISM = "type"
PLACE = "result"
BEFORE = """\
def f(xs, x):
    return x in xs
"""
AFTER = """\
def f(xs, x):
    return xs.count(x)
"""
CALLS = """\
m.f([1], 1)
"""
TEST = """\
assert f([1], 1)
"""
