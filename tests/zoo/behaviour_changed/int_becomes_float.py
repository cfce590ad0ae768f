"""A sum starts with 0.0: equal, but a float."""

MECHANISM = "type"
PLACE = "result"
BEFORE = """\
def f(xs):
    return sum(xs)
"""
AFTER = """\
def f(xs):
    return sum(xs, 0.0)
"""
CALLS = """\
m.f([1, 2])
"""
TEST = """\
assert f([1, 2]) == 3
"""
