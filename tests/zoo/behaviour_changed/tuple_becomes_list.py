"""A tuple in the result becomes a list."""

MECHANISM = "type"
PLACE = "result['pair']"
BEFORE = """\
def f(a, b):
    return {'pair': (a, b)}
"""
AFTER = """\
def f(a, b):
    return {'pair': [a, b]}
"""
CALLS = """\
m.f(1, 2)
"""
TEST = """\
assert list(f(1, 2)['pair']) == [1, 2]
"""
