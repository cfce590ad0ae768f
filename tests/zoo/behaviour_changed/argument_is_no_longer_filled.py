"""The caller's list is no longer extended."""

MECHANISM = "mutation"
PLACE = "arguments[0]"
BEFORE = """\
def f(xs, y):
    xs += [y]
    return xs
"""
AFTER = """\
def f(xs, y):
    return [*xs, y]
"""
CALLS = """\
m.f([1], 2)
"""
TEST = """\
assert f([1], 2) == [1, 2]
"""
