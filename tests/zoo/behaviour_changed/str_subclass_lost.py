"""An enum's member becomes its value."""

MECHANISM = "type"
PLACE = "result"
BEFORE = """\
import enum
class Color(str, enum.Enum):
    RED = 'red'
def f(x):
    return Color(x)
"""
AFTER = """\
import enum
class Color(str, enum.Enum):
    RED = 'red'
def f(x):
    return Color(x).value
"""
CALLS = """\
m.f('red')
"""
TEST = """\
assert f('red') == 'red'
"""
