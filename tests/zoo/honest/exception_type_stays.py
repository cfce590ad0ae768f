"""The question comes before the try: the same error."""

MECHANISM = "exceptions"
BEFORE = """\
def f(d, k):
    try:
        return d[k]
    except KeyError:
        raise ValueError('no ' + k) from None
"""
AFTER = """\
def f(d, k):
    if k not in d:
        raise ValueError('no ' + k) from None
    return d[k]
"""
CALLS = """\
m.f({'a': 1}, 'a')
m.f({}, 'a')
"""
