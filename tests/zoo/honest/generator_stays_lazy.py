"""A generator becomes a shorter one."""

MECHANISM = "laziness"
BEFORE = """\
def f(xs):
    for x in xs:
        if x:
            yield x
"""
AFTER = """\
def f(xs):
    yield from (x for x in xs if x)
"""
CALLS = """\
list(m.f([0, 1, 2]))
"""
