"""A context manager keeps its way with fewer steps."""

MECHANISM = "context managers"
BEFORE = """\
import contextlib
@contextlib.contextmanager
def f(xs):
    xs.append(len(xs))
    try:
        yield xs
    finally:
        xs.pop()
"""
AFTER = """\
import contextlib
@contextlib.contextmanager
def f(xs):
    xs += [len(xs)]
    try:
        yield xs
    finally:
        del xs[-1]
"""
CALLS = """\
with m.f([]):
    pass
"""
