"""A method leaves another value in a public attribute."""

MECHANISM = "mutation"
PLACE = "arguments[0].last"
BEFORE = """\
class Box:
    def __init__(self):
        self.last = None
    def f(self, x):
        self.last = x
        return x
"""
AFTER = """\
class Box:
    def __init__(self):
        self.last = None
    def f(self, x):
        return x
"""
CALLS = """\
m.Box().f(1)
"""
TEST = """\
assert Box().f(1) == 1
"""
