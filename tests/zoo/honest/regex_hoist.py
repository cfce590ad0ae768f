"""A pattern is compiled once."""

MECHANISM = "hoisting"
BEFORE = """\
import re
def f(lines):
    return [bool(re.match('a+', line)) for line in lines]
"""
AFTER = """\
import re
_PATTERN = re.compile('a+')
def f(lines):
    return [bool(_PATTERN.match(line)) for line in lines]
"""
CALLS = """\
m.f(['aa', 'b'])
"""
