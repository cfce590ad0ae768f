"""Chained conditions become a table."""

MECHANISM = "syntax"
BEFORE = """\
def f(x):
    if x == 'a':
        return 1
    elif x == 'b':
        return 2
    return 0
"""
AFTER = """\
_TABLE = {'a': 1, 'b': 2}
def f(x):
    return _TABLE.get(x, 0)
"""
CALLS = """\
m.f('a')
m.f('z')
"""
