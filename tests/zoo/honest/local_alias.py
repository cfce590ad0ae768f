"""A global is bound as a further default."""

MECHANISM = "hoisting"
BEFORE = """\
import math
def f(xs):
    return [math.sqrt(x) for x in xs]
"""
AFTER = """\
import math
def f(xs, _sqrt=math.sqrt):
    return [_sqrt(x) for x in xs]
"""
CALLS = """\
m.f([1.0, 2.0])
m.f([-1.0])
"""
