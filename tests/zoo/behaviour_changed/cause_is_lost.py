"""An error no longer names its cause."""

MECHANISM = "exceptions"
PLACE = "exception.__cause__"
BEFORE = """\
def f(d):
    try:
        return d['x']
    except KeyError as error:
        raise RuntimeError('no x') from error
"""
AFTER = """\
def f(d):
    if 'x' not in d:
        raise RuntimeError('no x')
    return d['x']
"""
CALLS = """\
m.f({})
"""
TEST = """\
assert f({'x': 1}) == 1
"""
