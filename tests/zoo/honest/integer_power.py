"""A power becomes a product of integers."""

MECHANISM = "numbers"
BEFORE = """\
def f(n):
    return n ** 2
"""
AFTER = """\
def f(n):
    return n * n
"""
CALLS = """\
m.f(3)
m.f(-(10 ** 30))
m.f(True)
"""
