"""Results are kept in a private dict of the module."""

MECHANISM = "memo"
BEFORE = """\
def f(s):
    return s.upper()
"""
AFTER = """\
_kept = {}
def f(s):
    if s not in _kept:
        _kept[s] = s.upper()
    return _kept[s]
"""
CALLS = """\
m.f('a')
m.f('b')
m.f('a')
"""
