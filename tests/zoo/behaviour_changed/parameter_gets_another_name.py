"""A parameter has another name: keywords fail."""

MECHANISM = "signature"
PLACE = "its parameters"
BEFORE = """\
def f(value):
    return value
"""
AFTER = """\
def f(val):
    return val
"""
CALLS = """\
m.f(1)
"""
TEST = """\
assert f(1) == 1
"""
