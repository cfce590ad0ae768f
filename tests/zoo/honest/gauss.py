"""A sum of a range becomes its formula."""

MECHANISM = "numbers"
BEFORE = """\
def f(n):
    return sum(range(n))
"""
AFTER = """\
def f(n):
    return n * (n - 1) // 2 if n > 0 else 0
"""
CALLS = """\
m.f(5)
m.f(0)
m.f(-3)
"""
