"""The caller's list is sorted."""

MECHANISM = "mutation"
PLACE = "arguments[0][0]"
BEFORE = """\
def f(xs):
    return sorted(xs)[0]
"""
AFTER = """\
def f(xs):
    xs.sort()
    return xs[0]
"""
CALLS = """\
m.f([3, 1, 2])
"""
TEST = """\
assert f([3, 1]) == 1
"""
