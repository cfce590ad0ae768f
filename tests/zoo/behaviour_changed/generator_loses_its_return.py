"""A generator's return value gets lost."""

MECHANISM = "laziness"
PLACE = "result.next()"
BEFORE = """\
def f(xs):
    yield from xs
    return len(xs)
"""
AFTER = """\
def f(xs):
    yield from xs
"""
CALLS = """\
list(m.f([1]))
"""
TEST = """\
assert list(f([1])) == [1]
"""
