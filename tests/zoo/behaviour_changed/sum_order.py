"""Summing in another order rounds otherwise."""

MECHANISM = "numbers"
PLACE = "result"
BEFORE = """\
def f(xs):
    total = 0.0
    for x in xs:
        total += x
    return total
"""
AFTER = """\
def f(xs):
    total = 0.0
    for x in reversed(xs):
        total += x
    return total
"""
CALLS = """\
m.f([0.1, 0.2, 0.3])
"""
TEST = """\
assert abs(f([0.1, 0.2, 0.3]) - 0.6) < 1e-9
"""
