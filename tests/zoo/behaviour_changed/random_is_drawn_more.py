"""Another number is drawn: what follows changes."""

MECHANISM = "randomness"
PLACE = "random state"
BEFORE = """\
import random
def f(xs):
    return xs[0] if xs else random.random()
"""
AFTER = """\
import random
def f(xs):
    r = random.random()
    return xs[0] if xs else r
"""
CALLS = """\
m.f([1])
"""
TEST = """\
assert f([1]) == 1
"""
