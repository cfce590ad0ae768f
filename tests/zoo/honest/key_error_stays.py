"""A copy before an index gives the same error."""

MECHANISM = "exceptions"
BEFORE = """\
def f(d, ks):
    return [d[k] for k in ks]
"""
AFTER = """\
def f(d, ks):
    get = d.__getitem__
    return [get(k) for k in ks]
"""
CALLS = """\
m.f({'a': 1}, ['a'])
m.f({'a': 1}, ['b'])
"""
