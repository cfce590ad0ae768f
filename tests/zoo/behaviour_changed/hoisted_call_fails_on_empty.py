"""A call hoisted out of a loop is made for no items too."""

MECHANISM = "evaluation"
PLACE = "result"
BEFORE = """\
def f(xs, key):
    out = []
    for x in xs:
        out.append(x[key.strip()])
    return out
"""
AFTER = """\
def f(xs, key):
    key = key.strip()
    return [x[key] for x in xs]
"""
CALLS = """\
m.f([], None)
"""
TEST = """\
assert f([{'a': 1}], ' a') == [1]
"""
