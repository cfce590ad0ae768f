"""Unique items through a set lose their order."""

MECHANISM = "order"
PLACE = "result[0]"
BEFORE = """\
def f(xs):
    return list(dict.fromkeys(xs))
"""
AFTER = """\
def f(xs):
    return list(set(xs))
"""
CALLS = """\
m.f([30, 2, 17, 1])
"""
TEST = """\
assert sorted(f([3, 1, 1])) == [1, 3]
"""
