"""Adding zero loses the sign of a zero."""

MECHANISM = "numbers"
PLACE = "result"
BEFORE = """\
def f(x):
    return x
"""
AFTER = """\
def f(x):
    return x + 0.0
"""
CALLS = """\
m.f(-0.0)
"""
TEST = """\
assert f(0.0) == 0.0 and f(2.5) == 2.5
"""
