"""What a context manager undoes at its end stays."""

MECHANISM = "context managers"
PLACE = "arguments"
BEFORE = """\
import contextlib
@contextlib.contextmanager
def f(xs):
    xs.append(1)
    yield xs
    xs.pop()
"""
AFTER = """\
import contextlib
@contextlib.contextmanager
def f(xs):
    xs.append(1)
    yield xs
"""
CALLS = """\
with m.f([]):
    pass
"""
TEST = """\
with f([]) as xs:
    assert xs == [1]
"""
