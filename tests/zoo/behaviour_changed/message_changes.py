"""The message of an error changes."""

MECHANISM = "exceptions"
PLACE = "exception.args[0]"
BEFORE = """\
def f(x):
    if x < 0:
        raise ValueError('negative: %s' % x)
    return x
"""
AFTER = """\
def f(x):
    if x < 0:
        raise ValueError('negative')
    return x
"""
CALLS = """\
m.f(-1)
"""
TEST = """\
assert f(1) == 1
"""
