"""A result is kept on the instance, privately."""

MECHANISM = "memo"
BEFORE = """\
class Box:
    def __init__(self, n):
        self.n = n
    def f(self):
        return sum(range(self.n))
"""
AFTER = """\
class Box:
    def __init__(self, n):
        self.n = n
    def f(self):
        if not hasattr(self, '_sum'):
            self._sum = sum(range(self.n))
        return self._sum
"""
CALLS = """\
b = m.Box(5)
b.f()
b.f()
"""
