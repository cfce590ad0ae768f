"""A loop that appends becomes a comprehension."""

MECHANISM = "syntax"
BEFORE = """\
def f(xs):
    out = []
    for x in xs:
        out.append(x * 2)
    return out
"""
AFTER = """\
def f(xs):
    return [x * 2 for x in xs]
"""
CALLS = """\
m.f([1, 2.5, 'a'])
m.f([None])
"""
