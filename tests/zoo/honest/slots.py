"""A class gets slots."""

MECHANISM = "data structure"
BEFORE = """\
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def f(self):
        return self.x + self.y
"""
AFTER = """\
class Point:
    __slots__ = ('x', 'y')
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def f(self):
        return self.x + self.y
"""
CALLS = """\
m.Point(1, 2).f()
"""
