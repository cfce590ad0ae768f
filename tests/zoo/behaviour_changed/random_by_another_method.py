"""A choice is made by other draws."""

MECHANISM = "randomness"
PLACE = "re"
BEFORE = """\
import random
def f(xs):
    return random.choice(xs)
"""
AFTER = """\
import random
def f(xs):
    return xs[int(random.random() * len(xs))]
"""
CALLS = """\
m.f(list(range(1000)))
"""
TEST = """\
assert f([1]) == 1
"""
