"""A module's registry is no longer filled."""

MECHANISM = "effects"
PLACE = "global SEEN"
BEFORE = """\
SEEN = {}
def f(x):
    SEEN[x] = True
    return x
"""
AFTER = """\
SEEN = {}
def f(x):
    return x
"""
CALLS = """\
m.f('a')
"""
TEST = """\
assert f('a') == 'a'
"""
