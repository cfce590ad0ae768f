"""int() of a text is asked by isdigit first: another error for None."""

MECHANISM = "exceptions"
PLACE = "exception"
BEFORE = """\
def f(s):
    try:
        return int(s)
    except ValueError:
        return 0
"""
AFTER = """\
def f(s):
    return int(s) if s.isdigit() else 0
"""
CALLS = """\
m.f(None)
"""
TEST = """\
assert f('1') == 1 and f('x') == 0
"""
