"""A lambda becomes itemgetter."""

MECHANISM = "library"
BEFORE = """\
def f(rows):
    return sorted(rows, key=lambda r: r[1])
"""
AFTER = """\
import operator
def f(rows):
    return sorted(rows, key=operator.itemgetter(1))
"""
CALLS = """\
m.f([(1, 'b'), (2, 'a'), (3, 'a')])
"""
