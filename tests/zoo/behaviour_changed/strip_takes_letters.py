"""strip takes a set of characters, not a suffix."""

MECHANISM = "text"
PLACE = "result"
BEFORE = """\
def f(s):
    return s[:-4] if s.endswith('.txt') else s
"""
AFTER = """\
def f(s):
    return s.rstrip('.txt')
"""
CALLS = """\
m.f('next.txt')
"""
TEST = """\
assert f('a.txt') == 'a'
"""
