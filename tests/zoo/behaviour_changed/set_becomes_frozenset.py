"""A set becomes a frozen one."""

MECHANISM = "type"
PLACE = "result"
BEFORE = """\
def f(xs):
    return set(xs)
"""
AFTER = """\
def f(xs):
    return frozenset(xs)
"""
CALLS = """\
m.f([1])
"""
TEST = """\
assert f([1]) == {1}
"""
