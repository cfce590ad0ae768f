"""A loop that looks for one becomes any()."""

MECHANISM = "syntax"
BEFORE = """\
def f(xs):
    for x in xs:
        if x > 3:
            return True
    return False
"""
AFTER = """\
def f(xs):
    return any(x > 3 for x in xs)
"""
CALLS = """\
m.f([1, 5])
m.f([])
m.f(['a'])
"""
