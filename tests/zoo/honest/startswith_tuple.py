"""Two questions become one."""

MECHANISM = "text"
BEFORE = """\
def f(s):
    return s.startswith('a') or s.startswith('b')
"""
AFTER = """\
def f(s):
    return s.startswith(('a', 'b'))
"""
CALLS = """\
m.f('b')
m.f('c')
"""
