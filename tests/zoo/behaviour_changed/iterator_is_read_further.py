"""An iterator is read to its end where one item was taken."""

MECHANISM = "mutation"
PLACE = "arguments[0].next()"
BEFORE = """\
def f(it):
    return next(it)
"""
AFTER = """\
def f(it):
    return list(it)[0]
"""
CALLS = """\
m.f(iter([1, 2]))
"""
TEST = """\
assert f(iter([1, 2])) == 1
"""
