"""Sorting by the whole tuple is another order among equal keys."""

MECHANISM = "order"
PLACE = "result[0][1]"
BEFORE = """\
def f(xs):
    return sorted(xs, key=lambda x: x[0])
"""
AFTER = """\
def f(xs):
    return sorted(xs)
"""
CALLS = """\
m.f([(1, 'b'), (1, 'a')])
"""
TEST = """\
assert f([(2, 'a'), (1, 'b')]) == [(1, 'b'), (2, 'a')]
"""
