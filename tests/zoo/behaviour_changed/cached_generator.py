"""A cached generator is empty the second time."""

MECHANISM = "aliasing"
PLACE = "result.next()"
BEFORE = """\
def f(n):
    return (i for i in range(n))
"""
AFTER = """\
import functools
@functools.lru_cache(None)
def f(n):
    return (i for i in range(n))
"""
CALLS = """\
m.f(2)
"""
TEST = """\
assert list(f(2)) == [0, 1]
"""
