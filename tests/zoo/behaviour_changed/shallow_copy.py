"""A shallow copy shares what is inside."""

MECHANISM = "aliasing"
PLACE = "arguments[0][0]"
BEFORE = """\
import copy
def f(x):
    return copy.deepcopy(x)
"""
AFTER = """\
import copy
def f(x):
    return copy.copy(x)
"""
CALLS = """\
m.f([[1]])
"""
TEST = """\
assert f([[1]]) == [[1]]
"""
