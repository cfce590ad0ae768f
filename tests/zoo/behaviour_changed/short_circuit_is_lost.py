"""Both sides are evaluated: one fails."""

MECHANISM = "evaluation"
PLACE = "result"
BEFORE = """\
def f(a, b):
    return b != 0 and a / b > 1
"""
AFTER = """\
def f(a, b):
    q = a / b
    return b != 0 and q > 1
"""
CALLS = """\
m.f(1, 0)
"""
TEST = """\
assert f(4, 2) is True
"""
