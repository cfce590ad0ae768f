"""A list of names is looked up in a set."""

MECHANISM = "data structure"
BEFORE = """\
def f(xs, known):
    out = []
    for x in xs:
        if x not in known:
            out.append(x)
    return out
"""
AFTER = """\
def f(xs, known):
    known = set(known)
    return [x for x in xs if x not in known]
"""
CALLS = """\
m.f([1, 2, 3], [2])
m.f([], [])
"""
