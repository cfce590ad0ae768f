"""A set is built otherwise: it has no order."""

MECHANISM = "data structure"
BEFORE = """\
def f(xs):
    out = set()
    for x in xs:
        out.add(x % 3)
    return out
"""
AFTER = """\
def f(xs):
    return {x % 3 for x in reversed(xs)}
"""
CALLS = """\
m.f([5, 1, 9])
"""
