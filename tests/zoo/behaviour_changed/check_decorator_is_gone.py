"""A decorator that checks is gone."""

MECHANISM = "signature"
PLACE = "its decorators"
BEFORE = """\
import functools
def checked(g):
    @functools.wraps(g)
    def wrapper(x):
        if x < 0:
            raise ValueError(x)
        return g(x)
    return wrapper
@checked
def f(x):
    return x
"""
AFTER = """\
import functools
def checked(g):
    @functools.wraps(g)
    def wrapper(x):
        if x < 0:
            raise ValueError(x)
        return g(x)
    return wrapper
def f(x):
    return x
"""
CALLS = """\
m.f(1)
"""
TEST = """\
assert f(1) == 1
"""
