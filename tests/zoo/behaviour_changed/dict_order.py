"""A dict is built from a sorted list: other order of the keys."""

MECHANISM = "order"
PLACE = "result.keys()[0]"
BEFORE = """\
def f(xs):
    return {x: 1 for x in xs}
"""
AFTER = """\
def f(xs):
    return {x: 1 for x in sorted(xs)}
"""
CALLS = """\
m.f(['b', 'a'])
"""
TEST = """\
assert f(['b', 'a']) == {'a': 1, 'b': 1}
"""
