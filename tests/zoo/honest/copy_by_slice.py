"""A deep copy of flat rows becomes a copy of each row."""

MECHANISM = "mutation"
BEFORE = """\
import copy
def f(rows):
    return copy.deepcopy(rows)
"""
AFTER = """\
def f(rows):
    return [row[:] for row in rows]
"""
CALLS = """\
m.f([[1, 2], [3]])
"""
