"""A generator's side effect now happens at the call."""

MECHANISM = "laziness"
PLACE = "arguments"
BEFORE = """\
def f(xs):
    def items():
        while xs:
            yield xs.pop()
    return items()
"""
AFTER = """\
def f(xs):
    out = []
    while xs:
        out.append(xs.pop())
    return (x for x in out)
"""
CALLS = """\
m.f([1, 2])
"""
TEST = """\
assert list(f([1, 2])) == [2, 1]
"""
