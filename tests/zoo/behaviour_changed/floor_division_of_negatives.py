"""int() cuts toward zero, // goes down."""

MECHANISM = "numbers"
PLACE = "result"
BEFORE = """\
def f(a, b):
    return a // b
"""
AFTER = """\
def f(a, b):
    return int(a / b)
"""
CALLS = """\
m.f(7, 2)
m.f(-7, 2)
"""
TEST = """\
assert f(7, 2) == 3
"""
