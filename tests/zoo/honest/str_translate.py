"""Several replacements of single characters become translate."""

MECHANISM = "text"
BEFORE = """\
def f(s):
    return s.replace('a', '1').replace('b', '2')
"""
AFTER = """\
_TABLE = str.maketrans({'a': '1', 'b': '2'})
def f(s):
    return s.translate(_TABLE)
"""
CALLS = """\
m.f('abcab')
"""
