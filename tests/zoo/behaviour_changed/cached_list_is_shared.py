"""A cache hands out the same list again."""

MECHANISM = "aliasing"
PLACE = "result"
BEFORE = """\
def f(x):
    return [x]
"""
AFTER = """\
import functools
@functools.lru_cache(None)
def f(x):
    return [x]
"""
CALLS = """\
m.f(1)
"""
TEST = """\
assert f(1) == [1]
"""
