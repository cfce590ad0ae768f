"""split by a newline keeps a last empty line."""

MECHANISM = "text"
PLACE = "result"
BEFORE = """\
def f(s):
    return s.splitlines()
"""
AFTER = """\
def f(s):
    return s.split(chr(10))
"""
CALLS = """\
m.f('a' + chr(10))
"""
TEST = """\
assert f('a' + chr(10) + 'b') == ['a', 'b']
"""
