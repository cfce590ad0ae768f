"""lower() and casefold() differ beyond ASCII."""

MECHANISM = "text"
PLACE = "result"
BEFORE = """\
def f(s):
    return s.lower()
"""
AFTER = """\
def f(s):
    return s.casefold()
"""
CALLS = """\
m.f('Stra' + chr(223) + 'e')
"""
TEST = """\
assert f('Abc') == 'abc'
"""
