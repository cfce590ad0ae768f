"""Before an error less has been done to the argument."""

MECHANISM = "exceptions"
PLACE = "arguments[1]"
BEFORE = """\
def f(xs, out):
    for x in xs:
        out.append(1 / x)
"""
AFTER = """\
def f(xs, out):
    out += [1 / x for x in xs]
"""
CALLS = """\
m.f([1, 0], [])
"""
TEST = """\
out = []
f([1], out)
assert out == [1]
"""
