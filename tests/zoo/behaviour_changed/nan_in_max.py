"""max over another order treats NaN otherwise."""

MECHANISM = "numbers"
PLACE = "result"
BEFORE = """\
def f(xs):
    return max(xs)
"""
AFTER = """\
def f(xs):
    return max(reversed(xs))
"""
CALLS = """\
m.f([float('nan'), 1.0])
"""
TEST = """\
assert f([1.0, 2.0]) == 2.0
"""
