"""A variable is no longer set."""

MECHANISM = "effects"
PLACE = "environ['SHOP_MODE']"
BEFORE = """\
import os
def f(x):
    os.environ['SHOP_MODE'] = x
    return x
"""
AFTER = """\
def f(x):
    return x
"""
CALLS = """\
m.f('a')
"""
TEST = """\
assert f('a') == 'a'
"""
