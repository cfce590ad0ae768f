"""A warning is no longer given."""

MECHANISM = "output"
PLACE = "warnings[0]"
BEFORE = """\
import warnings
def f(x):
    warnings.warn('old', DeprecationWarning)
    return x
"""
AFTER = """\
def f(x):
    return x
"""
CALLS = """\
m.f(1)
"""
TEST = """\
import warnings
with warnings.catch_warnings():
    warnings.simplefilter('ignore')
    assert f(1) == 1
"""
