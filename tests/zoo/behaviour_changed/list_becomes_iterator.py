"""A list becomes a map object: it can be read once."""

MECHANISM = "laziness"
PLACE = "result"
BEFORE = """\
def f(xs):
    return [str(x) for x in xs]
"""
AFTER = """\
def f(xs):
    return map(str, xs)
"""
CALLS = """\
m.f([1])
"""
TEST = """\
assert list(f([1])) == ['1']
"""
