"""Two operations become divmod."""

MECHANISM = "numbers"
BEFORE = """\
def f(a, b):
    return a // b, a % b
"""
AFTER = """\
def f(a, b):
    return divmod(a, b)
"""
CALLS = """\
m.f(7, -2)
m.f(7.5, 2)
"""
