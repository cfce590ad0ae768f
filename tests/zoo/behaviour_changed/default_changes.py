"""A default has another value."""

MECHANISM = "signature"
PLACE = "result"
BEFORE = """\
def f(x, limit=10):
    return min(x, limit)
"""
AFTER = """\
def f(x, limit=100):
    return min(x, limit)
"""
CALLS = """\
m.f(50)
"""
TEST = """\
assert f(5) == 5
"""
