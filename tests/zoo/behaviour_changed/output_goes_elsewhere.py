"""A message goes to standard output."""

MECHANISM = "output"
PLACE = "st"
BEFORE = """\
import sys
def f(x):
    print('bad', file=sys.stderr)
    return x
"""
AFTER = """\
def f(x):
    print('bad')
    return x
"""
CALLS = """\
m.f(1)
"""
TEST = """\
assert f(1) == 1
"""
