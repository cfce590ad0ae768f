"""The argument itself is returned where a copy was."""

MECHANISM = "aliasing"
PLACE = "arguments[0]"
BEFORE = """\
def f(xs):
    return list(xs)
"""
AFTER = """\
def f(xs):
    return xs
"""
CALLS = """\
m.f([1])
"""
TEST = """\
assert f([1]) == [1]
"""
