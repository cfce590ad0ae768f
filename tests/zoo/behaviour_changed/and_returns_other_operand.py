"""`or` gives an operand, bool() does not."""

MECHANISM = "evaluation"
PLACE = "result"
BEFORE = """\
def f(a, b):
    return a or b
"""
AFTER = """\
def f(a, b):
    return bool(a) or bool(b)
"""
CALLS = """\
m.f('', 'x')
"""
TEST = """\
assert f('', 'x')
"""
