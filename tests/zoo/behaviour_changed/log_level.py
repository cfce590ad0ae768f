"""A record is logged at another level."""

MECHANISM = "output"
PLACE = "logging[0]"
BEFORE = """\
import logging
def f(x):
    logging.getLogger('shop').info('got %s', x)
"""
AFTER = """\
import logging
def f(x):
    logging.getLogger('shop').debug('got %s', x)
"""
CALLS = """\
m.f(1)
"""
TEST = """\
assert f(1) is None
"""
