"""A missing key gives None."""

MECHANISM = "exceptions"
PLACE = "exception"
BEFORE = """\
def f(d, k):
    return d[k]
"""
AFTER = """\
def f(d, k):
    return d.get(k)
"""
CALLS = """\
m.f({'a': 1}, 'a')
m.f({}, 'a')
"""
TEST = """\
assert f({'a': 1}, 'a') == 1
"""
