"""Reversing a sorted list turns equal ones round."""

MECHANISM = "order"
PLACE = "result[1]"
BEFORE = """\
def f(xs):
    return sorted(xs, key=len, reverse=True)
"""
AFTER = """\
def f(xs):
    return sorted(xs, key=len)[::-1]
"""
CALLS = """\
m.f(['a', 'b', 'cc'])
"""
TEST = """\
assert f(['a', 'bb']) == ['bb', 'a']
"""
