"""Equality asks the object, identity does not."""

MECHANISM = "evaluation"
PLACE = "result"
BEFORE = """\
def f(xs, x):
    return any(each is x for each in xs)
"""
AFTER = """\
def f(xs, x):
    return x in xs
"""
CALLS = """\
m.f([[1]], [1])
"""
TEST = """\
assert f([None], None) is True
"""
