"""Lines are printed in one write."""

MECHANISM = "output"
BEFORE = """\
def f(xs):
    for x in xs:
        print(x)
"""
AFTER = """\
import sys
def f(xs):
    sys.stdout.write(''.join(f'{x}' + chr(10) for x in xs))
"""
CALLS = """\
m.f([1, 2])
m.f([])
"""
