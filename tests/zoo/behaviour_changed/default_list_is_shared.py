"""A mutable default is handed out."""

MECHANISM = "aliasing"
PLACE = "result"
BEFORE = """\
def f(x, out=None):
    out = [] if out is None else out
    return out
"""
AFTER = """\
_EMPTY = []
def f(x, out=None):
    return _EMPTY if out is None else out
"""
CALLS = """\
m.f(1)
"""
TEST = """\
assert f(1) == []
"""
