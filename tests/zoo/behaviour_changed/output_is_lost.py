"""A line is no longer printed."""

MECHANISM = "output"
PLACE = "stdout"
BEFORE = """\
def f(x):
    print('seen', x)
    return x
"""
AFTER = """\
def f(x):
    return x
"""
CALLS = """\
m.f(1)
"""
TEST = """\
assert f(1) == 1
"""
