"""All rows are the same list."""

MECHANISM = "aliasing"
PLACE = "result[1]"
BEFORE = """\
def f(n):
    return [[0] for _ in range(n)]
"""
AFTER = """\
def f(n):
    return [[0]] * n
"""
CALLS = """\
m.f(2)
"""
TEST = """\
assert f(2) == [[0], [0]]
"""
