"""A format becomes an f-string."""

MECHANISM = "text"
BEFORE = """\
def f(a, b):
    return '%s-%s' % (a, b)
"""
AFTER = """\
def f(a, b):
    return f'{a!s}-{b!s}'
"""
CALLS = """\
m.f(1, 'x')
m.f(None, 2.5)
"""
