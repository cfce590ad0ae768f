"""A record's text is made only when needed."""

MECHANISM = "output"
BEFORE = """\
import logging
def f(x):
    logging.getLogger('shop').info('got %s' % x)
"""
AFTER = """\
import logging
def f(x):
    logging.getLogger('shop').info('got %s', x)
"""
CALLS = """\
m.f(1)
"""
