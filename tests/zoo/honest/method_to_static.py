"""A helper method uses no attribute lookups in its loop."""

MECHANISM = "structure"
BEFORE = """\
class Box:
    def __init__(self, k):
        self.k = k
    def f(self, xs):
        return [x * self.k for x in xs]
"""
AFTER = """\
class Box:
    def __init__(self, k):
        self.k = k
    def f(self, xs):
        k = self.k
        return [x * k for x in xs]
"""
CALLS = """\
m.Box(3).f([1, 2])
"""
