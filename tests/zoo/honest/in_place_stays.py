"""A list is still filled in place."""

MECHANISM = "mutation"
BEFORE = """\
def f(xs, out):
    for x in xs:
        out.append(x)
"""
AFTER = """\
def f(xs, out):
    out.extend(xs)
"""
CALLS = """\
m.f([1], [0])
"""
