"""A generator prints while it is made, not while it is read."""

MECHANISM = "laziness"
PLACE = "result"
BEFORE = """\
def f(xs):
    for x in xs:
        print(x)
        yield x
"""
AFTER = """\
def f(xs):
    for x in xs:
        print(x)
    return iter_(xs)
def iter_(xs):
    yield from xs
"""
CALLS = """\
list(m.f([1, 2]))
"""
TEST = """\
assert list(f([1, 2])) == [1, 2]
"""
